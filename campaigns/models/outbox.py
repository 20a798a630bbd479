"""The work list: one slim row per message that still needs somebody, deleted with its result.

Like the messages, without foreign keys in the database: ten checks a row would cost a launch of a
million people half a minute.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from campaigns.models.campaign import Campaign
from campaigns.models.message import Message
from campaigns.models.run import Run
from providers.models import Project
from providers.models.fields import LooseForeignKey


class Lane(models.IntegerChoices):
    """Urgent ones go first, then those of programs."""

    URGENT = 0, "Tests, replies and confirmations"
    BULK = 1, "Campaigns"
    DIRECT = 2, "Messages of programs"


class OutboxState(models.IntegerChoices):
    READY = 0, "Ready"  # due_at: not before
    CLAIMED = 1, "Claimed"  # due_at: the lease's end
    IN_DOUBT = 2, "In doubt"  # due_at: settled by rule, if no report came


class Outbox(models.Model):
    message = models.OneToOneField(
        Message,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="outbox",
        db_constraint=False,
    )
    project = LooseForeignKey(Project, on_delete=models.CASCADE)
    campaign = LooseForeignKey(
        Campaign,
        on_delete=models.CASCADE,
        null=True,
    )
    run = LooseForeignKey(
        Run,
        on_delete=models.CASCADE,
        null=True,
        related_name="outbox",
    )
    lane = models.SmallIntegerField(choices=Lane.choices)
    state = models.SmallIntegerField(choices=OutboxState.choices, default=OutboxState.READY)
    # Numbers the calls: it makes each one's msg_id.
    attempt = models.SmallIntegerField(default=0)
    # Those attempts that count for giving up: what fails for everybody is nobody's failed try.
    tries = models.SmallIntegerField(default=0, db_default=0)
    # Always PostgreSQL's clock, never a worker's.
    due_at = models.DateTimeField(db_default=Now())
    # From then on it may not go any more: its own planned time and the campaign's cut-off.
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["campaign", "due_at", "message"],
                condition=Q(state=OutboxState.READY, lane=Lane.BULK),
                name="outbox_ready",
            ),
            models.Index(
                fields=["project", "due_at", "message"],
                condition=Q(state=OutboxState.READY, lane=Lane.URGENT),
                name="outbox_urgent",
            ),
            models.Index(
                fields=["project", "due_at", "message"],
                condition=Q(state=OutboxState.READY, lane=Lane.DIRECT),
                name="outbox_direct",
            ),
            models.Index(
                fields=["due_at"],
                condition=~Q(state=OutboxState.READY),
                name="outbox_open",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state=OutboxState.READY, expires_at__isnull=False),
                name="outbox_expiring",
            ),
        ]

    def __str__(self) -> str:
        return f"outbox {self.message_id}"
