"""What people do sets off live campaigns: a trigger each, written in the transaction that stores
the event, by one statement for all events and all campaigns that wait for them.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.rules import Statement
from campaigns.ledger.array_texts import numbers
from campaigns.ledger.happenings import Happening
from campaigns.models import Run
from campaigns.planning.occasion_events import where_sql
from campaigns.running.writing_triggers import (
    Listening,
    Meant,
    Told,
    avert,
    hold_listening,
    read_listening,
)
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


def enter(happened: Sequence[Happening]) -> None:
    """Of one project; in the transaction that stores the events."""
    kinds = {each.kind_id for each in happened}
    listening = [*read_listening(hold_listening(HEARS, {"kinds": numbers(kinds)}))]
    if not listening:
        return
    clock = clock_of(listening[0].run.campaign.project)
    heard = {each.run.campaign.awaited_id for each in listening}
    heard |= {each.run.campaign.averted_by_id for each in listening}
    told, statement = _told([each for each in happened if each.kind_id in heard]), Statement(clock)
    averted = [each for each in listening if each.run.campaign.averted_by_id in kinds]
    avert(told, [*_meant(averted, statement, unless=True)], statement)
    statement = Statement(clock)
    awaited = [each for each in listening if each.run.campaign.awaited_id in kinds]
    write_triggers(told, [*_meant(awaited, statement)], statement)


def catch_up(run: Run) -> None:
    """With what has come since its beginning: it is opened some seconds late, or hours, where
    nothing ran."""
    run.refresh_from_db(fields=["started_at"])
    kind = run.campaign.awaited_id
    if kind is None:
        return
    now = timezone.now()
    told = Told(TOLD_SINCE, {"kind": kind, "first": run.started_at, "last": now + AHEAD})
    statement = Statement(clock_of(run.campaign.project))
    write_triggers(told, [*_meant(read_listening([run]), statement)], statement)


def _meant(
    listening: Iterable[Listening], statement: Statement, *, unless: bool = False
) -> Iterable[Meant]:
    for each in listening:
        deed = each.awaited.unless if unless else each.awaited.did
        if deed is not None:
            yield Meant(each, _is(deed, statement))


def _is(deed: Happened, statement: Statement) -> str:
    return f"o.kind_id = {deed.kind:d} AND {where_sql(deed, statement)}"


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
