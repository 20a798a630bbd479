"""What guards signing in: tries of late, the second factor, recovery codes, invitations."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from providers.models.fields import EncryptedField
from providers.models.project import Project, Role
from providers.models.user import User

INVITATION_LASTS = timedelta(days=7)


class SignInTry(models.Model):
    """A try that has failed or has not ended, kept for an hour: keyed digests, no names."""

    name = models.CharField(max_length=64)
    place = models.CharField(max_length=64, help_text="The address, or the browser if known.")
    address = models.CharField(max_length=64)
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


def invitation_ends() -> datetime:
    return timezone.now() + INVITATION_LASTS


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, *, at: datetime) -> Self:
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """A link with which somebody joins a project, once and within a week. Only a hash is kept."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MARKETER)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=invitation_ends)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"as {self.get_role_display().lower()}"
