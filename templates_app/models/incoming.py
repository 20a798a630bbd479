"""Templates from elsewhere: first what was found, then what became of it."""

from django.db import models
from django.utils import timezone

from providers.models import Project, User


class Source(models.TextChoices):
    UPLOAD = "upload", "A file"
    PASTE = "paste", "Pasted text"
    GATEWAY = "gateway", "Gupshup's list"


class TemplateImport(models.Model):
    """`found` and `refused` are what was read (incoming/found.py), `report` what was done with it:
    nothing, until somebody has looked at it and agreed. Gupshup's list is read by a worker: until
    it is there `is_reading` says so, and `trouble` why it never came."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="template_imports")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=10, choices=Source.choices)
    created_at = models.DateTimeField(default=timezone.now)
    is_reading = models.BooleanField(default=False, db_default=False)
    listed = models.PositiveIntegerField(default=0, db_default=0)
    # Always PostgreSQL's clock: whoever reads and whoever looks at it stand on two machines.
    beat_at = models.DateTimeField(null=True)
    trouble = models.TextField(default="", db_default="", blank=True)
    found = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    report = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.get_source_display()} of {self.created_at:%d %b %Y, %H:%M}"

    @property
    def how_far(self) -> str:
        """Of one that has not been brought in; empty otherwise."""
        if self.done_at is not None:
            return ""
        if self.is_reading:
            return "being read"
        return "could not be read" if self.trouble else "not brought in yet"
