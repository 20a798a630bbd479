"""What somebody has written in a draft's form and not saved yet, and that they are at it."""

from django.db import models
from django.db.models import Q

from campaigns.models.campaign import Campaign
from providers.models.unsaved import Unsaved


class UnsavedDraft(Unsaved):
    """One for each person and draft; without a campaign it is a new one."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, null=True, related_name="unsaved_drafts"
    )

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
