"""Something that needs a person: one open row per kind and project, counted while it lasts."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from providers.models.project import Project


class IncidentKind(models.TextChoices):
    CREDENTIALS = "credentials", "Gupshup refused the credentials"
    IP_REFUSED = "ip_refused", "Gupshup refused this server's IP address"
    BALANCE = "balance", "The balance at Gupshup is used up"
    ACCOUNT = "account", "Gupshup refused the account"
    OUTAGE = "outage", "Gupshup can't be reached"
    STORM = "storm", "Too many messages failed"
    SILENT = "callbacks_silent", "Messages go out, but no reports come back"
    REFUSED = "callbacks_refused", "Callbacks are refused"
    LAG = "callbacks_lag", "Callbacks wait too long to be processed"
    UNMATCHED = "callbacks_unmatched", "Many reports fit no message"
    UNREADABLE = "values_unreadable", "Values of campaigns can't be read any more"
    RUSH = "segment_rush", "Very many people came into a segment at once"


# What ends by itself as soon as Gupshup takes a message.
ACCOUNT_KINDS = (
    IncidentKind.CREDENTIALS,
    IncidentKind.IP_REFUSED,
    IncidentKind.BALANCE,
    IncidentKind.ACCOUNT,
    IncidentKind.OUTAGE,
)


class IncidentQuerySet(models.QuerySet["Incident"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)


class Incident(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="incidents")
    kind = models.CharField(max_length=30, choices=IncidentKind.choices)
    detail = models.TextField(blank=True)
    count = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind"], condition=Q(closed_at=None), name="one_open_incident"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
