"""What a campaign is to bring about, as its runs were published with it."""

from django.db import models
from django.db.models.functions import Now

from campaigns.models.campaign import Campaign
from campaigns.models.occurrence import EventKind


class Goal(models.Model):
    """What a campaign was to bring about when its runs were opened: never changed, so that each
    run is measured by what it was published with. Closed when no event can reach it any more."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="goals")
    kind = models.ForeignKey(EventKind, on_delete=models.CASCADE, related_name="+", db_index=False)
    # As planning/goal_document.py reads it; what SQL needs of it stands in columns, too.
    document = models.JSONField()
    within = models.DurationField()
    value = models.CharField(max_length=120, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    currency_property = models.CharField(max_length=120, blank=True, default="")
    # What happened before was no answer to any of its messages.
    opened_at = models.DateTimeField(db_default=Now())
    is_open = models.BooleanField(default=True, db_default=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind"], condition=models.Q(is_open=True), name="goal_open")
        ]

    def __str__(self) -> str:
        return f"goal of {self.campaign}"
