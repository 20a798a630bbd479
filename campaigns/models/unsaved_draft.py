"""What somebody has written in a draft's form and not saved yet, and that they are at it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.campaign import Campaign
from providers.models import Project, User


class UnsavedDraft(models.Model):
    """One for each person and draft; without a campaign it is a new one."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, null=True, related_name="unsaved_drafts"
    )
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # The form as it was sent, and when; None for somebody who has only opened it.
    form = models.TextField(null=True)
    kept_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["by", "campaign"],
                condition=Q(campaign__isnull=False),
                name="one_unsaved_draft",
            ),
            models.UniqueConstraint(
                fields=["by", "project"],
                condition=Q(campaign__isnull=True),
                name="one_unsaved_new_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} at {self.campaign or 'a new campaign'}"
