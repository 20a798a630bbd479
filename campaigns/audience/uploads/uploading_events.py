"""The act behind every door that takes events in: records come, each gets its verdict.

A record is an object: `identity` or `phone`, `name`, and if wanted `at`, `id` and `properties`. All
of an upload is stored in one transaction, or nothing is; whoever tries again repeats nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice

from django.db import transaction
from django.utils import timezone

from campaigns.audience.uploads.catalogue import (
    NO_ROOM,
    Kind,
    kinds_called,
    remember_properties,
)
from campaigns.audience.uploads.event_times import EventClock
from campaigns.audience.uploads.finding_people import find_people
from campaigns.audience.uploads.reading_events import ToldEvent, read_event
from campaigns.audience.uploads.reading_persons import Person
from campaigns.audience.uploads.seen_ids import key_of
from campaigns.audience.uploads.storing_events import EventRow, fingerprint_of, json_of, store
from campaigns.audience.uploads.verdicts import Outcome, RecordRefused, Verdict
from campaigns.ledger import happenings
from campaigns.ledger.months import OCCURRENCES, make_months
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor

UNKNOWN = "Nobody in this project has this identity or phone."
STORED, REPEATED = Verdict(Outcome.STORED), Verdict(Outcome.REPEATED)
IGNORED = Verdict(Outcome.IGNORED)
NOBODY = RecordRefused(UNKNOWN, code="person.unknown").verdict
TOO_MANY = RecordRefused(NO_ROOM, code="event.too_many_names").verdict

Verdicts = dict[int, Verdict]
Told = dict[int, ToldEvent]


@dataclass(slots=True)
class Ready:
    """An event to be stored."""

    row: EventRow
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody sends in at one go."""

    project: Project
    records: Sequence[object]
    by: Actor


def upload(
    project: Project,
    records: Sequence[object],
    *,
    by: Actor,
    create_people: bool = False,
) -> list[Verdict]:
    """In the order of the records. `create_people`: unknown people become profiles."""
    return upload_each([Call(project, records, by)], create_people=create_people)[0]


def upload_each(calls: Sequence[Call], *, create_people: bool) -> list[list[Verdict]]:
    """Of calls for one project, all in one transaction, as if one came after the other."""
    project = calls[-1].project  # as read last
    clock = EventClock.of(project, now=timezone.now())
    verdicts, told = read_records(project, [one for call in calls for one in call.records], clock)
    make_months_of(told.values(), clock.now)
    with transaction.atomic():
        people = find_people(
            project, (event.person for event in told.values()), create=create_people
        )
        ready = _ready(project, told, people, clock.now, verdicts)
        stored = _store(ready, verdicts)
        _note(project, calls, stored)
    in_order = (verdicts[number] for number in count())
    return [list(islice(in_order, len(call.records))) for call in calls]


def _note(project: Project, calls: Sequence[Call], stored: Collection[int]) -> None:
    """Of each call that brought something new."""
    since = 0
    notes: list[tuple[Actor, str]] = []
    for call in calls:
        numbers = range(since, since + len(call.records))
        if new := sum(number in stored for number in numbers):
            notes.append((call.by, f"{new} events"))
        since = numbers.stop
    auditing.record_notes("event.uploaded", project=project, notes=notes)


def read_records(
    project: Project, records: Sequence[object], clock: EventClock
) -> tuple[Verdicts, Told]:
    verdicts: Verdicts = {}
    told: Told = {}
    for number, record in enumerate(records):
        try:
            told[number] = read_event(record, project=project, clock=clock)
        except RecordRefused as problem:
            verdicts[number] = problem.verdict
    return verdicts, told


def make_months_of(told: Iterable[ToldEvent], now: datetime) -> None:
    """Nearly always they are there; before the transaction, so that nobody waits for them."""
    times = [event.at or now for event in told]
    if times:
        make_months(OCCURRENCES, since=min(times), until=max(times))


def _ready(
    project: Project,
    told: Told,
    people: Mapping[Person, int],
    now: datetime,
    verdicts: Verdicts,
) -> dict[int, Ready]:
    known = {number: event for number, event in told.items() if event.person in people}
    kinds = kinds_called(project, {event.key: event.name for event in known.values()})
    ready = {}
    for number, event in told.items():
        kind = kinds.get(event.key)
        if number not in known:
            verdicts[number] = NOBODY
        elif kind is None:
            verdicts[number] = TOO_MANY
        elif kind.ignored:
            verdicts[number] = IGNORED
        else:
            ready[number] = _made_ready(project, event, kind, people[event.person], now)
    remember_properties(kinds.values())
    return ready


def _made_ready(
    project: Project, event: ToldEvent, kind: Kind, profile_id: int, now: datetime
) -> Ready:
    kind.learn(event.properties)
    text = json_of(event.properties.values)
    left_out = event.properties.left_out
    once = ""
    if event.given_id:
        once = key_of(project.pk, event.given_id)
    elif event.at is None:
        once = key_of(project.pk, profile_id, kind.id, f"{now:%Y%m%d%H%M}", text)
    row = EventRow(
        kind_id=kind.id,
        at=event.at or now,
        fingerprint=fingerprint_of(content_of(event, text), profile_id),
        profile_id=profile_id,
        properties=text,
        values=event.properties.values,
        once=once,
    )
    return Ready(row, stored_without(left_out))


def content_of(event: ToldEvent, properties: str) -> str:
    """What makes it another event than others of its person, name and time."""
    return f"id {event.given_id}" if event.given_id else properties


def stored_without(left_out: Mapping[str, str]) -> Verdict:
    return Verdict(Outcome.STORED, left_out=left_out) if left_out else STORED


def _store(ready: Mapping[int, Ready], verdicts: Verdicts) -> set[int]:
    """Those that were new. Within the upload, too, the first is stored, the others repeat it."""
    firsts = _firsts(ready)
    stored = store([ready[number].row for number in firsts])
    new = {number for place, number in enumerate(firsts) if place in stored}
    for number, each in ready.items():
        verdicts[number] = each.verdict if number in new else REPEATED
    _tell([ready[number].row for number in firsts if number in new])
    return new


def _firsts(ready: Mapping[int, Ready]) -> list[int]:
    """The numbers of those that are the same as none before them."""
    keys: set[str] = set()
    places: set[tuple[int, datetime, int]] = set()
    firsts = []
    for number, each in ready.items():
        row = each.row
        place = (row.kind_id, row.at, row.fingerprint)
        if place not in places and row.once not in keys:
            firsts.append(number)
            places.add(place)
            keys.update([row.once] if row.once else ())
    return firsts


def _tell(rows: Sequence[EventRow]) -> None:
    if rows and happenings.is_awaited():
        happenings.tell(
            [
                happenings.Happening(
                    kind_id=row.kind_id,
                    at=row.at,
                    fingerprint=row.fingerprint,
                    profile_id=row.profile_id,
                    properties=row.properties,
                    values=row.values,
                )
                for row in rows
            ]
        )
