"""When something happened, as its sender says it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings

from campaigns.audience.uploads.verdicts import RecordRefused
from providers.models import Project

AHEAD = timedelta(hours=24)  # clocks that are fast, and zones that are wrong
_SECONDS = re.compile(r"(?:\$D_)?(-?\d{1,10})(?:\.\d+)?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?", re.ASCII)
_MOST_SECONDS = 1e10  # what is more is in milliseconds
NOT_A_TIME = (
    "The time is neither like 2026-01-31T18:30:00+05:30 nor a number of seconds since 1970."
)
MILLISECONDS = "The time is in milliseconds; give it in seconds."
TOO_OLD = "It happened more than {days} days ago; events are kept that long."
TOO_NEW = "It lies in the future."


@dataclass(frozen=True, slots=True)
class EventClock:
    """Times without a zone are those of the project."""

    now: datetime
    oldest: datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, project: Project, *, now: datetime) -> Self:
        oldest = now - timedelta(days=settings.CUSTOM_EVENT_KEEP_DAYS)
        return cls(now.astimezone(UTC), oldest, ZoneInfo(project.time_zone))

    def read(self, given: object) -> datetime:
        """Raises RecordRefused."""
        try:
            at = self._moment(given)
        except (ValueError, OverflowError, OSError):
            raise RecordRefused(NOT_A_TIME, code="event.time_unreadable") from None
        if at < self.oldest:
            words = TOO_OLD.format(days=settings.CUSTOM_EVENT_KEEP_DAYS)
            raise RecordRefused(words, code="event.too_old")
        if at > self.now + AHEAD:
            raise RecordRefused(TOO_NEW, code="event.in_the_future")
        return at

    def _moment(self, given: object) -> datetime:
        if isinstance(given, str):
            return self._spelled(given.strip())
        if isinstance(given, int | float) and not isinstance(given, bool):
            return _since_1970(given)
        raise ValueError

    def _spelled(self, text: str) -> datetime:
        if len(text) <= 40 and _ISO.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)
        if len(text) <= 40 and _SECONDS.fullmatch(text):
            return _since_1970(float(text.removeprefix("$D_")))
        raise ValueError


def _since_1970(seconds: float) -> datetime:
    if isfinite(seconds) and abs(seconds) >= _MOST_SECONDS:
        raise RecordRefused(MILLISECONDS, code="event.time_in_milliseconds")
    return datetime.fromtimestamp(seconds, UTC)
