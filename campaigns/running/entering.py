"""What people do sets off live campaigns: a trigger each, written in the transaction that stores
the event, by one statement for all events and all campaigns that they mean something to.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.rules import Statement
from campaigns.ledger.array_texts import numbers, texts
from campaigns.ledger.happenings import Happening
from campaigns.models import Run
from campaigns.planning.occasion_events import where_sql
from campaigns.running.hearing import Heard, heard
from campaigns.running.listening import (
    THESE,
    Listening,
    hold_listening,
    is_listening,
    read_listening,
)
from campaigns.running.writing_triggers import Meant, Told, avert
from campaigns.running.writing_triggers import enter as write_triggers

# As they were told, since to find each again among all that happened costs more than the rest; and
# with the campaigns that each means something to, so that PostgreSQL is asked the same of all of
# them, and always by the same words. Nearly always they are few, which PostgreSQL does not know: so
# each person is looked up by themselves (OFFSET 0), or it would go through all people. JSON escapes
# line ends, so each line is one event's.
TOLD = """told AS MATERIALIZED (
    SELECT happened.kind_id, happened.at, happened.fingerprint, happened.properties::jsonb,
        happened.sets_off::bigint[], happened.averts::bigint[],
        happened.profile_id, person.match_key
    FROM ROWS FROM (
        unnest(%(kinds)s::bigint[]), unnest(%(times)s::timestamptz[]),
        unnest(%(fingerprints)s::bigint[]), unnest(%(profiles)s::bigint[]),
        string_to_table(%(properties)s, E'\\n'),
        unnest(%(set_off)s::text[]), unnest(%(averted)s::text[])
    ) AS happened (kind_id, at, fingerprint, profile_id, properties, sets_off, averts)
    CROSS JOIN LATERAL (SELECT COALESCE(p.match_key, -p.id) AS match_key
        FROM campaigns_profile p WHERE p.id = happened.profile_id OFFSET 0) AS person
)"""
SETS_OFF, AVERTS = "l.campaign_id = ANY(o.sets_off)", "l.campaign_id = ANY(o.averts)"

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
    found = heard(happened, listening) if listening else ()
    if not found:
        return
    campaigns = {campaign for each in found for campaign in each.campaigns}
    held = hold_listening(THESE, {"campaigns": numbers(campaigns)})
    if held and (found := heard([each.happening for each in found], held)):
        _tell(found, held)


def _tell(found: Collection[Heard], listening: Sequence[Listening]) -> None:
    told, statement = _told(found), Statement(listening[0].clock)
    averted = {campaign for each in found for campaign in each.averts}
    unless = ((each, each.awaited.unless) for each in listening if each.campaign_id in averted)
    avert(told, [*_meant(unless, AVERTS)], statement)
    set_off = {campaign for each in found for campaign in each.sets_off}
    did = ((each, each.awaited.did) for each in listening if each.campaign_id in set_off)
    write_triggers(told, [*_meant(did, SETS_OFF)], statement)


def _meant(pairs: Iterable[tuple[Listening, Happened | None]], condition: str) -> Iterable[Meant]:
    return (Meant(each, condition, deed.kind) for each, deed in pairs if deed is not None)


def catch_up(run: Run) -> None:
    """With what has come since its beginning: it is opened some seconds late, or hours, where
    nothing ran."""
    for each in read_listening(THESE, {"campaigns": numbers([run.campaign_id])}):
        if (kind := each.awaited_id) is not None:
            since = {"kind": kind, "first": each.begins_at, "last": timezone.now() + AHEAD}
            _set_off(Told(TOLD_SINCE, since), each)


def _set_off(told: Told, each: Listening) -> None:
    if (deed := each.awaited.did) is not None:
        statement = Statement(each.clock)
        meant = Meant(each, where_sql(deed, statement), deed.kind)
        write_triggers(told, [meant], statement)


def _told(found: Iterable[Heard]) -> Told:
    happened = [each.happening for each in found]
    return Told(
        TOLD,
        {
            "kinds": numbers(each.kind_id for each in happened),
            "times": f"{{{','.join(each.at.isoformat() for each in happened)}}}",
            "fingerprints": numbers(each.fingerprint for each in happened),
            "profiles": numbers(each.profile_id for each in happened),
            "properties": "\n".join(each.properties for each in happened),
            "set_off": texts(numbers(each.sets_off) for each in found),
            "averted": texts(numbers(each.averts) for each in found),
        },
        comes_often=True,
    )
