"""Triggers that are due become messages, by sets: each ends once, queued to be sent or suppressed
with its reason.

The condition is asked now, when nothing is left to happen: whether they did what they were not to
do, belong to the audience, and had it not long ago. Then what every launch asks. One worker at a
time; a trigger, its message and the numbers are one transaction's, so a kill leaves all or nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.rules import Statement
from campaigns.audience.source import EVERYBODY, AudienceSource
from campaigns.gates.base import first_reason
from campaigns.gates.registry import reason_at_launch, reason_by_lot
from campaigns.hints import wake_sender
from campaigns.ledger import moves
from campaigns.models import CampaignStatus, MessageKind, Reason, Run, RunStatus, State
from campaigns.planning.occasion import CUT_OFF, GRACE, Deed
from campaigns.planning.occasion_events import (
    Awaited,
    awaited_by,
    message_event,
    of_message_sql,
    where_sql,
)
from campaigns.planning.targeting import parameters_of, source_of
from campaigns.planning.variants import variant_of_person
from campaigns.running.listening import LOCK_OF_CAMPAIGN
from campaigns.running.writing_chunks import When, queued_and_counted
from campaigns.running.writing_triggers import entered_before
from providers.watch.logging_failures import logging_failure_of

LOCK = 7_266_011
AT_ONCE = 2_000

# Of c. Then all that waits ends, and nothing is sent any more.
IS_STOPPED = f"c.status IN ('{CampaignStatus.STOPPED}', '{CampaignStatus.FAILED}')"
HAS_ENDED = f"({IS_STOPPED} OR COALESCE(c.ends_at <= statement_timestamp(), false))"
# Of c: how long after their time somebody may be sent to.
MAY_WAIT = f"COALESCE(c.cut_off_hours * interval '1 hour', interval '{CUT_OFF}')"
# Of c: nobody who is due later than this ends now. A bound for an index, since many wait.
DUE_UNTIL = f"""CASE WHEN {HAS_ENDED} THEN 'infinity'
    WHEN c.status = '{CampaignStatus.PAUSED}' THEN statement_timestamp() + interval '{GRACE}'
        - {MAY_WAIT}
    ELSE statement_timestamp() END"""
# Of t, a trigger that waits, and c. While it is paused only what is too late ends.
IS_DONE_WAITING = f"""({HAS_ENDED} OR c.status <> '{CampaignStatus.PAUSED}'
    OR t.expires_at <= statement_timestamp())"""

# An index finds the runs that stand, and another whether one of their triggers is due. Not EXISTS:
# with many triggers waiting, PostgreSQL would go through all of them.
WITH_SOMETHING_DUE = f"""
SELECT r.id FROM campaigns_run r JOIN campaigns_campaign c ON c.id = r.campaign_id
WHERE r.status = '{RunStatus.STANDING}' AND (
    SELECT t.id FROM campaigns_trigger t
    WHERE t.campaign_id = c.id AND t.ended_at IS NULL AND t.due_at <= {DUE_UNTIL}
        AND {IS_DONE_WAITING}
    ORDER BY t.due_at LIMIT 1) IS NOT NULL
ORDER BY r.id
"""

# Where the end has come. Held as by whoever enters, so that nobody does meanwhile: what they write
# is not to be seen before they commit. Who enters just now keeps theirs for the next time.
HOLD_ENDED = f"""
WITH ended AS MATERIALIZED (
    SELECT c.id FROM campaigns_run r JOIN campaigns_campaign c ON c.id = r.campaign_id
    WHERE r.status = '{RunStatus.STANDING}' AND {HAS_ENDED}
)
SELECT id FROM ended WHERE pg_try_advisory_xact_lock({LOCK_OF_CAMPAIGN}, id::int)
"""

# Nothing waits to become a message: what is queued may end, and its run with it.
END_RUNS = f"""
UPDATE campaigns_run r SET status = '{RunStatus.SENDING}', launched_at = statement_timestamp()
WHERE r.status = '{RunStatus.STANDING}' AND r.campaign_id = ANY(%s)
    AND NOT EXISTS (SELECT 1 FROM campaigns_trigger t
        WHERE t.campaign_id = r.campaign_id AND t.ended_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class _Turn:
    """All that the statement is made of, for one campaign."""

    run: Run
    source: AudienceSource
    awaited: Awaited
    statement: Statement

    @property
    def parameters(self) -> Mapping[str, Any]:
        campaign = self.run.campaign
        launch = parameters_of(campaign, self.source, run=self.run, cursor=0, last=0)
        return {**launch, **self.statement.parameters, "size": AT_ONCE}


def turn_due() -> None:
    """Until nothing is due, or somebody else is at it. Where many wait, some of each campaign take
    turns: nobody's people wait behind all of another project's. What fails is not tried again
    before the next time."""
    failed: set[int] = set()
    while _turn_some_of_each(failed):
        pass


def _turn_some_of_each(failed: set[int]) -> bool:
    """Is more left of any? Runs that fail come to `failed`."""
    with connection.cursor() as cursor:
        cursor.execute(WITH_SOMETHING_DUE)
        runs = [pk for (pk,) in cursor.fetchall()]
    unfinished = 0
    for run_id in (pk for pk in runs if pk not in failed):
        failed.add(run_id)
        with logging_failure_of(f"the triggers of run {run_id}"):
            unfinished += _turn_some(run_id)
            failed.discard(run_id)
    return unfinished > 0


@transaction.atomic
def end_standing_runs() -> None:
    """Of campaigns that were stopped, or whose end has come."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_ENDED)
        if ended := [pk for (pk,) in cursor.fetchall()]:
            cursor.execute(END_RUNS, [ended])


@transaction.atomic
def _turn_some(run_id: int) -> bool:
    """Is more left?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (is_ours,) = cursor.fetchone()
        if not is_ours:
            return False
        turn = _turn_of(Run.objects.select_related("campaign__project").get(pk=run_id))
        cursor.execute(_turn_sql(turn), turn.parameters)
        ended, queued = cursor.fetchone()
    if queued:
        wake_sender()
    return bool(ended == AT_ONCE)


def _turn_of(run: Run) -> _Turn:
    campaign = run.campaign
    source = source_of(campaign)
    # What the audience's rule says has its names already.
    statement = Statement(clock_of(campaign.project), dict(source.parameters))
    return _Turn(run, source, awaited_by(campaign), statement)


def _turn_sql(turn: _Turn) -> str:
    """`due` are triggers, `people` whose they are, `written` their messages. Whose profile is gone
    has no message."""
    new = moves.insert(
        entry="entry",
        send_key="CASE WHEN reason IS NULL THEN match_key END",
        state=f"CASE WHEN reason IS NULL AND drawn IS NULL THEN {State.QUEUED:d}"
        f" ELSE {State.SUPPRESSED:d} END",
        reason="COALESCE(reason, drawn, '')",
    )
    queue = queued_and_counted(
        When(expires_at="due.expires_at", written="written JOIN due ON due.entry = written.entry")
    )
    return f"""
WITH due AS MATERIALIZED (
    SELECT t.id AS entry, t.profile_id, t.match_key, t.at, t.expires_at, t.broken_at,
        {_over("c")} AS over
    FROM campaigns_trigger t JOIN campaigns_campaign c ON c.id = t.campaign_id
    WHERE t.campaign_id = %(campaign)s AND t.ended_at IS NULL AND {IS_DONE_WAITING}
        AND t.due_at <= (SELECT {DUE_UNTIL} FROM campaigns_campaign c WHERE c.id = %(campaign)s)
    ORDER BY t.due_at, t.id LIMIT %(size)s FOR UPDATE OF t SKIP LOCKED
),
people AS MATERIALIZED (
    SELECT p.id, p.phone, p.match_key, due.entry,
        COALESCE({_own_reason(turn)}, {_launch_reason(turn)}) AS reason
    FROM due JOIN campaigns_profile p ON p.id = due.profile_id AND p.project_id = %(project)s
    {BLOCK_JOIN}
),
mine AS MATERIALIZED (
    SELECT person.*, {variant_of_person(turn.run.campaign)} AS variant_id FROM people AS person
),
judged AS MATERIALIZED (
    SELECT id, phone, match_key, variant_id, entry, reason, {reason_by_lot()} AS drawn FROM mine
),
written AS (
    {new} FROM judged ORDER BY match_key, id
    RETURNING id, profile_id, variant_id, state, reason, entry
),
{queue},
ended AS (
    UPDATE campaigns_trigger t SET ended_at = statement_timestamp(),
        reason = CASE WHEN j.entry IS NULL THEN '{Reason.ERASED}' ELSE COALESCE(j.reason, '') END
    FROM due LEFT JOIN judged j ON j.entry = due.entry WHERE t.id = due.entry
)
SELECT (SELECT count(*) FROM due),
    (SELECT COALESCE(sum(n), 0) FROM counts WHERE state = {State.QUEUED:d})
"""


def _over(campaign: str) -> str:
    """SQL: why nobody gets it any more; NULL: they may."""
    return f"""CASE WHEN {IS_STOPPED} THEN {campaign}.left_over
        WHEN {HAS_ENDED} THEN '{Reason.CUT_OFF}' END"""


def _own_reason(turn: _Turn) -> str:
    """SQL of due and p: what only a trigger has."""
    occasion = turn.awaited.occasion
    span = f"{turn.statement.value(occasion.again)}::interval"
    again = entered_before("due", campaign="%(campaign)s", again=span)
    failed = f"due.broken_at IS NOT NULL OR {_is_averted(turn)} OR NOT {_is_meant(turn.source)}"
    own = first_reason(
        [
            (Reason.CUT_OFF, "due.expires_at <= statement_timestamp()"),
            (Reason.ENTERED_BEFORE, again),
            (Reason.CONDITION_FAILED, failed),
        ]
    )
    return f"due.over, {own}"


def _is_averted(turn: _Turn) -> str:
    """SQL: one of those with this phone did it since, whichever event came first to us."""
    unless = turn.awaited.unless
    deed = turn.awaited.occasion.unless
    if unless is None or deed is None:
        return "false"
    if message_event(deed):
        return _is_averted_by_message(deed, unless, turn.statement)
    return f"""EXISTS (SELECT 1 FROM campaigns_profile q
        JOIN campaigns_occurrence o ON o.profile_id = q.id
        WHERE q.project_id = %(project)s AND (q.id = p.id OR q.match_key = p.match_key)
            AND o.kind_id = {unless.kind:d} AND o.at > due.at
            AND {where_sql(unless, turn.statement)})"""


def _is_averted_by_message(deed: Deed, unless: Happened, statement: Statement) -> str:
    """As above. What was delivered and what was viewed may have been told at the same moment."""
    return f"""EXISTS (SELECT 1 FROM campaigns_profile q
        JOIN LATERAL (SELECT e.name, e.at, e.properties, m.campaign_id FROM campaigns_event e
            JOIN campaigns_message m ON m.id = e.message_id
                AND m.kind = {MessageKind.CAMPAIGN:d}
            WHERE e.profile_id = q.id AND e.at >= due.at) AS o ON true
        WHERE q.project_id = %(project)s AND (q.id = p.id OR q.match_key = p.match_key)
            AND {of_message_sql(deed, unless, statement)})"""


def _is_meant(source: AudienceSource) -> str:
    """SQL of p. Asked of some people at a time, so never of all of them."""
    if source.sql == EVERYBODY.sql:
        return "true"
    return f"EXISTS (SELECT 1 FROM ({source.sql}) AS meant (id) WHERE meant.id = p.id)"


def _launch_reason(turn: _Turn) -> str:
    """SQL: whoever shares a phone with somebody who is left out is left out, too."""
    if not turn.source.left_out:
        return reason_at_launch()
    return f"""{reason_at_launch()}, CASE WHEN EXISTS (SELECT 1 FROM campaigns_profile other
        WHERE other.project_id = %(project)s
            AND (other.id = p.id OR other.match_key = p.match_key)
            AND EXISTS (SELECT 1 FROM ({turn.source.left_out}) AS found (id)
                WHERE found.id = other.id)) THEN '{Reason.EXCLUDED}' END"""
