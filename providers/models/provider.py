"""The project's one connection to Gupshup."""

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

from providers.gateway.requests import LONGEST_TEXT, Account, Credentials
from providers.models.fields import EncryptedField, NameField
from providers.models.project import Project


class OptInBy(models.TextChoices):
    KABOOTAR = "kabootar", "Done by Kabootar"
    ELSEWHERE = "elsewhere", "Done elsewhere"


class Provider(models.Model):
    """One per project: the one-to-one column is what two people at once run into."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="provider")
    kind = models.CharField(max_length=20, default="gupshup", editable=False)
    nickname = NameField(
        max_length=60, help_text="A name for this set of credentials, seen by your team only."
    )
    hsm_user_id = EncryptedField("HSM account ID")
    hsm_password = EncryptedField("HSM account password")
    two_way_user_id = EncryptedField("Two-way account user ID")
    two_way_password = EncryptedField("Two-way account password")
    number = models.CharField(
        "mobile number",
        max_length=16,
        validators=[
            RegexValidator(
                r"^(\+[1-9]\d{7,14}|\d{3,8})$",
                "Enter the number with + and country code, or a shortcode of 3 to 8 digits.",
            )
        ],
        help_text="Your WhatsApp number at Gupshup, like +919000000001, or its shortcode.",
    )
    auto_reply_enabled = models.BooleanField(
        "auto-reply",
        default=False,
        help_text="Answer people who write to you but are not among your profiles.",
    )
    auto_reply_text = models.TextField("auto-reply message", blank=True, max_length=LONGEST_TEXT)
    rate = models.PositiveIntegerField(
        "sending rate",
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(5000)],
        help_text="Messages per second, all campaigns together. Ask Gupshup before raising it.",
    )
    opt_in_by = models.CharField(
        "opt-in at Gupshup",
        max_length=10,
        choices=OptInBy.choices,
        default=OptInBy.KABOOTAR,
        help_text="Gupshup wants each number opted in once before its first template.",
    )
    # Meta's limit of people in 24 hours, as last told by a callback; like TIER_10K.
    messaging_limit = models.CharField(max_length=30, blank=True, default="", editable=False)
    messaging_limit_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Of the credentials or the number: what was verified before says nothing any more.
    credentials_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    # None: trial mode, in which campaigns reach test profiles only.
    trial_ended_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.nickname

    @property
    def is_on_trial(self) -> bool:
        return self.trial_ended_at is None

    def start_trial(self, *, at: datetime) -> None:
        """Whenever the credentials or the number change; saved by whoever changes them."""
        self.credentials_changed_at, self.trial_ended_at = at, None

    def credentials(self, account: Account) -> Credentials:
        return self.hsm if account is Account.HSM else self.two_way

    @property
    def hsm(self) -> Credentials:
        return Credentials(user_id=self.hsm_user_id, password=self.hsm_password)

    @property
    def two_way(self) -> Credentials:
        return Credentials(user_id=self.two_way_user_id, password=self.two_way_password)
