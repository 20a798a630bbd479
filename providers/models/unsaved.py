"""What somebody has written in a form and not saved yet, and that they are at it."""

from django.db import models
from django.utils import timezone

from providers.models.project import Project
from providers.models.user import User


class Unsaved(models.Model):
    """One for each person and what the form is about."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # The form as it was sent, and when; None for somebody who has only opened it.
    form = models.TextField(null=True)
    kept_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
