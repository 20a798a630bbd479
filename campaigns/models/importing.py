"""One upload of a file, and how far it has got."""

import secrets
from pathlib import PurePath
from typing import Self

from django.db import models
from django.utils import timezone

from campaigns.models.custom_list import CustomList
from providers.models import Project, User


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", "Waiting for its columns"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"


class ImportKind(models.TextChoices):
    PEOPLE = "people", "Add and update people"
    LIST = "list", "Only put people you already have into a list"
    EVENTS = "events", "Events of people you already have"


ENDED = (ImportStatus.DONE, ImportStatus.CANCELLED, ImportStatus.FAILED)


def unguessable_name(_: "Import", name: str) -> str:
    kind = ".xlsx" if PurePath(name).suffix == ".xlsx" else ".csv"
    return f"imports/{secrets.token_urlsafe(24)}{kind}"


class ImportQuerySet(models.QuerySet["Import"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=(ImportStatus.QUEUED, ImportStatus.RUNNING))


class Import(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(
        "what to do", max_length=10, choices=ImportKind.choices, default=ImportKind.PEOPLE
    )
    # Empty once the import has ended: people's data are not kept twice.
    file = models.FileField(upload_to=unguessable_name, blank=True)
    file_name = models.CharField(max_length=255)
    # What each column becomes, as chosen on the mapping page: audience/imports/mapping.py.
    mapping = models.JSONField(default=dict)
    # As somebody chose it; empty: as it was found.
    encoding = models.CharField(max_length=20, blank=True, default="", db_default="")
    # Of a workbook, as somebody chose it; empty: the first that is shown.
    sheet = models.CharField(max_length=100, blank=True, default="", db_default="")
    # Of numbers without a country code, and MSG-whatsapp of new people whose row doesn't say it.
    default_country = models.CharField(max_length=2, blank=True)
    new_subscribed = models.BooleanField(null=True)
    # How these people agreed to get messages; kept with each change of MSG-whatsapp that it makes.
    consent = models.CharField(max_length=500, blank=True, default="", db_default="")
    # Rows with a value that is wrong are refused; otherwise they come in without the value.
    only_whole_rows = models.BooleanField(default=False, db_default=False)
    into_list = models.ForeignKey(
        CustomList, on_delete=models.SET_NULL, null=True, blank=True, related_name="imports"
    )
    # Of a list that is made when it starts: who never starts it leaves no empty list behind.
    new_list = models.CharField(max_length=100, blank=True, default="", db_default="")
    status = models.CharField(
        max_length=10, choices=ImportStatus.choices, default=ImportStatus.UPLOADED
    )
    cancel_asked = models.BooleanField(default=False)
    # First the whole file is read and checked, then its rows are saved.
    bytes_total = models.BigIntegerField(default=0)
    bytes_done = models.BigIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    # Each chunk of rows that is saved, by the number of the row before it; commits with its people.
    saved_chunks = models.JSONField(default=list)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    # Rows whose identity comes again further down; the last one counts.
    repeated = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Rows that came in without a value that was wrong; each is one of the others, too.
    incomplete = models.PositiveIntegerField(default=0, db_default=0)
    refused_file = models.FileField(upload_to=unguessable_name, blank=True)
    # The newest erasure for whose people the file that is kept was looked through.
    searched_to = models.BigIntegerField(default=0, db_default=0, editable=False)
    problem = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    def __str__(self) -> str:
        return self.file_name

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def share_done(self) -> float:
        """0 to 1: reading is the first half of the work, saving the second."""
        if self.status == ImportStatus.DONE:
            return 1.0
        read = self.bytes_done / self.bytes_total if self.bytes_total else 0.0
        good_rows = self.rows_read - self.refused - self.repeated
        saved = self.rows_saved / good_rows if good_rows > 0 and read >= 1 else 0.0
        return (read + saved) / 2

    @property
    def rows_saved(self) -> int:
        return self.created + self.updated + self.unchanged
