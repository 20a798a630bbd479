"""Delivery reports move messages, forward only: twice, late and in any order is all the same.

One statement does it for as many reports as there are: it locks the messages in the order of their
ids, decides by the ranks of their states, and writes the moves, their events and the run's numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

from django.db import connection, transaction

from campaigns.ledger.array_texts import numbers, texts
from campaigns.ledger.events import HEARD, WRITE_REPORTED_TIMES, correct_times
from campaigns.ledger.moves import AS_IT_WAS, IN_EVENTS, at_least, counted
from campaigns.ledger.tallies import COUNT_MOVES, count_times
from campaigns.models import MessageKind, OutboxState, Reason, State
from campaigns.pace.storms import Outcome
from campaigns.running.entering_by_messages import hear
from campaigns.running.storm_watch import watch_for_storms
from providers.gateway.report_classes import ReportClass
from providers.gateway.report_codes import codes_of

Reportable: TypeAlias = Literal[State.SENT, State.FAILED, State.DELIVERED, State.READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`code` and `cause` are Gupshup's own, of a failure.

    `attempt` is None where the report names none; then it speaks of the latest. `source` is the
    number of the callback that it came in.
    """

    project_id: int
    message_id: int
    attempt: int | None
    status: Reportable
    at: datetime
    code: str = ""
    cause: str = ""
    external_id: str = ""
    source: int | None = None


EVERYBODYS = texts(code.lower() for code in codes_of(ReportClass.CONFIG))
LATEST = 32767  # for a report without an attempt

# Every report, then one row a message of those that exist in the report's own project.
HELD = f"""
reports AS MATERIALIZED (
    SELECT id, project_id, attempt, status, to_timestamp(epoch) AS at, code, cause, external_id,
        NULLIF(source, 0) AS source
    FROM unnest(%(ids)s::bigint[], %(projects)s::bigint[], %(attempts)s::smallint[],
        %(statuses)s::smallint[], %(epochs)s::float8[], %(codes)s::text[], %(causes)s::text[],
        %(external_ids)s::text[], %(sources)s::bigint[])
        AS r (id, project_id, attempt, status, epoch, code, cause, external_id, source)
),
failures AS (
    SELECT DISTINCT ON (id, project_id) * FROM reports
    WHERE status = {State.FAILED:d} ORDER BY id, project_id, attempt DESC, at
),
reported AS MATERIALIZED (
    SELECT r.id, r.project_id, max(r.external_id) AS external_id,
        min(r.at) FILTER (WHERE r.status = {State.SENT:d}) AS sent,
        min(r.at) FILTER (WHERE r.status = {State.DELIVERED:d}) AS delivered,
        min(r.at) FILTER (WHERE r.status = {State.READ:d}) AS read,
        min(r.source) FILTER (WHERE r.status = {State.SENT:d}) AS sent_source,
        min(r.source) FILTER (WHERE r.status = {State.DELIVERED:d}) AS delivered_source,
        min(r.source) FILTER (WHERE r.status = {State.READ:d}) AS read_source
    FROM reports r GROUP BY r.id, r.project_id
),
held AS MATERIALIZED (
    SELECT m.id, {AS_IT_WAS}, m.attempt,
        m.sent_at, m.delivered_at, m.read_at, m.failed_at, r.external_id,
        LEAST(r.sent, r.delivered, r.read) AS sent, LEAST(r.delivered, r.read) AS delivered, r.read,
        -- What is told only by what follows from it was told by that.
        COALESCE(r.sent_source, r.delivered_source, r.read_source) AS sent_source,
        COALESCE(r.delivered_source, r.read_source) AS delivered_source, r.read_source,
        f.at AS failed, f.attempt AS failed_attempt, f.cause AS failed_cause,
        -- Some causes have no number; then their name is the code.
        COALESCE(NULLIF(f.code, ''), left(f.cause, 40)) AS failed_code
    FROM reported r
    JOIN campaigns_message m ON m.id = r.id AND m.project_id = r.project_id
    LEFT JOIN failures f ON f.id = r.id AND f.project_id = r.project_id
    WHERE m.state <> {State.SUPPRESSED:d}
    ORDER BY m.id
    FOR NO KEY UPDATE OF m
)"""

REPORTED = (
    f"CASE WHEN read IS NOT NULL THEN {State.READ:d} END",
    f"CASE WHEN delivered IS NOT NULL THEN {State.DELIVERED:d} END",
    f"CASE WHEN fails THEN {State.FAILED:d} END",
    f"CASE WHEN sent IS NOT NULL THEN {State.SENT:d} END",
)

# What is still in the outbox: it knows the latest attempt, and goes when a report settles it.
# Messages first, outbox second, as in recording: so the two never wait for each other.
DECIDED = f"""
outbox AS MATERIALIZED (
    SELECT o.message_id, o.state, o.attempt FROM campaigns_outbox o
    WHERE o.message_id IN (SELECT id FROM held WHERE was < {State.SENT:d} OR failed IS NOT NULL)
    FOR UPDATE
),
decided AS MATERIALIZED (
    SELECT held.*, outbox.state AS waiting,
        COALESCE(outbox.state = {OutboxState.READY:d} AND outbox.attempt = 0, false) AS unsent,
        failed IS NOT NULL AND failed_attempt >= COALESCE(outbox.attempt, held.attempt) AS fails
    FROM held LEFT JOIN outbox ON outbox.message_id = held.id
),
wanted AS MATERIALIZED (
    SELECT *, {at_least("was", *REPORTED)} AS state,
        sent IS NOT NULL AND sent_at IS NULL AS newly_sent,
        delivered IS NOT NULL AND delivered_at IS NULL AS newly_delivered,
        read IS NOT NULL AND read_at IS NULL AS newly_read,
        -- A time of sending is corrected only if it was lent by a report that came too early.
        COALESCE(sent < sent_at AND sent_at IN (delivered_at, read_at), false) AS sent_earlier,
        COALESCE(delivered < delivered_at, false) AS delivered_earlier,
        COALESCE(read < read_at, false) AS read_earlier,
        fails AND failed < COALESCE(failed_at, 'infinity') AS failed_earlier
    FROM decided WHERE NOT unsent
)"""

MOVES = f"""
moves AS (
    UPDATE campaigns_message m
    SET state = w.state,
        reason = CASE WHEN w.state = w.was THEN m.reason
            WHEN w.state = {State.FAILED:d} THEN '{Reason.REPORTED}' ELSE '' END,
        code = CASE WHEN w.state = w.was THEN m.code
            WHEN w.state = {State.FAILED:d} THEN w.failed_code ELSE '' END,
        detail = CASE WHEN w.state = w.was THEN m.detail
            WHEN w.state = {State.FAILED:d} THEN w.failed_cause ELSE '' END,
        external_id = COALESCE(NULLIF(m.external_id, ''), w.external_id),
        sent_at = CASE WHEN newly_sent OR sent_earlier THEN w.sent ELSE m.sent_at END,
        delivered_at = LEAST(m.delivered_at, w.delivered),
        read_at = LEAST(m.read_at, w.read),
        failed_at = CASE WHEN w.failed_earlier THEN w.failed ELSE m.failed_at END
    FROM wanted w
    WHERE m.id = w.id AND (w.state <> w.was OR newly_sent OR newly_delivered OR newly_read
        OR sent_earlier OR delivered_earlier OR read_earlier OR failed_earlier)
    RETURNING {IN_EVENTS}, {counted("w", newly_sent="w.newly_sent")}, w.newly_delivered,
        w.newly_read, w.delivered_at AS was_delivered_at,
        w.read_at AS was_read_at, w.sent_earlier, w.delivered_earlier, w.read_earlier,
        w.sent_source, w.delivered_source, w.read_source
),
settled AS (
    DELETE FROM campaigns_outbox o USING wanted w
    WHERE o.message_id = w.id AND w.waiting <> {OutboxState.CLAIMED:d}
        AND w.state >= {State.SENT:d}
)"""

COUNT_FIRST_TIMES = count_times(
    delivered=("was_delivered_at", "delivered_at"), read=("was_read_at", "read_at")
)

# What would meet the next person, too, against what arrived; in the order of sending.
TOLD = f"""
told AS (
    SELECT campaign_id, project_id,
        string_agg(CASE WHEN newly_delivered THEN '0' ELSE '1' END, '' ORDER BY id) AS outcomes,
        max(code) FILTER (WHERE NOT newly_delivered) AS code
    FROM moves
    WHERE kind = {MessageKind.CAMPAIGN:d} AND campaign_id IS NOT NULL
        AND (newly_delivered OR (now = {State.FAILED:d} AND was <> now
            AND lower(code) = ANY(%(everybodys)s::text[])))
    GROUP BY campaign_id, project_id
)"""

APPLY = f"""
WITH {HELD}, {DECIDED}, {MOVES}, {TOLD},
counted AS ({COUNT_MOVES}), first_times AS ({COUNT_FIRST_TIMES}),
written AS ({WRITE_REPORTED_TIMES})
SELECT 'unsent', id, 0, '', '' FROM decided WHERE unsent
UNION ALL SELECT 'heard', unnest({HEARD}), 0, '', ''
UNION ALL SELECT 'earlier', id, 0, '', '' FROM moves
WHERE sent_earlier OR delivered_earlier OR read_earlier
UNION ALL SELECT 'told', campaign_id, project_id, outcomes, COALESCE(code, '') FROM told
"""


def apply_reports(reports: Sequence[Report]) -> set[int]:
    """In the caller's transaction. Answers with the messages that no worker has tried to send yet:
    what was reported about them can't be true (yet), and has changed nothing.
    """
    if not reports:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(APPLY, _columns(reports))
        rows = cursor.fetchall()
    correct_times([message_id for what, message_id, *_ in rows if what == "earlier"])
    hear([event_id for what, event_id, *_ in rows if what == "heard"])
    outcomes = [one for what, *told in rows if what == "told" for one in _outcomes(*told)]
    if outcomes:
        watch = partial(watch_for_storms, outcomes, told="reports")
        transaction.on_commit(watch, robust=True)
    return {message_id for what, message_id, *_ in rows if what == "unsent"}


def _outcomes(campaign_id: int, project_id: int, outcomes: str, code: str) -> list[Outcome]:
    fine = Outcome(project_id=project_id, campaign_id=campaign_id, failed=False)
    bad = replace(fine, failed=True, reason=Reason.REPORTED, code=code)
    return [bad if outcome == "1" else fine for outcome in outcomes]


def _columns(reports: Sequence[Report]) -> dict[str, str]:
    return {
        "ids": numbers(r.message_id for r in reports),
        "projects": numbers(r.project_id for r in reports),
        "attempts": numbers(LATEST if r.attempt is None else r.attempt for r in reports),
        "statuses": numbers(r.status.value for r in reports),
        # Exact to the microsecond, and far cheaper to write than a thousand dates.
        "epochs": numbers(r.at.timestamp() for r in reports),
        "codes": texts(r.code for r in reports),
        "causes": texts(r.cause for r in reports),
        "external_ids": texts(r.external_id for r in reports),
        "everybodys": EVERYBODYS,
        "sources": numbers(r.source or 0 for r in reports),
    }
