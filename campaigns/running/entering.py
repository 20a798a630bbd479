"""What people do sets off live campaigns: a trigger each, written in the transaction that stores
the event, by one statement for all events and all campaigns that they mean something to.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.rules import Statement
from campaigns.ledger.array_texts import numbers
from campaigns.ledger.happenings import Happening
from campaigns.models import Run
from campaigns.planning.occasion_events import where_sql
from campaigns.running.hearing import heard
from campaigns.running.listening import (
    THESE,
    Listening,
    hold_listening,
    is_listening,
    read_listening,
)
from campaigns.running.writing_triggers import Meant, Told, avert
from campaigns.running.writing_triggers import enter as write_triggers

# As they were told, since to find each again among all that happened costs more than the rest.
# JSON escapes line ends, so each line is one event's.
TOLD = """told AS MATERIALIZED (
    SELECT happened.kind_id, happened.at, happened.fingerprint, happened.properties::jsonb,
        p.id AS profile_id, COALESCE(p.match_key, -p.id) AS match_key
    FROM ROWS FROM (
        unnest(%(kinds)s::bigint[]), unnest(%(times)s::timestamptz[]),
        unnest(%(fingerprints)s::bigint[]), unnest(%(profiles)s::bigint[]),
        string_to_table(%(properties)s, E'\\n')
    ) AS happened (kind_id, at, fingerprint, profile_id, properties)
    JOIN campaigns_profile p ON p.id = happened.profile_id
)"""

TOLD_SINCE = """told AS MATERIALIZED (
    SELECT o.kind_id, o.at, o.fingerprint, o.properties, p.id AS profile_id,
        COALESCE(p.match_key, -p.id) AS match_key
    FROM campaigns_occurrence o JOIN campaigns_profile p ON p.id = o.profile_id
    WHERE o.kind_id = %(kind)s AND o.at >= %(first)s::timestamptz AND o.at <= %(last)s::timestamptz
)"""
AHEAD = timedelta(days=1)  # as far as an event's time may lie before us

HEARS = """c.awaited_id = ANY(%(kinds)s::bigint[])
    OR c.averted_by_id = ANY(%(kinds)s::bigint[])"""
IS_AWAITED = is_listening("c.awaited_id = {kind} OR c.averted_by_id = {kind}")


def enter(happened: Sequence[Happening]) -> None:
    """Of one project; in the transaction that stores the events. What they mean is asked twice:
    before any campaign is held, and of those that are."""
    kinds = {each.kind_id for each in happened}
    listening = read_listening(HEARS, {"kinds": numbers(kinds)})
    found = heard(happened, listening) if listening else None
    if not found or not found.happened:
        return
    held = hold_listening(THESE, {"campaigns": numbers(found.campaigns)})
    if held:
        _tell(found.happened, held)


def _tell(happened: Sequence[Happening], listening: Sequence[Listening]) -> None:
    kinds, told = {each.kind_id for each in happened}, _told(happened)
    statement = Statement(listening[0].clock)
    averted = ((each, each.awaited.unless) for each in listening)
    avert(told, [*_meant(averted, kinds, statement)], statement)
    _set_off(told, listening, kinds)


def catch_up(run: Run) -> None:
    """With what has come since its beginning: it is opened some seconds late, or hours, where
    nothing ran."""
    for each in read_listening(THESE, {"campaigns": [run.campaign_id]}):
        if (kind := each.awaited_id) is not None:
            since = {"kind": kind, "first": each.begins_at, "last": timezone.now() + AHEAD}
            _set_off(Told(TOLD_SINCE, since), [each], {kind})


def _set_off(told: Told, listening: Sequence[Listening], kinds: Collection[int]) -> None:
    statement = Statement(listening[0].clock)
    awaited = ((each, each.awaited.did) for each in listening)
    write_triggers(told, [*_meant(awaited, kinds, statement)], statement)


def _meant(
    pairs: Iterable[tuple[Listening, Happened | None]],
    kinds: Collection[int],
    statement: Statement,
) -> Iterable[Meant]:
    """Of those that something of these kinds means something to."""
    for each, deed in pairs:
        if deed is not None and deed.kind in kinds:
            yield Meant(each, where_sql(deed, statement), deed.kind)


def _told(happened: Sequence[Happening]) -> Told:
    return Told(
        TOLD,
        {
            "kinds": numbers(each.kind_id for each in happened),
            "times": f"{{{','.join(each.at.isoformat() for each in happened)}}}",
            "fingerprints": numbers(each.fingerprint for each in happened),
            "profiles": numbers(each.profile_id for each in happened),
            "properties": "\n".join(each.properties for each in happened),
        },
    )
