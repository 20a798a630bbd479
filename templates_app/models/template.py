"""What Meta approved at Gupshup, replicated here; each change of it is a version of its own."""

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from providers.models import Project, User


class Kind(models.TextChoices):
    BASIC = "basic", "Basic"
    LIMITED_TIME_OFFER = "limited_time_offer", "Limited-time offer"
    CAROUSEL = "carousel", "Carousel"


class Category(models.TextChoices):
    MARKETING = "MARKETING", "Marketing"
    UTILITY = "UTILITY", "Utility"


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    PAUSED = "paused", "Paused"
    DISABLED = "disabled", "Disabled"
    ARCHIVED = "archived", "Archived"


class SendingStyle(models.TextChoices):
    BY_ID = "id", "By template id"
    BY_TEXT = "text", "By rendered text"


class TemplateQuerySet(models.QuerySet["Template"]):
    def sendable(self) -> Self:
        return self.filter(status=Status.APPROVED)


class Template(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(
        max_length=512,
        validators=[RegexValidator(r"^[a-z0-9_]+$", "Use a-z, 0-9 and _ only, as at Meta.")],
        help_text="Exactly as at Gupshup: small letters, digits and _.",
    )
    language = models.CharField(max_length=10, default="en")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.BASIC, editable=False)
    category = models.CharField(max_length=20, choices=Category.choices, default=Category.MARKETING)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    # In plain words, for a status that needs one: why it was rejected or paused.
    status_reason = models.TextField(
        "reason",
        blank=True,
        max_length=2000,
        help_text="What Gupshup or Meta gave as the reason, if anything.",
    )
    # As Meta last told by a callback: green, yellow, red; empty before it did.
    quality = models.CharField(max_length=20, blank=True, default="", editable=False)
    vendor_id = models.CharField(
        "Gupshup template ID",
        max_length=40,
        blank=True,
        help_text="The long number beside the template in Gupshup's dashboard.",
    )
    sending_style = models.CharField(
        max_length=4,
        choices=SendingStyle.choices,
        default=SendingStyle.BY_ID,
        help_text="By ID is safer: nothing has to match word by word.",
    )
    current = models.ForeignKey(
        "TemplateVersion", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name", "language"], name="one_template_per_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class TemplateVersion(models.Model):
    """One wording. Never changed once written, so that a campaign sends what was previewed."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # Meta's form: {"components": [{"type": "BODY", "text": …, "example": …}, …]}
    content = models.JSONField()
    # Codes of rules that this wording breaks although Meta approved it exactly like this.
    set_aside = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"
