"""What sets off a live campaign, as its row keeps it: a small document, which is read as strictly
as if a stranger had written it.

{"did": {"event": "Cart left", "where": […]}, "delay_minutes": 120, "unless": {"event": "Ordered"},
"again_hours": 24, "weekdays": [1, 2, 3, 4, 5], "since": "09:00", "until": "20:00"}

Without "again_hours" nobody enters twice. Each condition in "where" is one of a rule's event. In
place of "did" there may be "entered", the number of a segment. What becomes of messages has, beside
its name, "of", the number of a campaign.
"""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from campaigns.models import EventName
from campaigns.planning.occasion import EVERY_DAY, Deed, Entry, Occasion, mistakes
from providers.refusals import Refusal

UNREADABLE = "What sets it off can't be read. Choose again when it goes out."
NAMES = {"did", "entered", "delay_minutes", "unless", "again_hours"} | {
    *("weekdays", "since", "until")
}
MOST_WHERE = 5
MOST_MINUTES = 10_000_000  # what a span can hold is more; what is allowed, less
MOST_NUMBER = 2**63 - 1
OWN_EVENT = (
    "“{}” comes from the messages of all campaigns, also of this one, so it would set itself off"
    " again and again. Choose the campaign whose messages are meant, or something that people do"
    " elsewhere."
)
OF_MESSAGES = frozenset(name.value for name in EventName)
_OWN = {name.lower().replace(" ", "") for name in OF_MESSAGES}


class OccasionError(Refusal):
    """Why nothing can set it off."""

    code = "campaign.occasion"


def as_document(occasion: Occasion) -> dict[str, Any]:
    """Without what it does not say."""
    did = occasion.did
    said = {
        "did": _deed(did) if isinstance(did, Deed) else None,
        "entered": did.segment if isinstance(did, Entry) else None,
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
    said = {"event": deed.event, "where": where, "of": deed.of}
    return {name: value for name, value in said.items() if value}


def read_occasion(document: object) -> Occasion:
    """Raises OccasionError."""
    try:
        occasion = _read(document)
    except (KeyError, TypeError, ValueError) as failure:
        raise OccasionError(UNREADABLE) from failure
    did = occasion.did
    if isinstance(did, Deed) and _is_own(did) and (did.of is None or did.event not in OF_MESSAGES):
        raise OccasionError(OWN_EVENT.format(did.event))
    if found := mistakes(occasion):
        raise OccasionError(" ".join(mistake.words for mistake in found))
    return occasion


def _is_own(deed: Deed) -> bool:
    return deed.event.lower().replace(" ", "") in _OWN


def _read(document: object) -> Occasion:
    if not isinstance(document, Mapping) or not document.keys() <= NAMES:
        raise TypeError(document)
    again = document.get("again_hours")
    return Occasion(
        did=_read_did(document),
        delay=timedelta(minutes=_whole(document.get("delay_minutes", 0))),
        unless=_read_deed(document["unless"]) if "unless" in document else None,
        again=None if again is None else timedelta(hours=_whole(again)),
        weekdays=_read_weekdays(document.get("weekdays")),
        since=_read_time(document.get("since")),
        until=_read_time(document.get("until")),
    )


def _read_did(document: Mapping[str, Any]) -> Deed | Entry:
    if "entered" not in document:
        return _read_deed(document["did"])
    if "did" in document:
        raise ValueError(document)
    return Entry(_whole(document["entered"], most=MOST_NUMBER))


def _read_deed(raw: object) -> Deed:
    if not isinstance(raw, Mapping) or not raw.keys() <= {"event", "where", "of"}:
        raise TypeError(raw)
    event, where = raw["event"], raw.get("where", [])
    if not isinstance(event, str) or not event.strip() or not isinstance(where, list):
        raise TypeError(raw)
    if len(where) > MOST_WHERE or not all(isinstance(each, Mapping) for each in where):
        raise ValueError(where)
    if "of" not in raw:
        return Deed(event, tuple(where))
    if event not in OF_MESSAGES:
        raise ValueError(raw)
    return Deed(event, tuple(where), _whole(raw["of"], most=MOST_NUMBER))


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


def _whole(value: object, *, most: int = MOST_MINUTES) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > most:
        raise TypeError(value)
    return value
