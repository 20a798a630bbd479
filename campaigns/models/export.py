"""A file of people or of results that somebody asked for, and how far it has got."""

import secrets
from typing import Self

from django.db import models
from django.utils import timezone

from providers.models import ApiKey, Project, User


class ExportStatus(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Being written"
    DONE = "done", "Ready"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"
    GONE = "gone", "No longer kept"


class ExportKind(models.TextChoices):
    PEOPLE = "people", "People"
    MESSAGES = "messages", "Messages"
    RESULTS = "results", "Results of campaigns"
    EVENTS = "events", "Events"
    INBOUND = "inbound", "What people wrote"
    OPT_OUTS = "opt_outs", "Opt-outs"


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel workbook"


def unguessable_export(export: "Export", _name: str) -> str:
    return f"exports/{secrets.token_urlsafe(24)}.{export.format}"


class ExportQuerySet(models.QuerySet["Export"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=(ExportStatus.QUEUED, ExportStatus.RUNNING))


class Export(models.Model):
    """`title` names what is in it, and nobody; `asked` says whom, as results/exports/whom.py reads
    it. It may hold what somebody searched for, so an erasure clears it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="exports")
    kind = models.CharField("what", max_length=10, choices=ExportKind.choices)
    title = models.CharField(max_length=200)
    format = models.CharField(
        max_length=4,
        choices=ExportFormat.choices,
        default=ExportFormat.CSV,
        db_default=ExportFormat.CSV.value,
    )
    asked = models.JSONField(default=dict)
    # Empty until it is ready, and once it is no longer kept.
    file = models.FileField(upload_to=unguessable_export, blank=True)
    status = models.CharField(
        max_length=10, choices=ExportStatus.choices, default=ExportStatus.QUEUED
    )
    cancel_asked = models.BooleanField(default=False)
    # Unknown where counting them would take as long as writing them.
    rows_total = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    problem = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # Where a program asked for it.
    created_by_key = models.ForeignKey(
        ApiKey, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes = [
            # Few wait or are written, however many were.
            models.Index(
                fields=["id"],
                condition=models.Q(status__in=("queued", "running")),
                name="export_to_write",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asked_by(self) -> str:
        """In words; empty where that is not known any more."""
        if self.created_by_key:
            return f"the API key “{self.created_by_key}”"
        return str(self.created_by or "")

    @property
    def has_ended(self) -> bool:
        return self.status not in (ExportStatus.QUEUED, ExportStatus.RUNNING)

    @property
    def percent(self) -> int | None:
        """None where nobody knows how many there will be."""
        if self.status == ExportStatus.DONE:
            return 100
        return min(100 * self.rows_done // self.rows_total, 99) if self.rows_total else None
