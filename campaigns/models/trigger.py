"""What has set off a live campaign for somebody, and still waits or has ended."""

from django.db import models
from django.db.models import Q

from campaigns.models.campaign import Campaign
from campaigns.models.profile import Profile
from providers.models.fields import LooseForeignKey


class Trigger(models.Model):
    """An event by which somebody has entered a live campaign; written in that event's transaction.

    It waits until it is due, and ends once: as a message with its number as `entry`, which may be
    suppressed with a reason. As many may come as events do, so without foreign keys in the
    database."""

    campaign = LooseForeignKey(Campaign, on_delete=models.CASCADE)
    profile = LooseForeignKey(Profile, on_delete=models.CASCADE, db_index=True)
    # The phone's; of somebody without one, minus the profile's number. All profiles of one phone
    # are one person.
    match_key = models.BigIntegerField()
    # The event's own time: the first one's, where more came while it waited.
    at = models.DateTimeField()
    times = models.IntegerField(default=1)
    # What the first one said, for the message's values.
    properties = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    # From then on it ends without being sent.
    expires_at = models.DateTimeField()
    # When they did what they were not to do; its message may wait to be sent already.
    broken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Why its message was never to be sent; empty of one that was.
    reason = models.CharField(max_length=24, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "match_key"],
                condition=Q(ended_at__isnull=True),
                name="one_open_trigger",
            )
        ]
        indexes = [
            models.Index(
                fields=["campaign", "due_at"],
                condition=Q(ended_at__isnull=True),
                name="trigger_due",
            ),
            # Whether they wait, and when they had it; whom it left out is not asked for.
            models.Index(
                fields=["campaign", "match_key", "at"],
                condition=Q(reason=""),
                name="trigger_had",
            ),
            models.Index(fields=["ended_at"], condition=Q(reason__gt=""), name="trigger_left_out"),
        ]

    def __str__(self) -> str:
        return f"trigger {self.pk}"
