"""What people did elsewhere: custom events, and the catalogue of what was ever told of them.

System events stay in event.py: late reports correct their times, and they are few a message. These
come by the hundred million, so they lie in months (migration 0029), made ahead and dropped whole.
There is no partition for whatever else comes: a time that is not kept is refused before it is here.
"""

from typing import Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone

from campaigns.models.profile import Profile
from providers.models import Project
from providers.models.fields import LooseForeignKey


class EventKindQuerySet(models.QuerySet["EventKind"]):
    def staying(self) -> Self:
        """Whatever somebody may still name."""
        return self.filter(going_since=None)


class EventKind(models.Model):
    """A name that events come under; names that differ in case or blanks alone are one."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="event_kinds")
    name = models.CharField(max_length=120)
    # The name small and without blanks.
    key = models.CharField(max_length=120, editable=False)
    ignored = models.BooleanField(
        "switched off",
        default=False,
        db_default=False,
        help_text="What comes under this name from now on is not kept. What is there stays.",
    )

    # Somebody has it deleted; its events go first. It is switched off from then on.
    going_since = models.DateTimeField(null=True, editable=False)

    objects = EventKindQuerySet.as_manager()

    class Meta:
        verbose_name = "custom event"
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="one_event_kind")]

    def __str__(self) -> str:
        return self.name


class EventKindProperty(models.Model):
    """A property of one type; a name that came with two types has two rows."""

    kind = models.ForeignKey(EventKind, on_delete=models.CASCADE, related_name="properties")
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=10)  # a PropertyType

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name", "type"], name="one_event_property")
        ]

    def __str__(self) -> str:
        return self.name


class EventKindDay(models.Model):
    """How many happened on a day of UTC, the first and the last of them. Days stay when their
    events go. While a day goes on it is counted in several parts, since whoever stores holds what
    they count until they commit (uploads/counted_days.py)."""

    kind = models.ForeignKey(EventKind, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    part = models.SmallIntegerField(default=0, db_default=0, editable=False)
    n = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "day", "part"], name="one_event_day_part")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.n}"


class Occurrence(models.Model):
    """A custom event of one person, whose project is that of its kind."""

    # Also the index of what happened under this name in this span; whose it is stands in it.
    pk = models.CompositePrimaryKey("kind_id", "at", "fingerprint")
    kind = LooseForeignKey(EventKind, on_delete=models.CASCADE)
    at = models.DateTimeField()
    # A hash over the person and the properties, or over the id that the event came with.
    fingerprint = models.BigIntegerField()
    profile = LooseForeignKey(Profile, on_delete=models.CASCADE)
    properties = models.JSONField(default=dict)

    class Meta:
        # This person's of this name, the newest first.
        indexes = [models.Index(fields=["profile", "kind", "-at"], name="occurrence_by_profile")]

    def __str__(self) -> str:
        return f"event {self.fingerprint}"


class SeenEventId(models.Model):
    """An event that came in the last days: the same one again is told by its key, whatever its
    time. A hash over the project and the id that was given, or, where neither id nor time was, over
    person, name, properties and minute."""

    key = models.UUIDField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [BrinIndex(fields=["at"], name="seen_event_by_time")]

    def __str__(self) -> str:
        return str(self.key)
