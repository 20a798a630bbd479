"""The days that an export of what happened is about: the project's own, the last one to its end."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.models import Export
from campaigns.results.spans import Span
from providers.models import Project


def span_asked(export: Export) -> Span:
    return span_of(export.project, export.asked)


def span_of(project: Project, asked: Mapping[str, str]) -> Span:
    """`asked` holds both days as they are written in ISO 8601."""
    zone = ZoneInfo(project.time_zone)
    first, last = (date.fromisoformat(asked[name]) for name in ("first", "last"))
    ends = last + timedelta(days=1)
    return Span(
        datetime.combine(first, time(), tzinfo=zone), datetime.combine(ends, time(), tzinfo=zone)
    )


def spelled(at: datetime | None, zone: ZoneInfo) -> str:
    """With its distance from UTC, so that a spreadsheet elsewhere can't mistake it."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at else ""
