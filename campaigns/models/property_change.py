"""A property that is being renamed, deleted, or read as another type: people by people."""

from django.db import models
from django.utils import timezone

from campaigns.models.profile_property import ProfileProperty
from providers.models import Project


class PropertyChange(models.Model):
    """There as long as people are left who have it as it was. Meanwhile nobody else writes it."""

    class What(models.TextChoices):
        RENAME = "rename", "Renamed"
        RETYPE = "retype", "Read as another type"
        DELETE = "delete", "Deleted"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    # None where it is deleted.
    of = models.ForeignKey(ProfileProperty, on_delete=models.CASCADE, null=True, related_name="+")
    what = models.CharField(max_length=10, choices=What.choices)
    old_name = models.CharField(max_length=120)
    new_name = models.CharField(max_length=120, blank=True)
    read_as = models.CharField(max_length=10, blank=True)  # imports/values.py: ValueType
    # Everybody has it under both names: what is under the old one may go.
    is_copied = models.BooleanField(default=False)
    walked_to = models.BigIntegerField(default=0)  # the last profile of this walk
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "old_name"], name="one_property_change")
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.old_name}"
