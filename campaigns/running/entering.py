"""What people do sets off live campaigns: a trigger each, written in the transaction that stores
the event, by one statement for all events and all campaigns that wait for them.

Whoever is waiting already enters no second time: further events are counted on their trigger, whose
time is that of the first. And what somebody was not to do is noted on those that it concerns, also
where their message waits to be sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.rules import Statement
from campaigns.hints import wake_turner
from campaigns.ledger.array_texts import numbers
from campaigns.ledger.happenings import Happening
from campaigns.models import CampaignStatus, Run, RunStatus
from campaigns.planning.allowed_moments import after_quiet_hours, first_allowed
from campaigns.planning.occasion import CUT_OFF
from campaigns.planning.occasion_document import OccasionError
from campaigns.planning.occasion_events import Awaited, awaited_by_each, where_sql
from providers.watch.logging_failures import logging_failure_of

LOCK_OF_CAMPAIGN = 7_266_021  # beside the campaign's number
LISTENING = (CampaignStatus.RUNNING, CampaignStatus.PAUSED)
# So long after it a message can't wait any more, whatever cut-off its campaign has.
WAITS_AT_MOST = timedelta(days=32)

# With their properties, which stand in the same transaction. Bounds of their time, so that only its
# months are looked at.
TOLD = """told AS MATERIALIZED (
    SELECT o.kind_id, o.at, o.fingerprint, o.properties, p.id AS profile_id,
        COALESCE(p.match_key, -p.id) AS match_key
    FROM unnest(%(kinds)s::bigint[], %(times)s::timestamptz[], %(fingerprints)s::bigint[])
        AS happened (kind_id, at, fingerprint)
    JOIN campaigns_occurrence o ON o.kind_id = happened.kind_id AND o.at = happened.at
        AND o.fingerprint = happened.fingerprint
        AND o.at >= %(first)s::timestamptz AND o.at <= %(last)s::timestamptz
    JOIN campaigns_profile p ON p.id = o.profile_id
)"""

# Always in the same order, so that nobody waits in a circle. Whoever comes later with an earlier
# event makes it the first.
ENTER = """
WITH {told},
entering AS MATERIALIZED ({entering}),
firsts AS (
    SELECT DISTINCT ON (campaign_id, match_key) *,
        count(*) OVER (PARTITION BY campaign_id, match_key) AS times
    FROM entering ORDER BY campaign_id, match_key, at, fingerprint
),
written AS (
    INSERT INTO campaigns_trigger AS t (campaign_id, profile_id, match_key, at, times, properties,
        due_at, expires_at, reason)
    SELECT campaign_id, profile_id, match_key, at, times, properties, due_at, expires_at, ''
    FROM firsts ORDER BY campaign_id, match_key
    ON CONFLICT (campaign_id, match_key) WHERE ended_at IS NULL DO UPDATE SET
        times = t.times + excluded.times,
        at = LEAST(t.at, excluded.at),
        due_at = LEAST(t.due_at, excluded.due_at),
        expires_at = LEAST(t.expires_at, excluded.expires_at),
        profile_id = CASE WHEN excluded.at < t.at THEN excluded.profile_id ELSE t.profile_id END,
        properties = CASE WHEN excluded.at < t.at THEN excluded.properties ELSE t.properties END
    RETURNING due_at
)
SELECT count(*) FROM written WHERE due_at <= statement_timestamp()
"""

# Who listens, each held until the events are committed. One at a time enters a campaign, and
# several are taken in their order: an upload locks triggers twice, those that it averts and then
# those that it writes, so two with the same people might wait in a circle, whatever the order
# within each statement. And nobody ends a run meanwhile into which somebody comes.
HEARD = f"""
SELECT campaign_id, pg_advisory_xact_lock({LOCK_OF_CAMPAIGN}, campaign_id::int) FROM (
    SELECT r.campaign_id FROM campaigns_campaign c
    JOIN campaigns_run r ON r.campaign_id = c.id AND r.status = '{RunStatus.STANDING}'
    WHERE c.status IN ({", ".join(f"'{status}'" for status in LISTENING)})
        AND (c.awaited_id = ANY(%(kinds)s::bigint[]) OR c.averted_by_id = ANY(%(kinds)s::bigint[]))
    ORDER BY r.campaign_id
) AS heard
"""
AVERT = """
WITH {told},
averting AS MATERIALIZED (
    SELECT campaign_id, match_key, max(at) AS at FROM ({averting}) AS done GROUP BY 1, 2
),
held AS MATERIALIZED (
    SELECT t.id, b.at FROM averting b
    JOIN campaigns_trigger t ON t.campaign_id = b.campaign_id AND t.match_key = b.match_key
    WHERE t.at < b.at AND t.broken_at IS NULL AND t.reason = ''
        AND COALESCE(t.ended_at > statement_timestamp() - %(waits)s::interval, true)
    ORDER BY t.campaign_id, t.match_key, t.id FOR UPDATE OF t
)
UPDATE campaigns_trigger t SET broken_at = held.at FROM held WHERE t.id = held.id
"""


@dataclass(frozen=True, slots=True)
class _Listening:
    run: Run
    awaited: Awaited


def enter(happened: Sequence[Happening]) -> None:
    """Of one project; in the transaction that stores the events."""
    kinds = {each.kind_id for each in happened}
    listening = [*_read(_standing_now(_hold_who_hears(kinds)))]
    _avert(happened, [each for each in listening if each.run.campaign.averted_by_id in kinds])
    _enter(happened, [each for each in listening if each.run.campaign.awaited_id in kinds])


def _hold_who_hears(kinds: Iterable[int]) -> list[int]:
    """The numbers of campaigns. Nearly always there are none, so this is all that most uploads pay
    for."""
    with connection.cursor() as cursor:
        cursor.execute(HEARD, {"kinds": numbers(kinds)})
        return [campaign for campaign, _ in cursor.fetchall()]


def _standing_now(campaigns: Sequence[int]) -> Sequence[Run]:
    """Of these, which are held by now, so that none ends any more."""
    if not campaigns:
        return ()
    runs = Run.objects.filter(
        campaign__in=campaigns, status=RunStatus.STANDING, campaign__status__in=LISTENING
    )
    return list(runs.select_related("campaign__project").order_by("campaign_id"))


def _read(runs: Sequence[Run]) -> Iterable[_Listening]:
    """What one of them says may not be readable any more: it keeps nobody's events from being
    stored, nor others' campaigns from going out."""
    try:
        campaigns = [run.campaign for run in runs]
        for run, awaited in zip(runs, awaited_by_each(campaigns), strict=True):
            yield _Listening(run, awaited)
    except OccasionError:
        if len(runs) > 1:
            for run in runs:
                yield from _read([run])
            return
        with logging_failure_of(f"what sets off campaign {runs[0].campaign_id}"):
            raise


def _enter(happened: Sequence[Happening], listening: Sequence[_Listening]) -> None:
    if not listening:
        return
    statement = Statement(clock_of(listening[0].run.campaign.project))
    entering = " UNION ALL ".join(_entering(each, statement) for each in listening)
    parameters: dict[str, Any] = {**_told(happened), **statement.parameters}
    with connection.cursor() as cursor:
        cursor.execute(ENTER.format(told=TOLD, entering=entering), parameters)
        (due,) = cursor.fetchone()
    if due:
        wake_turner()


def _entering(listening: _Listening, statement: Statement) -> str:
    """SQL for those who enter this campaign. Only what comes after its start counts: it looks
    forward."""
    campaign, awaited = listening.run.campaign, listening.awaited
    occasion = awaited.occasion
    zone = statement.value(campaign.project.time_zone)
    due = f"o.at + {statement.value(occasion.delay)}::interval"
    cut_off = CUT_OFF
    if campaign.cut_off_hours is not None:
        cut_off = timedelta(hours=campaign.cut_off_hours)
    expires = after_quiet_hours("planned.at", campaign, statement, zone=zone)
    return f"""SELECT {campaign.pk:d}::bigint AS campaign_id, o.profile_id, o.match_key, o.at,
        o.fingerprint, o.properties, planned.at + {statement.value(occasion.grace)}::interval
        AS due_at, {expires} + {statement.value(cut_off)}::interval AS expires_at
    FROM told o
    CROSS JOIN LATERAL (SELECT {first_allowed(f"({due})", occasion, zone=zone)} AS at) AS planned
    WHERE o.kind_id = {awaited.did.kind:d}
        AND o.at >= {statement.value(listening.run.started_at)}
        AND {where_sql(awaited.did, statement)}
        AND NOT ({entered_before("o", occasion.again, statement, campaign=str(campaign.pk))})"""


def entered_before(
    row: str, again: timedelta | None, statement: Statement, *, campaign: str
) -> str:
    """SQL of a row with match_key and at: they had it too short a time before, or after. What ended
    with a reason of its own does not count."""
    near = ""
    if again is not None:
        span = statement.value(again)
        near = f" AND e.at > {row}.at - {span}::interval AND e.at < {row}.at + {span}::interval"
    return f"""EXISTS (SELECT 1 FROM campaigns_trigger e WHERE e.campaign_id = {campaign}
        AND e.match_key = {row}.match_key AND e.ended_at IS NOT NULL AND e.reason = ''{near})"""


def _avert(happened: Sequence[Happening], listening: Sequence[_Listening]) -> None:
    if not listening:
        return
    statement = Statement(clock_of(listening[0].run.campaign.project))
    averting = " UNION ALL ".join(
        f"""SELECT {each.run.campaign_id:d}::bigint AS campaign_id, o.match_key, o.at FROM told o
        WHERE o.kind_id = {each.awaited.unless.kind:d}
            AND {where_sql(each.awaited.unless, statement)}"""
        for each in listening
        if each.awaited.unless is not None
    )
    if not averting:
        return
    spans: dict[str, Any] = {"waits": WAITS_AT_MOST}
    parameters: dict[str, Any] = {**_told(happened), **statement.parameters, **spans}
    with connection.cursor() as cursor:
        cursor.execute(AVERT.format(told=TOLD, averting=averting), parameters)


def _told(happened: Sequence[Happening]) -> dict[str, object]:
    times = [each.at for each in happened]
    return {
        "kinds": numbers(each.kind_id for each in happened),
        "times": f"{{{','.join(at.isoformat() for at in times)}}}",
        "fingerprints": numbers(each.fingerprint for each in happened),
        "first": min(times, default=timezone.now()),
        "last": max(times, default=timezone.now()),
    }
