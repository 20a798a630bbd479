"""What a check looks at, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone

from campaigns.models import Message
from providers.models import Health, Project, Provider, Verification

# The newest messages; enough to see whether reports come.
LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class Finding:
    """In words for a marketer."""

    health: Health
    message: str
    way_out: str = ""


def passes(message: str) -> Finding:
    return Finding(Health.PASS, message)


def fails(message: str, way_out: str) -> Finding:
    return Finding(Health.FAIL, message, way_out)


def unknown(message: str, way_out: str = "") -> Finding:
    return Finding(Health.UNKNOWN, message, way_out)


class Sent(NamedTuple):
    """The times of one message."""

    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    reason: str

    @property
    def reported_at(self) -> datetime | None:
        by_report = self.failed_at if self.reason == "reported" else None
        return self.delivered_at or self.read_at or by_report


class Patient:
    """One project's connection at one moment; each part is read once."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.project: Project = provider.project
        self.now = timezone.now()

    @cached_property
    def verifications(self) -> Mapping[str, Verification]:
        return {row.account: row for row in self.provider.verifications.all()}

    @cached_property
    def messages(self) -> list[Sent]:
        """The newest first."""
        rows = Message.objects.filter(project=self.project).order_by("-pk")
        fields = ("sent_at", "delivered_at", "read_at", "failed_at", "reason")
        return [Sent(*row) for row in rows.values_list(*fields)[:LOOKED_AT]]

    def sent_between(self, oldest: timedelta, newest: timedelta) -> list[Sent]:
        first, last = self.now - oldest, self.now - newest
        return [sent for sent in self.messages if sent.sent_at and first <= sent.sent_at <= last]
