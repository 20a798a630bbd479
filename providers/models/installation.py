"""Whose database is this? It holds a copy of INSTANCE_ID, so that a restored copy of the database,
or one that another installation uses by mistake, is noticed before anything is sent twice.
"""

from django.db import models
from django.utils import timezone

from providers.models.user import User


class Installation(models.Model):
    """One row, made by the migration."""

    instance_id = models.CharField(max_length=200)
    since = models.DateTimeField(default=timezone.now)
    # While somebody else's INSTANCE_ID runs on it: whose, and since when.
    foreign_id = models.CharField(max_length=200, blank=True, default="")
    foreign_since = models.DateTimeField(null=True)
    # Confirmed, and what was queued before is being marked as in doubt.
    doubting_since = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_installation")]

    def __str__(self) -> str:
        return self.instance_id
