"""Saved rules over people, and how many they found, once a day."""

from django.db import models
from django.utils import timezone

from providers.models import Project, User
from providers.models.fields import NameField


class Segment(models.Model):
    """Whom its rule finds is asked anew whenever it is used."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="segments")
    name = NameField(max_length=100)
    # docs/segments.md; it is read by campaigns/audience/segments/reading.py, never trusted.
    rule = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_segment_name")]

    def __str__(self) -> str:
        return self.name


class SegmentSize(models.Model):
    """How many people a segment held on a day, in the project's time zone; the last count wins."""

    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, related_name="sizes", db_index=False
    )
    day = models.DateField()
    people = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="one_size_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.people}"
