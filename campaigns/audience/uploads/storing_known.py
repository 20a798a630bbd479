"""Small uploads of events in which everything is known: whose they are, what they are called, which
properties they have. One statement judges and stores them all.

Nearly all events of a shop are such. What isn't known everywhere, or what somebody waits for, is
left to uploading_events.py, call by call: what this does, that does too, by eight statements. Each
statement is a way to PostgreSQL and back, for which a whole group waits.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain, count
from typing import Any

from django.utils import timezone

from campaigns.audience.uploads.event_times import EventClock
from campaigns.audience.uploads.reading_events import ToldEvent
from campaigns.audience.uploads.seen_ids import key_of, passing
from campaigns.audience.uploads.storing_events import fingerprint_of, json_of, storing
from campaigns.audience.uploads.uploading_events import (
    REPEATED,
    Call,
    Told,
    Verdicts,
    content_of,
    make_months_of,
    read_records,
    stored_without,
)
from campaigns.audience.uploads.verdicts import Verdict
from campaigns.ledger import happenings
from campaigns.ledger.array_texts import numbers, some_numbers, texts
from campaigns.ledger.prepared import prepared
from providers.models import Project
from providers.watch import auditing

IS_AWAITED = "{is_awaited}"
# Why `+ 0` stands there: audience/upserting.py.
_PERSON = """
SELECT min(p.id) FROM campaigns_profile p
WHERE p.{column} = told.{column} AND p.project_id + 0 = %(project)s
"""
# A part at a time, whose order PostgreSQL can't change: it keeps one plan for all uploads, however
# many events they have, and in one that it had made for few it looked for each person once for
# every name that the project knows.
#
# JSON escapes line ends, so each line is one event's.
_SOURCE = f"""
WITH told AS MATERIALIZED (
    SELECT told.*, COALESCE(
        ({_PERSON.format(column="match_key")}), ({_PERSON.format(column="identity")})) AS person_id
    FROM ROWS FROM (
        unnest(%(calls)s::bigint[]), unnest(%(identities)s::varchar[]),
        unnest(%(match_keys)s::bigint[]), unnest(%(keys)s::varchar[]),
        unnest(%(times)s::timestamptz[]), unnest(%(contents)s::bigint[]),
        string_to_table(%(properties)s, E'\\n'), unnest(%(once)s::uuid[])
    ) WITH ORDINALITY AS told (call, identity, match_key, key, at, content, properties, once, n)
),
kind AS MATERIALIZED (
    SELECT k.id, k.key FROM campaigns_eventkind k
    WHERE k.project_id = %(project)s AND k.key = ANY(ARRAY(SELECT DISTINCT key FROM told))
        AND NOT k.ignored AND NOT ({IS_AWAITED})
),
unheard AS MATERIALIZED (
    SELECT told.n
    FROM unnest(%(of)s::bigint[], %(names)s::varchar[], %(types)s::varchar[]) AS q (n, name, type)
    JOIN told USING (n) JOIN kind USING (key)
    WHERE (SELECT p.id FROM campaigns_eventkindproperty p
        WHERE p.kind_id = kind.id AND p.name = q.name AND p.type = q.type LIMIT 1) IS NULL
),
known AS MATERIALIZED (
    SELECT t.n, t.call, kind.id AS kind_id, t.at, t.content # t.person_id AS fingerprint,
        t.person_id AS profile_id, t.properties::jsonb, t.once
    FROM told t JOIN kind USING (key)
    WHERE t.person_id IS NOT NULL AND t.n NOT IN (SELECT n FROM unheard)
),
whole AS MATERIALIZED (
    SELECT t.call FROM told t LEFT JOIN known USING (n) GROUP BY t.call
    HAVING bool_and(known.n IS NOT NULL)
),
passed AS ({passing("(SELECT once FROM known JOIN whole USING (call)) AS told (key)")}),
incoming AS MATERIALIZED (
    SELECT n, call, kind_id, at, fingerprint, profile_id, properties
    FROM known JOIN whole USING (call)
    WHERE once IS NULL OR once IN (SELECT key FROM passed)
)
"""
_NOTES = """(
    SELECT by_id, key_id, count(*) || ' events' AS note
    FROM unnest(%(people)s::bigint[], %(api_keys)s::bigint[])
        WITH ORDINALITY AS caller (by_id, key_id, call)
    JOIN new USING (call) GROUP BY call, by_id, key_id ORDER BY call
)"""
_STORE = f"""
{storing(_SOURCE)},
new AS MATERIALIZED (
    SELECT DISTINCT ON (kind_id, at, fingerprint) n, call
    FROM incoming JOIN stored USING (kind_id, at, fingerprint)
    ORDER BY kind_id, at, fingerprint, n
),
noted AS ({auditing.noting("event.uploaded", project="%(project)s", notes=_NOTES)})
SELECT call, ARRAY(SELECT n FROM new WHERE new.call = whole.call) FROM whole
"""


@dataclass(frozen=True, slots=True)
class _Read:
    """A call, and what its records say."""

    call: Call
    verdicts: Verdicts
    told: Told


def store_known(calls: Sequence[Call]) -> dict[int, list[Verdict]]:
    """Of calls for one project, by their places: the verdicts of those in which everything is
    known, all stored by one statement. Of the others nothing is stored."""
    project = calls[-1].project  # as read last
    clock = EventClock.of(project, now=timezone.now())
    read = [_Read(call, *read_records(project, call.records, clock)) for call in calls]
    places = _told_apart(read)
    if not places:
        return {}
    chosen = [read[place] for place in places]
    make_months_of(chain.from_iterable(one.told.values() for one in chosen), clock.now)
    rows = prepared(_statement(), _columns(project, chosen, clock.now))
    stored = {call - 1: {n - 1 for n in new} for call, new in rows}
    return dict(_verdicts(places, chosen, stored))


def _told_apart(read: Sequence[_Read]) -> list[int]:
    """The places of those of which each event differs from all others, and has a time or an id: in
    one statement nobody sees what another part of it stores."""
    signs = [[_sign(event) for event in one.told.values()] for one in read]
    seen = Counter(chain.from_iterable(signs))
    return [
        place
        for place, one in enumerate(read)
        if one.told
        and all(seen[sign] == 1 for sign in signs[place])
        and all(event.at or event.given_id for event in one.told.values())
    ]


def _sign(event: ToldEvent) -> tuple[object, ...]:
    """Two with the same may be one event."""
    return (event.given_id,) if event.given_id else (event.person, event.key, event.at)


@cache
def _statement() -> str:
    """Made late: who waits for events is registered when the apps are ready."""
    return _STORE.replace(IS_AWAITED, happenings.awaiting("k.id"))


def _columns(project: Project, read: Sequence[_Read], now: datetime) -> dict[str, Any]:
    events = [event for one in read for event in one.told.values()]
    properties = [json_of(event.properties.values) for event in events]
    contents = map(content_of, events, properties)
    named = [
        (n, *pair) for n, event in enumerate(events, 1) for pair in event.properties.types.items()
    ]
    once = (key_of(project.pk, one.given_id) if one.given_id else "NULL" for one in events)
    return {
        "project": project.pk,
        "calls": numbers(place for place, one in enumerate(read, 1) for _ in one.told),
        "identities": texts(event.person.identity for event in events),
        "match_keys": some_numbers(event.person.match_key for event in events),
        "keys": texts(event.key for event in events),
        "times": f"{{{','.join((event.at or now).isoformat() for event in events)}}}",
        "contents": numbers(fingerprint_of(content, 0) for content in contents),
        "properties": "\n".join(properties),
        "once": f"{{{','.join(once)}}}",
        "of": numbers(n for n, _, _ in named),
        "names": texts(name for _, name, _ in named),
        "types": texts(value_type for _, _, value_type in named),
        "people": some_numbers(
            one.call.by.person.pk if one.call.by.person else None for one in read
        ),
        "api_keys": some_numbers(one.call.by.key.pk if one.call.by.key else None for one in read),
    }


def _verdicts(
    places: Sequence[int], read: Sequence[_Read], stored: Mapping[int, Collection[int]]
) -> Iterator[tuple[int, list[Verdict]]]:
    n = count()
    for number, (place, one) in enumerate(zip(places, read, strict=True)):
        verdicts = dict(one.verdicts)
        for record, event in one.told.items():
            is_new = next(n) in stored.get(number, ())
            verdicts[record] = stored_without(event.properties.left_out) if is_new else REPEATED
        if number in stored:
            yield place, [verdicts[record] for record in range(len(one.call.records))]
