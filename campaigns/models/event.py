"""What people did. The five system events are written by us, each once by its unique key."""

from operator import itemgetter

from django.db import models
from django.utils import timezone

from campaigns.models.message import Message
from campaigns.models.profile import Profile
from providers.models import Project
from providers.models.fields import LooseForeignKey


class EventName(models.TextChoices):
    SENT = "Notification Sent"
    DELIVERED = "Notification Delivered"
    VIEWED = "Notification Viewed"
    CLICKED = "Notification Clicked"
    REPLIED = "Notification Replied"


# The words on a button, as clicks and quick replies have them.
BUTTON = "Button"
LONGEST_BUTTON = 40
# As stored by everybody's tools, and what a reader calls it.
IN_WORDS = {"wzrk_c2a": "Link", "wzrk_c2a_short_url": "Link in the message"}


class Event(models.Model):
    project = LooseForeignKey(Project, on_delete=models.CASCADE)
    profile = LooseForeignKey(
        Profile,
        on_delete=models.CASCADE,
        null=True,
        related_name="events",
    )
    message = LooseForeignKey(
        Message,
        on_delete=models.SET_NULL,
        null=True,
        related_name="events",
    )
    name = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)
    properties = models.JSONField(default=dict)
    # 0 for what happens once per message; a hash of the click, the inbound message's id.
    dedupe = models.BigIntegerField(default=0)
    # The number of the callback that told it; None for what Gupshup answered to the send.
    source = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "name", "dedupe"], name="one_system_event")
        ]
        indexes = [
            models.Index(fields=["project", "name", "at", "profile"], name="event_by_name"),
            models.Index(fields=["profile", "at"], name="event_by_profile"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def details(self) -> list[tuple[str, object]]:
        """Its properties under names for readers."""
        named = [(IN_WORDS.get(name, name), value) for name, value in self.properties.items()]
        return sorted(named, key=itemgetter(0))
