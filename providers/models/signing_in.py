"""What guards signing in: tries of late, the second factor, recovery codes."""

from django.db import models
from django.utils import timezone

from providers.models.fields import EncryptedField

# A migration names it here.
from providers.models.invitation import invitation_ends as invitation_ends
from providers.models.user import User


class SignInTry(models.Model):
    """A try that has failed or has not ended, kept for an hour: keyed digests, no names."""

    name = models.CharField(max_length=64)
    place = models.CharField(max_length=64, help_text="The address, or the browser if known.")
    address = models.CharField(max_length=64)
    # Of a try that may go through the pause of its name; empty where there is none.
    neighbourhood = models.CharField(max_length=64, blank=True, default="", db_default="")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["name", "-at"], name="sign_in_try_by_name"),
            models.Index(fields=["address", "-at"], name="sign_in_try_by_address"),
            models.Index(fields=["at"], name="sign_in_try_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S}"


class TwoFactor(models.Model):
    """A person's authenticator app. Until `confirmed_at` is set it guards nothing."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="two_factor")
    key = EncryptedField(help_text="20 bytes, in hexadecimal.")
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=-1, help_text="A code is good once.")

    def __str__(self) -> str:
        return "on" if self.confirmed_at else "being set up"


class RecoveryCode(models.Model):
    """Good once, for somebody without the app. Only a hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="one_recovery_code")]

    def __str__(self) -> str:
        return "used" if self.used_at else "unused"
