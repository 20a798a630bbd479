"""What proves that a callback comes from whom the project gave its address."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from providers.models.fields import EncryptedField
from providers.models.project import Project, new_callback_secret


class CallbackKeyQuerySet(models.QuerySet["CallbackKey"]):
    def valid(self, *, at: datetime) -> Self:
        return self.filter(Q(retires_at=None) | Q(retires_at__gt=at))


class CallbackKey(models.Model):
    """A secret in a project's callback URLs. The newest is shown, a retiring one still works."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="callback_keys")
    secret = EncryptedField(default=new_callback_secret)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    retires_at = models.DateTimeField(null=True, blank=True)

    objects = CallbackKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(retires_at=None), name="one_current_callback_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project.account_id}.•••"
