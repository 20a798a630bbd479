"""One send to one phone, of any kind. Laid out for HOT updates: nothing that changes while a
message lives is in an index or an index's predicate (docs/decisions/0002-message-and-outbox.md).
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from campaigns.models.campaign import Campaign
from campaigns.models.profile import Profile
from campaigns.models.run import Run
from campaigns.models.variant import Variant
from providers.models import Project
from providers.models.fields import LooseForeignKey


class MessageKind(models.IntegerChoices):
    CAMPAIGN = 1, "Campaign"
    TEST = 2, "Test"
    AUTO_REPLY = 3, "Auto-reply"
    CONFIRMATION = 4, "Confirmation"
    REPLY = 5, "Reply"
    API = 6, "API"


class State(models.IntegerChoices):
    """The number is the rank: a message only moves to a higher one.

    *Sending* is not written: it is a queued message whose outbox row is claimed.
    UNKNOWN is shown as Failed, with the reason that nobody will ever know.
    """

    QUEUED = 0, "Queued"
    SUPPRESSED = 1, "Suppressed"
    IN_DOUBT = 20, "In doubt"
    UNKNOWN = 21, "Failed"
    SENT = 30, "Sent"
    FAILED = 40, "Failed"
    DELIVERED = 50, "Delivered"
    READ = 60, "Viewed"


class Reason(models.TextChoices):
    """Why a message was suppressed or failed, where Gupshup's own code does not say it."""

    NO_PHONE = "no_phone", "No phone number"
    INVALID_PHONE = "invalid_phone", "Phone number is not valid"
    NOT_SUBSCRIBED = "not_subscribed", "Not subscribed (MSG-whatsapp)"
    NUMBER_BLOCKED = "number_blocked", "Number is blocked (MSG-dndWhatsApp)"
    MARKETING_STOPPED = "marketing_stopped", "Stopped marketing in WhatsApp"
    DUPLICATE_PHONE = "duplicate_phone", "Another profile has the same phone"
    PROJECT_CONTROL_GROUP = "project_control_group", "In the project's control group"
    CONTROL_GROUP = "control_group", "In the control group"
    EXCLUDED = "excluded", "Excluded"
    CONDITION_FAILED = "condition_failed", "Its condition did not hold any more"
    ENTERED_BEFORE = "entered_before", "They had it not long ago"
    CAP_REACHED = "cap_reached", "Targeting cap reached"
    TRIAL_MODE = "trial_mode", "Trial mode: test profiles only"
    MISSING_VALUE = "missing_value", "A placeholder came out empty"
    VALUE_TOO_LONG = "value_too_long", "A text became too long"
    OFFER_EXPIRED = "offer_expired", "The offer had expired"
    QUIET_HOURS = "quiet_hours", "Quiet hours"
    CUT_OFF = "cut_off", "After the cut-off time"
    FREQUENCY_CAP = "frequency_cap", "Too many messages to this person"
    TEMPLATE_NOT_APPROVED = "template_not_approved", "Template is no longer approved"
    CAMPAIGN_STOPPED = "campaign_stopped", "Campaign was stopped"
    DISCONNECTED = "disconnected", "The provider was disconnected"
    ERASED = "erased", "The person was erased"
    REFUSED = "refused", "Refused by Gupshup"
    REPORTED = "reported", "Failed by delivery report"
    OPT_IN_REFUSED = "opt_in_refused", "Gupshup refused the opt-in"
    RETRIES_EXHAUSTED = "retries_exhausted", "Tried too often"
    UNKNOWN = "unknown", "No answer and no report: nobody knows"


class OwnCode(models.TextChoices):
    """What stands in `code` where neither Gupshup nor its client has given one; kept for good."""

    NOT_COMPOSED = "not_composed", "There was no request"
    WORKER_LOST = "worker_lost", "The worker that sent it did not report back."
    RESTORED = (
        "restored",
        "It was queued before the database was restored, and may have been sent since.",
    )


class Message(models.Model):
    project = LooseForeignKey(Project, on_delete=models.CASCADE)
    kind = models.SmallIntegerField(choices=MessageKind.choices)
    campaign = LooseForeignKey(
        Campaign,
        on_delete=models.CASCADE,
        null=True,
    )
    run = LooseForeignKey(
        Run,
        on_delete=models.CASCADE,
        null=True,
        related_name="messages",
    )
    variant = LooseForeignKey(
        Variant,
        on_delete=models.SET_NULL,
        null=True,
    )
    profile = LooseForeignKey(
        Profile,
        on_delete=models.SET_NULL,
        null=True,
        related_name="messages",
    )
    # Which time they entered the run; 0 where nobody can enter it twice.
    entry = models.BigIntegerField(default=0, db_default=0)
    phone = models.CharField(max_length=16, blank=True)
    # The phone's match key, so that one person gets one; NULL where the launch suppressed it, but
    # for who was drawn by lot to get nothing.
    send_key = models.BigIntegerField(null=True)
    # What a message without a campaign says: {"text": …} for a session message.
    content = models.JSONField(null=True)
    state = models.SmallIntegerField(choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=24, choices=Reason.choices, blank=True, default="")
    code = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=300, blank=True, default="")
    attempt = models.SmallIntegerField(default=0)
    external_id = models.CharField(max_length=100, blank=True, default="")
    # PostgreSQL's clock, as of what people write.
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "profile", "entry"],
                condition=Q(run__isnull=False),
                name="one_row_per_entry",
            ),
            # It also finds a phone's messages: a second index on phones, in no order of their own,
            # would cost a launch as much again.
            models.UniqueConstraint(
                fields=["project", "send_key", "run", "entry"],
                condition=Q(send_key__isnull=False),
                name="one_message_per_entry",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="message_walk"),
            # Tests, answers and the like, among millions of a campaign's; a launch adds none here.
            models.Index(
                fields=["project", "kind", "id"],
                condition=~Q(kind=MessageKind.CAMPAIGN),
                name="single_message_walk",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
