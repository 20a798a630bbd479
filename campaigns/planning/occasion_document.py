"""What sets off a live campaign, as its row keeps it: a small document, which is read as strictly
as if a stranger had written it.

{"did": {"event": "Cart left", "where": […]}, "delay_minutes": 120, "unless": {"event": "Ordered"},
"again_hours": 24, "weekdays": [1, 2, 3, 4, 5], "since": "09:00", "until": "20:00"}

Without "again_hours" nobody enters twice. Each condition in "where" is one of a rule's event.
"""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from campaigns.models import EventName
from campaigns.planning.occasion import EVERY_DAY, Deed, Occasion, mistakes
from providers.refusals import Refusal

UNREADABLE = "What sets it off can't be read. Choose again when it goes out."
NAMES = {"did", "delay_minutes", "unless", "again_hours", "weekdays", "since", "until"}
MOST_WHERE = 5
MOST_MINUTES = 10_000_000  # what a span can hold is more; what is allowed, less
OWN_EVENT = (
    "“{}” comes from messages like the ones that this campaign sends, so it would set itself off"
    " again and again. Choose something that people do elsewhere."
)
_OWN = {name.value.lower().replace(" ", "") for name in EventName}


class OccasionError(Refusal):
    """Why nothing can set it off."""

    code = "campaign.occasion"


def as_document(occasion: Occasion) -> dict[str, Any]:
    """Without what it does not say."""
    said = {
        "did": _deed(occasion.did),
        "delay_minutes": int(occasion.delay.total_seconds() // 60),
        "unless": occasion.unless and _deed(occasion.unless),
        "again_hours": occasion.again and int(occasion.again.total_seconds() // 3600),
        "weekdays": [] if occasion.weekdays == EVERY_DAY else sorted(occasion.weekdays),
        "since": occasion.since and f"{occasion.since:%H:%M}",
        "until": occasion.until and f"{occasion.until:%H:%M}",
    }
    return {name: value for name, value in said.items() if value}


def _deed(deed: Deed) -> dict[str, Any]:
    where = [dict(condition) for condition in deed.where]
    return {"event": deed.event, "where": where} if where else {"event": deed.event}


def read_occasion(document: object) -> Occasion:
    """Raises OccasionError."""
    try:
        occasion = _read(document)
    except (KeyError, TypeError, ValueError) as failure:
        raise OccasionError(UNREADABLE) from failure
    if occasion.did.event.lower().replace(" ", "") in _OWN:
        raise OccasionError(OWN_EVENT.format(occasion.did.event))
    if found := mistakes(occasion):
        raise OccasionError(" ".join(mistake.words for mistake in found))
    return occasion


def _read(document: object) -> Occasion:
    if not isinstance(document, Mapping) or not document.keys() <= NAMES:
        raise TypeError(document)
    again = document.get("again_hours")
    return Occasion(
        did=_read_deed(document["did"]),
        delay=timedelta(minutes=_whole(document.get("delay_minutes", 0))),
        unless=_read_deed(document["unless"]) if "unless" in document else None,
        again=None if again is None else timedelta(hours=_whole(again)),
        weekdays=_read_weekdays(document.get("weekdays")),
        since=_read_time(document.get("since")),
        until=_read_time(document.get("until")),
    )


def _read_deed(raw: object) -> Deed:
    if not isinstance(raw, Mapping) or not raw.keys() <= {"event", "where"}:
        raise TypeError(raw)
    event, where = raw["event"], raw.get("where", [])
    if not isinstance(event, str) or not event.strip() or not isinstance(where, list):
        raise TypeError(raw)
    if len(where) > MOST_WHERE or not all(isinstance(each, Mapping) for each in where):
        raise ValueError(where)
    return Deed(event, tuple(where))


def _read_weekdays(raw: object) -> frozenset[int]:
    if raw is None:
        return EVERY_DAY
    if not isinstance(raw, list):
        raise TypeError(raw)
    days = frozenset(_whole(day) for day in raw)
    if not days <= EVERY_DAY:
        raise ValueError(raw)
    return days


def _read_time(raw: object) -> time | None:
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise TypeError(raw)
    read = time.fromisoformat(raw)
    if read.tzinfo is not None or read.second or read.microsecond:
        raise ValueError(raw)
    return read


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MOST_MINUTES:
        raise TypeError(value)
    return value
