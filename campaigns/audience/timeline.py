"""What somebody did, what became of their messages and of their flags, in one line of time, the
newest first.

Read by key: a page costs the same however much lies behind it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.models import MessageKind, Profile, Reason, Source, State, SubscriptionChange

PAGE = 50
EVENT, OCCURRENCE, FLAG, START, MESSAGE = range(5)
HIGHEST_ORIGIN = MESSAGE
# What became of all others is told by their events.
UNTOLD = {
    State.QUEUED: "Message waits to be sent",
    State.SUPPRESSED: "Message not sent",
    State.IN_DOUBT: "Message in doubt",
    State.UNKNOWN: "Message failed",
    State.FAILED: "Message failed",
}
VALUES = {True: "TRUE", False: "FALSE", None: "unknown"}


def _behind(at: str, origin: int, number: str) -> str:
    """Behind the place where the page begins; the time alone, too, which an index has."""
    place = "(%(at)s::timestamptz, %(origin)s, %(number)s)"
    return f"{at} <= %(at)s::timestamptz AND ({at}, {origin}, {number}) < {place}"


_FIRST = "ORDER BY 1 DESC, 3 DESC LIMIT %(most)s"
# A look into the index for each name and month; of a person with very many events, too.
_OCCURRENCES = f"""
SELECT newest.at, {OCCURRENCE} AS origin, newest.fingerprint AS number, k.name,
    newest.properties::text
FROM campaigns_eventkind k CROSS JOIN LATERAL (
    SELECT at, fingerprint, properties FROM campaigns_occurrence o
    WHERE o.profile_id = %(profile)s AND o.kind_id = k.id
        AND {_behind("o.at", OCCURRENCE, "o.fingerprint")}
    ORDER BY o.at DESC, o.fingerprint DESC LIMIT %(most)s
) newest WHERE k.project_id = %(project)s
"""
_EVENTS = f"""
SELECT at, {EVENT}, id, name, properties::text FROM campaigns_event e
WHERE e.profile_id = %(profile)s AND {_behind("e.at", EVENT, "e.id")}
ORDER BY e.at DESC, e.id DESC LIMIT %(most)s
"""
_SAID = "jsonb_build_object('value', s.value, 'source', s.source, 'words', s.words)::text"
_FLAGS = f"""
SELECT s.at, {FLAG}, s.id, s.flag, {_SAID} FROM campaigns_subscriptionchange s
WHERE {{whose}} AND {_behind("s.at", FLAG, "s.id")} {_FIRST}
"""
_STARTS = f"""
SELECT s.at, {START}, s.id, '{SubscriptionChange.Flag.SUBSCRIBED}', {_SAID}
FROM campaigns_profile p JOIN campaigns_subscriptionstart s ON s.id = p.subscription_start_id
WHERE p.id = %(profile)s AND {_behind("s.at", START, "s.id")}
"""
_ENDED = "COALESCE(m.failed_at, m.created_at)"
_MESSAGES = f"""
SELECT {_ENDED}, {MESSAGE}, m.id, m.state::text,
    jsonb_build_object({{of}}, 'reason', m.reason)::text
FROM {{messages}} AND m.state IN ({", ".join(f"{state:d}" for state in UNTOLD)})
    AND {_behind(_ENDED, MESSAGE, "m.id")} {_FIRST}
"""
# Runs are few, and each finds its people by key; LATERAL and OFFSET hold the planner to that.
_OF_RUNS = """
campaigns_campaign c JOIN campaigns_run r ON r.campaign_id = c.id
CROSS JOIN LATERAL (
    SELECT * FROM campaigns_message
    WHERE run_id = r.id AND run_id IS NOT NULL AND profile_id = %(profile)s OFFSET 0
) m WHERE c.project_id = %(project)s
"""
_SINGLE = """
campaigns_message m WHERE m.project_id = %(project)s AND m.send_key = %(key)s
    AND m.run_id IS NULL AND m.profile_id = %(profile)s
"""
_EACH = (
    _OCCURRENCES,
    _EVENTS,
    _FLAGS.format(whose="s.profile_id = %(profile)s"),
    _FLAGS.format(whose="s.match_key = %(key)s AND s.project_id = %(project)s"),
    _STARTS,
    _MESSAGES.format(of="'campaign', c.name", messages=_OF_RUNS),
    _MESSAGES.format(of="'kind', m.kind", messages=_SINGLE),
)
NEWEST = f"""
SELECT * FROM ({" UNION ALL ".join(f"({each})" for each in _EACH)}) AS all_kinds
ORDER BY at DESC, origin DESC, number DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends; the next one begins behind it."""

    at: datetime
    origin: int
    number: int


TOP: dict[str, Any] = {"at": "infinity", "origin": HIGHEST_ORIGIN + 1, "number": 0}


@dataclass(frozen=True, slots=True)
class Entry:
    place: Place
    name: str
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TimelinePage:
    entries: Sequence[Entry]
    older: Place | None


def newest_of(profile: Profile, *, behind: Place | None = None, most: int = PAGE) -> TimelinePage:
    whose: dict[str, Any] = {
        "profile": profile.pk,
        "project": profile.project_id,
        "key": profile.match_key,
        "most": most + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, whose | (asdict(behind) if behind else TOP))
        rows = cursor.fetchall()
    shown = [
        _entry(Place(at, origin, number), name, json.loads(told))
        for at, origin, number, name, told in rows[:most]
    ]
    return TimelinePage(shown, older=shown[-1].place if len(rows) > most else None)


def _entry(place: Place, name: str, told: dict[str, Any]) -> Entry:
    if place.origin in (FLAG, START):
        flag = SubscriptionChange.Flag(name).label
        by = {"By": Source(told["source"]).label, "Words": told["words"]}
        return Entry(place, f"{flag} = {VALUES[told['value']]}", _given(by))
    if place.origin == MESSAGE:
        kind = MessageKind(told["kind"]).label if "kind" in told else ""
        why = Reason(told["reason"]).label if told["reason"] else ""
        details = {"Campaign": told.get("campaign", ""), "Kind": kind, "Why": why}
        return Entry(place, UNTOLD[State(int(name))], _given(details))
    return Entry(place, name, told)


def _given(details: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, value in details.items() if value}
