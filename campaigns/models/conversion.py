"""Events that reached what a campaign was to bring about."""

from django.db import models
from django.db.models.functions import Now

from campaigns.models.campaign import Campaign
from campaigns.models.message import Message
from campaigns.models.occurrence import EventKind
from campaigns.models.profile import Profile
from campaigns.models.run import Run
from campaigns.models.variant import Variant
from providers.models.fields import LooseForeignKey


class GoalEvent(models.Model):
    """An event that an open goal may be about, until it is known whose it is: written with the
    event, deleted with the verdict. Events commit in no order of their numbers, so who credits
    takes what is there; a cursor would pass some by."""

    kind = LooseForeignKey(EventKind, on_delete=models.CASCADE)
    at = models.DateTimeField()
    fingerprint = models.BigIntegerField()
    profile = LooseForeignKey(Profile, on_delete=models.CASCADE)
    noted_at = models.DateTimeField(db_default=Now())
    # It is looked at again as long as a message may still turn out to have been sent before it.
    look_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["look_at"], name="goal_event_due")]

    def __str__(self) -> str:
        return f"goal event {self.pk}"


class ConversionOf(models.IntegerChoices):
    """Who did it, as seen from the campaign."""

    SENT = 0, "Sent a message"
    UNSENT = 1, "To be sent one, and never was"
    CONTROL = 2, "In the campaign's control group"
    PROJECT_CONTROL = 3, "In the project's control group"


class Conversion(models.Model):
    """An event that reached a campaign's goal, credited to one of its messages; of those who were
    sent none, to the row that says why."""

    campaign = LooseForeignKey(Campaign, on_delete=models.CASCADE)
    run = LooseForeignKey(Run, on_delete=models.CASCADE)
    variant = LooseForeignKey(Variant, on_delete=models.SET_NULL, null=True)
    message = LooseForeignKey(Message, on_delete=models.CASCADE)
    profile = LooseForeignKey(Profile, on_delete=models.SET_NULL, null=True)
    who = models.SmallIntegerField(choices=ConversionOf.choices)
    kind = LooseForeignKey(EventKind, on_delete=models.CASCADE)
    at = models.DateTimeField()
    fingerprint = models.BigIntegerField()
    # NULL where the goal adds nothing up, or there was no number to add.
    value = models.DecimalField(max_digits=13, decimal_places=3, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    credited_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind", "at", "fingerprint"], name="one_conversion"
            )
        ]
        indexes = [models.Index(fields=["message"], name="conversion_by_message")]

    def __str__(self) -> str:
        return f"conversion {self.pk}"
