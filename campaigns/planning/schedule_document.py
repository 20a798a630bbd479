"""A schedule as a campaign keeps it: a small document, which is read as strictly as if a stranger
had written it.

{"every": "week", "n": 1, "weekdays": [1, 4], "at": "10:00", "starts_on": "2026-12-01", "times": 12,
"again_days": 30}
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from campaigns.planning.schedule import Every, Schedule, mistakes
from providers.refusals import Refusal

UNREADABLE = "Its days can't be read. Choose again when it goes out."
NAMES = {"every", "n", "at", "starts_on", "weekdays", "month_day", "until", "times"} | {
    "again_days"
}


class ScheduleError(Refusal):
    """Why there is no schedule in a document."""

    code = "campaign.schedule"


def as_document(schedule: Schedule) -> dict[str, Any]:
    """Without what it does not say."""
    said = {
        "every": schedule.every.value,
        "n": schedule.n,
        "at": f"{schedule.at:%H:%M}",
        "starts_on": schedule.starts_on.isoformat(),
        "weekdays": sorted(schedule.weekdays),
        "month_day": schedule.month_day,
        "until": schedule.until and schedule.until.isoformat(),
        "times": schedule.times,
        "again_days": schedule.again_days,
    }
    return {name: value for name, value in said.items() if value}


def read_schedule(document: object) -> Schedule:
    """Raises ScheduleError."""
    try:
        schedule = _read(document)
    except (KeyError, TypeError, ValueError) as failure:
        raise ScheduleError(UNREADABLE) from failure
    if found := mistakes(schedule):
        raise ScheduleError(" ".join(mistake.words for mistake in found))
    return schedule


def _read(document: object) -> Schedule:
    if not isinstance(document, Mapping) or not document.keys() <= NAMES:
        raise TypeError(document)
    days = document.get("weekdays", [])
    until = document.get("until")
    return Schedule(
        every=Every(document["every"]),
        n=_whole(document.get("n", 1)),
        at=time.fromisoformat(document["at"]),
        starts_on=date.fromisoformat(document["starts_on"]),
        weekdays=frozenset(_whole(day) for day in days),
        month_day=_whole_or_none(document.get("month_day")),
        until=None if until is None else date.fromisoformat(until),
        times=_whole_or_none(document.get("times")),
        again_days=_whole_or_none(document.get("again_days")),
    )


def _whole_or_none(value: object) -> int | None:
    return None if value is None else _whole(value)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value
