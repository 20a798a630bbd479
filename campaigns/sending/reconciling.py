"""Finding from PostgreSQL alone what Celery, Redis or a dead process has lost.

Every step is set-based, bounded, and harmless when it runs twice or beside another; one transaction
lock keeps two of them from doing the same work.
"""

from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction

from campaigns.gates.registry import composed, reason_for_waiting
from campaigns.gates.trial_mode import pause_waiting
from campaigns.hints import wake_launcher
from campaigns.ledger.moves import AS_IT_WAS, counted, doubt, is_open
from campaigns.ledger.tallies import COUNT_MOVES
from campaigns.models import (
    Campaign,
    CampaignKind,
    CampaignStatus,
    Lane,
    OutboxState,
    OwnCode,
    Reason,
    Run,
    RunStatus,
    State,
)
from campaigns.running.deciding import decide_due
from campaigns.running.entering_segments import compare_due
from campaigns.running.gathering import forget_gathered
from campaigns.running.segment_members import forget_members
from campaigns.running.standing import decide_due_dates, rest
from campaigns.running.starting_on_time import open_links_of_due, start_on_time
from campaigns.running.turning_triggers import end_standing_runs, turn_due
from campaigns.running.unreadable_values import halt_unreadable
from campaigns.running.versions import take_up_versions
from campaigns.sending.dropping import DROP_HELD
from campaigns.sending.recording import doubt_lasts
from campaigns.sending.taking_over import doubt_queued, is_ours, look_whose_it_is
from providers.watch import auditing
from providers.watch.actors import SYSTEM
from providers.watch.logging_failures import logging_failure_of

LOCK = 7_266_001
AT_ONCE = 10_000

OVERDUE = f"""
SELECT m.id, {AS_IT_WAS}, o.attempt, o.tries,
    COALESCE(c.resend_in_doubt, false) AS resend
FROM campaigns_outbox o
JOIN campaigns_message m ON m.id = o.message_id
LEFT JOIN campaigns_campaign c ON c.id = o.campaign_id
WHERE o.state = %(state)s AND o.due_at < statement_timestamp()
ORDER BY m.id LIMIT {AT_ONCE} FOR UPDATE OF m, o SKIP LOCKED
"""
WAS_OPEN = is_open("h.was")
LOST = doubt(OwnCode.WORKER_LOST)

# Whoever claimed these is gone or hangs. What a report has settled meanwhile only loses its row.
END_LEASES = f"""
WITH held AS MATERIALIZED ({OVERDUE}),
settled AS (
    DELETE FROM campaigns_outbox o USING held h
    WHERE o.message_id = h.id AND NOT {WAS_OPEN}
),
doubted AS (
    UPDATE campaigns_outbox o
    SET state = {OutboxState.IN_DOUBT:d}, tries = o.tries + 1,
        due_at = statement_timestamp() + %(doubt)s * interval '1 second'
    FROM held h WHERE o.message_id = h.id AND {WAS_OPEN}
),
moves AS (
    UPDATE campaigns_message m SET {LOST}, attempt = h.attempt
    FROM held h WHERE m.id = h.id AND {WAS_OPEN}
    RETURNING {counted("h")}
),
counted AS ({COUNT_MOVES})
SELECT count(*) FROM held
"""

# No report came in all that time: by the campaign's rule it is sent again, else nobody will know.
SETTLE_DOUBTS = f"""
WITH held AS MATERIALIZED ({OVERDUE}),
again AS (
    UPDATE campaigns_outbox o SET state = {OutboxState.READY:d}, due_at = statement_timestamp()
    FROM held h
    WHERE o.message_id = h.id AND h.resend AND h.was = {State.IN_DOUBT:d}
        AND h.tries < %(most)s
    RETURNING o.message_id
),
ended AS (
    DELETE FROM campaigns_outbox o USING held h
    WHERE o.message_id = h.id
        AND NOT (h.resend AND h.was = {State.IN_DOUBT:d} AND h.tries < %(most)s)
),
moves AS (
    UPDATE campaigns_message m
    SET state = {State.UNKNOWN:d}, reason = '{Reason.UNKNOWN}', failed_at = now()
    FROM held h
    WHERE m.id = h.id AND h.was = {State.IN_DOUBT:d}
        AND NOT (h.resend AND h.tries < %(most)s)
    RETURNING {counted("h")}
),
counted AS ({COUNT_MOVES})
SELECT count(*) FROM held
"""

HAS_STOPPED = f"c.status IN ('{CampaignStatus.STOPPED}', '{CampaignStatus.FAILED}')"
HAS_LAUNCHED = f"c.status IN ('{CampaignStatus.RUNNING}', '{CampaignStatus.PAUSED}')"


@composed
def drop_waiting_sql() -> str:
    """Whoever waits of a campaign that won't send to them: it was stopped, or a gate says so."""
    return f"""
WITH held AS MATERIALIZED (
    SELECT m.id, {AS_IT_WAS}, closed.reason
    FROM (
        SELECT c.id, CASE WHEN {HAS_STOPPED} THEN c.left_over ELSE {reason_for_waiting()} END
            AS reason
        FROM campaigns_campaign c
        WHERE ({HAS_STOPPED} OR {HAS_LAUNCHED})
            AND EXISTS (SELECT 1 FROM campaigns_run r WHERE r.campaign_id = c.id
                AND r.status IN ('{RunStatus.LAUNCHING}', '{RunStatus.SENDING}',
                    '{RunStatus.STANDING}'))
    ) AS closed
    CROSS JOIN LATERAL (
        SELECT o.message_id FROM campaigns_outbox o
        WHERE o.lane = {Lane.BULK:d} AND o.campaign_id = closed.id
            AND o.state = {OutboxState.READY:d}
        LIMIT {AT_ONCE}) AS left_over
    JOIN campaigns_message m ON m.id = left_over.message_id
    JOIN campaigns_outbox o ON o.message_id = m.id AND o.state = {OutboxState.READY:d}
    WHERE closed.reason IS NOT NULL
    ORDER BY m.id FOR UPDATE OF m, o SKIP LOCKED
),
{DROP_HELD}
"""


# Whose own time is over, which a claim would see, but not before their turn.
DROP_EXPIRED = f"""
WITH held AS MATERIALIZED (
    SELECT m.id, {AS_IT_WAS}, '{Reason.CUT_OFF}' AS reason
    FROM campaigns_outbox o JOIN campaigns_message m ON m.id = o.message_id
    WHERE o.state = {OutboxState.READY:d} AND o.expires_at <= statement_timestamp()
    ORDER BY m.id LIMIT {AT_ONCE} FOR UPDATE OF m, o SKIP LOCKED
),
{DROP_HELD}
"""

# Its own tallies say that nobody is queued or in doubt: exact, as they commit with the moves. A
# campaign that goes out once is completed with the last of its runs, and so is a live one whose end
# has come.
FINISH_RUNS = f"""
WITH over AS (
    UPDATE campaigns_run r SET status = '{RunStatus.FINISHED}', finished_at = now()
    WHERE r.status = '{RunStatus.SENDING}'
        AND (SELECT COALESCE(sum(t.n), 0) FROM campaigns_tally t
            WHERE t.run_id = r.id AND t.name IN ('queued', 'in_doubt')) = 0
    RETURNING r.id, r.campaign_id
)
UPDATE campaigns_campaign c SET status = '{CampaignStatus.COMPLETED}', finished_at = now()
FROM over
WHERE c.id = over.campaign_id AND c.kind <> '{CampaignKind.RECURRING}'
    AND c.status IN ('{CampaignStatus.RUNNING}', '{CampaignStatus.PAUSED}')
    AND NOT EXISTS (SELECT FROM campaigns_run r WHERE r.campaign_id = c.id
        AND r.status <> '{RunStatus.FINISHED}' AND r.id NOT IN (SELECT id FROM over))
RETURNING c.id, c.project_id
"""


def reconcile() -> None:
    with logging_failure_of("opening the links of what is due"):
        if is_ours():
            open_links_of_due()
    for step in (
        look_whose_it_is,
        doubt_queued,
        end_leases,
        settle_doubts,
        drop_waiting,
        drop_expired,
        pause_waiting,
        halt_unreadable,
        start_due_campaigns,
        decide_tests,
        relaunch,
        end_standing_runs,
        finish_runs,
        take_up_versions,
        rest,
        decide_dates_due,
        forget_gathered,
    ):
        with logging_failure_of(f"reconciling: {step.__name__}"):
            while _alone(step):
                pass


@transaction.atomic
def _alone(step: Callable[[], object]) -> bool:
    """Does the step say that there is more of it to do? One at a time over all processes; a
    transaction lock also works behind PgBouncer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (mine,) = cursor.fetchone()
    return mine and step() is True


def end_leases() -> bool:
    return _is_more_left(END_LEASES, state=OutboxState.CLAIMED, doubt=doubt_lasts())


def settle_doubts() -> bool:
    return _is_more_left(SETTLE_DOUBTS, state=OutboxState.IN_DOUBT, most=settings.SEND_MAX_ATTEMPTS)


def drop_waiting() -> bool:
    return _is_more_left(drop_waiting_sql())


def drop_expired() -> bool:
    return _is_more_left(DROP_EXPIRED)


def start_due_campaigns() -> None:
    if not is_ours():
        return
    due = Campaign.objects.whose_set_time_has_come()
    due = due.select_for_update(of=["self"], skip_locked=True)
    for campaign in due:
        with logging_failure_of(f"the start of campaign {campaign.pk}"):
            start_on_time(campaign)


def turn_triggers() -> None:
    if is_ours():
        turn_due()


def compare_segments() -> None:
    if is_ours():
        compare_due()
        forget_members()


def decide_tests() -> None:
    if is_ours():
        decide_due()


def decide_dates_due() -> None:
    if is_ours():
        decide_due_dates()


def relaunch() -> None:
    """A hint for each launch that has not ended; one that is under way ignores it."""
    if not is_ours():
        return
    unfinished = Run.objects.filter(status=RunStatus.LAUNCHING)
    for run_id in unfinished.values_list("pk", flat=True):
        wake_launcher(run_id)


def finish_runs() -> None:
    """A run of which nothing is open is over, and so is its campaign."""
    with connection.cursor() as cursor:
        cursor.execute(FINISH_RUNS)
        completed = [Campaign(pk=pk, project_id=project) for pk, project in cursor.fetchall()]
    auditing.record_each("campaign.completed", by=SYSTEM, targets=completed)


def _is_more_left(sql: str, **parameters: float) -> bool:
    """After one statement, which takes so many at most."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        (count,) = cursor.fetchone()
        return int(count) >= AT_ONCE
