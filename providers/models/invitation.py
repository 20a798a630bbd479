"""A way into a project for somebody who is not a member yet."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from providers.models.membership import Role
from providers.models.project import Project
from providers.models.user import User

INVITATION_LASTS = timedelta(days=7)


def invitation_ends() -> datetime:
    return timezone.now() + INVITATION_LASTS


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, *, at: datetime) -> Self:
        """It lets nobody in whom its sender couldn't let in today: who is removed leaves no way
        back for themselves."""
        admin = Q(memberships__project=OuterRef("project"), memberships__role=Role.ADMIN)
        sender = User.objects.filter(Q(is_superuser=True) | admin, pk=OuterRef("invited_by"))
        # Without a join: of two who use it at once the second one's update asks again.
        may_invite = Q(invited_by=None) | Exists(sender.filter(is_active=True))
        unused = self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)
        return unused.filter(may_invite)


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
