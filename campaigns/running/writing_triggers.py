"""Whoever sets off a live campaign has a trigger of it: one statement for all of them, and for all
campaigns that are set off at this moment.

Whoever is waiting already enters no second time: what comes further is counted on their trigger,
whose time is that of the first. And what somebody was not to do is noted on those that it concerns,
also where their message waits to be sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection

from campaigns.audience.segments.rules import Statement
from campaigns.hints import wake_turner
from campaigns.models import Campaign, CampaignStatus, Run, RunStatus
from campaigns.planning.allowed_moments import after_quiet_hours, first_allowed
from campaigns.planning.occasion import CUT_OFF
from campaigns.planning.occasion_document import OccasionError
from campaigns.planning.occasion_events import Awaited, awaited_by_each
from providers.watch.logging_failures import logging_failure_of

LOCK_OF_CAMPAIGN = 7_266_021  # beside the campaign's number
LISTENING = (CampaignStatus.RUNNING, CampaignStatus.PAUSED)
# So long after it a message can't wait any more, whatever cut-off its campaign has.
WAITS_AT_MOST = timedelta(days=32)

# Campaigns, each held until what sets them off is committed. One at a time enters a campaign, and
# several are taken in their order: whoever writes triggers may have noted on others before that
# they are averted, so two with the same people might wait in a circle, whatever the order within
# each statement. And nobody ends a run meanwhile into which somebody comes.
HOLD = f"""
SELECT campaign_id, pg_advisory_xact_lock({LOCK_OF_CAMPAIGN}, campaign_id::int) FROM (
    SELECT r.campaign_id FROM campaigns_campaign c
    JOIN campaigns_run r ON r.campaign_id = c.id AND r.status = '{RunStatus.STANDING}'
    WHERE c.status IN ({", ".join(f"'{status}'" for status in LISTENING)}) AND ({{who}})
    ORDER BY r.campaign_id
) AS heard
"""

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
    RETURNING id, due_at, xmax = 0 AS is_new
)
SELECT count(*), count(*) FILTER (WHERE due_at <= statement_timestamp()),
    array_agg(id) FILTER (WHERE is_new)
FROM written
"""

# The statement above has waited for whoever ended a trigger meanwhile, and did not see yet that
# their person had it. This one, which begins later, does.
LEAVE = """
DELETE FROM campaigns_trigger t WHERE t.id = ANY(%(entered)s) AND ({had_it})
"""

AVERT = """
WITH {told},
averting AS MATERIALIZED (
    SELECT campaign_id, match_key, max(at) AS at FROM ({averting}) AS done GROUP BY 1, 2
),
held AS MATERIALIZED (
    SELECT t.id, b.at FROM averting b
    JOIN campaigns_trigger t ON t.campaign_id = b.campaign_id AND t.match_key = b.match_key
    WHERE t.at {before} b.at AND t.broken_at IS NULL AND t.reason = ''
        AND COALESCE(t.ended_at > statement_timestamp() - %(waits)s::interval, true)
    ORDER BY t.campaign_id, t.match_key, t.id FOR UPDATE OF t
)
UPDATE campaigns_trigger t SET broken_at = held.at FROM held WHERE t.id = held.id
"""


@dataclass(frozen=True, slots=True)
class Listening:
    run: Run
    awaited: Awaited


@dataclass(frozen=True, slots=True)
class Told:
    """What has happened, as SQL for a CTE `told`: profile_id, match_key, at, fingerprint (what
    tells two of one moment apart) and properties, and whatever else campaigns ask of it. Where one
    thing is told by another, as a delivery by a view, the two `may_meet` in one moment."""

    sql: str
    parameters: dict[str, Any] = field(default_factory=dict)
    may_meet: bool = False


class Meant(NamedTuple):
    """A campaign, and in SQL of o, something told: it is set off, or averted, by that."""

    listening: Listening
    condition: str


def hold_listening(who: str, parameters: Mapping[str, Any]) -> list[Run]:
    """The runs of campaigns that listen, of whom `who` is a condition of c in SQL. Nearly always
    there are none: then that is one statement. When they are held none of them ends any more."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD.format(who=who), dict(parameters))
        held = [campaign for campaign, _ in cursor.fetchall()]
    if not held:
        return []
    runs = Run.objects.filter(
        campaign__in=held, status=RunStatus.STANDING, campaign__status__in=LISTENING
    )
    return list(runs.select_related("campaign__project").order_by("campaign_id"))


def read_listening(runs: Sequence[Run]) -> Iterable[Listening]:
    """Of one project. What one of them says may not be readable any more: it keeps nobody's events
    from being stored, nor others' campaigns from going out."""
    try:
        campaigns = [run.campaign for run in runs]
        for run, awaited in zip(runs, awaited_by_each(campaigns), strict=True):
            yield Listening(run, awaited)
    except OccasionError:
        if len(runs) > 1:
            for run in runs:
                yield from read_listening([run])
            return
        with logging_failure_of(f"what sets off campaign {runs[0].campaign_id}"):
            raise


def enter(told: Told, meant: Sequence[Meant], statement: Statement) -> int:
    """Into campaigns that what was told sets off; how many people that are."""
    if not meant:
        return 0
    entering = " UNION ALL ".join(_entering(each, statement) for each in meant)
    with connection.cursor() as cursor:
        parameters = {**told.parameters, **statement.parameters}
        cursor.execute(ENTER.format(told=told.sql, entering=entering), parameters)
        entered, due, new = cursor.fetchone()
    if due:
        wake_turner()
    return int(entered) - _leave(new, meant, statement)


def _leave(new: Sequence[int] | None, meant: Sequence[Meant], statement: Statement) -> int:
    """Whose message was made while they entered once more. How many those are."""
    if not new:
        return 0
    later = Statement(statement.clock)
    had_it = " OR ".join(_had_it(each.listening, later) for each in meant)
    parameters: dict[str, Any] = {**later.parameters, "entered": list(new)}
    with connection.cursor() as cursor:
        cursor.execute(LEAVE.format(had_it=had_it), parameters)
        return int(cursor.rowcount)


def _had_it(listening: Listening, statement: Statement) -> str:
    campaign, again = f"{listening.run.campaign_id:d}", listening.awaited.occasion.again
    return f"""t.campaign_id = {campaign}
        AND {entered_before("t", again, statement, campaign=campaign)}"""


def _entering(meant: Meant, statement: Statement) -> str:
    """SQL for those who enter this campaign. Only what comes from its beginning on counts, and
    before its end."""
    run, occasion = meant.listening.run, meant.listening.awaited.occasion
    campaign = run.campaign
    zone = statement.value(campaign.project.time_zone)
    due = f"o.at + {statement.value(occasion.delay)}::interval"
    expires = after_quiet_hours("planned.at", campaign, statement, zone=zone)
    before = f"AND o.at < {statement.value(campaign.ends_at)}" if campaign.ends_at else ""
    return f"""SELECT {campaign.pk:d}::bigint AS campaign_id, o.profile_id, o.match_key, o.at,
        o.fingerprint, o.properties, planned.at + {statement.value(occasion.grace)}::interval
        AS due_at, {expires} + {statement.value(_cut_off_of(campaign))}::interval AS expires_at
    FROM told o
    CROSS JOIN LATERAL (SELECT {first_allowed(f"({due})", occasion, zone=zone)} AS at) AS planned
    WHERE {meant.condition}
        AND o.at >= {statement.value(run.started_at)} {before}
        AND NOT ({entered_before("o", occasion.again, statement, campaign=str(campaign.pk))})"""


def _cut_off_of(campaign: Campaign) -> timedelta:
    if campaign.cut_off_hours is None:
        return CUT_OFF
    return timedelta(hours=campaign.cut_off_hours)


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


def avert(told: Told, meant: Sequence[Meant], statement: Statement) -> None:
    """Campaigns that were set off before, and were not to be, if that happened."""
    if not meant:
        return
    averting = " UNION ALL ".join(
        f"""SELECT {each.listening.run.campaign_id:d}::bigint AS campaign_id, o.match_key, o.at
        FROM told o WHERE {each.condition}"""
        for each in meant
    )
    parameters = {**told.parameters, **statement.parameters, "waits": WAITS_AT_MOST}
    with connection.cursor() as cursor:
        before = "<=" if told.may_meet else "<"
        cursor.execute(AVERT.format(told=told.sql, averting=averting, before=before), parameters)
