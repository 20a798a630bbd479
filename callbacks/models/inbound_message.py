"""What a customer wrote, and what we did about it."""

from datetime import datetime

from django.db import models

from callbacks.models.receipt import Receipt
from campaigns.models import Message, Profile
from providers.models import Conversation, Project
from providers.models.fields import LooseForeignKey
from providers.phones.numbers import key_of_person_id


class Consequence(models.TextChoices):
    """What an inbound message led to; one per message, so that everybody can see why."""

    NONE = "", "Nothing"
    OPTED_OUT = "opted_out", "Opted out"
    OPTED_IN = "opted_in", "Opted in"
    AUTO_REPLIED = "auto_replied", "Auto-replied"
    HELD_KNOWN = "held_known", "No auto-reply: a profile has this phone"
    HELD_OFF = "held_off", "No auto-reply: it is switched off"
    HELD_PAUSE = "held_pause", "No auto-reply: this phone got one lately"
    HELD_DAILY = "held_daily", "No auto-reply: this phone's daily limit"
    HELD_OWN = "held_own", "No auto-reply: your own number"
    HELD_OLD = "held_old", "No auto-reply: older than 24 hours"
    HELD_TYPE = "held_type", "No auto-reply: a reaction"
    HELD_BLOCKED = "held_blocked", "No auto-reply: this phone opted out"
    HELD_REPEATED = "held_repeated", "No auto-reply: the same text again and again"
    HELD_NO_PHONE = "held_no_phone", "No auto-reply: no phone number"


# WhatsApp tells of somebody who has said nothing: a new number, a message taken back or changed, an
# opened chat, what it can't hand over, a setting.
NOTICES = frozenset(
    {"system", "revoke", "edit", "request_welcome", "unsupported", "unknown", "user_preferences"}
)


class FileState(models.IntegerChoices):
    """Of the picture or file that came with a message."""

    NONE = 0, "No file"
    WANTED = 1, "Being fetched"
    KEPT = 2, "Kept"
    GIVEN_UP = 3, "Not fetched"


class InboundMessage(models.Model):
    project = LooseForeignKey(Project, on_delete=models.CASCADE)
    receipt = models.ForeignKey(Receipt, on_delete=models.SET_NULL, null=True, related_name="+")
    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        null=True,
        related_name="inbound_messages",
        db_index=False,
    )
    phone = models.CharField(max_length=16, blank=True)
    match_key = models.BigIntegerField(null=True)
    # WhatsApp's id of the person for this business, where it has told one.
    person_id = models.CharField(max_length=140, blank=True, default="", db_default="")
    # Which of our numbers it was written to; digits.
    wa_number = models.CharField(max_length=16, blank=True, default="")
    name = models.CharField(max_length=200, blank=True)
    type = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    payload = models.TextField(blank=True)
    media = models.JSONField(null=True)
    location = models.JSONField(null=True)
    # The ad or post that the person came from.
    referral = models.JSONField(null=True)
    reply_to = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    # sha256 over phone, number, time, type and content: twice the same is once.
    digest = models.BinaryField(max_length=32)
    profile = models.ForeignKey(
        Profile, on_delete=models.SET_NULL, null=True, related_name="inbound_messages"
    )
    # The campaign message that this one is credited to as a reply.
    answers = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")
    consequence = models.CharField(max_length=20, choices=Consequence.choices, blank=True)
    file_state = models.SmallIntegerField(
        choices=FileState.choices, default=FileState.NONE, db_default=FileState.NONE.value
    )
    # Wanted: not before; NULL is at once. While a worker has it, the end of that worker's time.
    file_due_at = models.DateTimeField(null=True)
    file_tries = models.SmallIntegerField(default=0, db_default=0)
    # Where our copy lies in the storage; why there is none stands in file_problem.
    file = models.CharField(max_length=200, blank=True, default="", db_default="")
    file_problem = models.CharField(max_length=200, blank=True, default="", db_default="")
    reply_message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "inbound message"
        constraints = [
            models.UniqueConstraint(fields=["project", "digest"], name="one_inbound_message")
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="inbound_recent"),
            models.Index(fields=["conversation", "-id"], name="inbound_talk"),
            models.Index(
                fields=["id"], condition=models.Q(file_state=1), name="inbound_files_wanted"
            ),
        ]

    def __str__(self) -> str:
        return f"From {self.name}" if self.name else f"Message {self.pk}"

    @property
    def person_key(self) -> int | None:
        """Of the phone; without one, of the person's id. None for who can't be told apart."""
        if self.match_key is not None or not self.person_id:
            return self.match_key
        return key_of_person_id(self.person_id)

    @property
    def is_notice(self) -> bool:
        return self.type.lower() in NOTICES

    @property
    def heard_at(self) -> datetime:
        """What counts: a sender's clock in the future opens nothing for longer."""
        return min(self.at, self.received_at)
