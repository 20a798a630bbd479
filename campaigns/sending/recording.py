"""What became of attempts, written in one statement for as many as have ended.

Recording obeys the same ranks as reports do: an early report of the same attempt is not undone, and
an attempt that is no longer the latest changes nothing. A late word that Gupshup took it counts
where a doubt is to be sent again and was not yet, since nobody is to get it twice; and where it was
settled as what nobody will ever know.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from json import dumps

from django.conf import settings
from django.db import connection, transaction

from campaigns.ledger.array_texts import numbers
from campaigns.ledger.correlation import msg_id_of
from campaigns.ledger.events import HEARD, WRITE_FIRST_TIMES
from campaigns.ledger.moves import AS_IT_WAS, IN_EVENTS, at_least, counted, is_open, when_dropped
from campaigns.ledger.tallies import COUNT_MOVES
from campaigns.models import OutboxState, Reason, State
from campaigns.running.entering_by_messages import hear


class Ending(IntEnum):
    """How an attempt ended."""

    ACCEPTED = 1
    FAILED = 2
    SUPPRESSED = 3
    RETRY = 4
    IN_DOUBT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`delay` is seconds until the next attempt, for a retry, and `counts` whether this one counts
    for giving up; `at` the time of the answer; `own` what was filled in for this person, to be kept
    where the message may have left."""

    message_id: int
    attempt: int
    ending: Ending
    at: datetime
    external_id: str = ""
    reason: Reason | str = ""
    code: str = ""
    detail: str = ""
    delay: float = 0.0
    counts: bool = True
    own: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Gupshup's answer to OPT_IN for one phone of a project."""

    project_id: int
    match_key: int
    opted_in: bool
    code: str
    at: datetime


MAY_HAVE_LEFT = (Ending.ACCEPTED, Ending.IN_DOUBT)
FIRST_SENT = f"h.ending = {Ending.ACCEPTED:d} AND h.sent_at IS NULL"
KEEP_WHAT_WAS_SENT = """
    INSERT INTO campaigns_keptvalues (message_id, at, attempt, filled)
    SELECT id, created_at, attempt, own FROM held WHERE own IS NOT NULL"""
TAKEN_AFTER_ALL = f"""r.attempt <= o.attempt AND r.ending = {Ending.ACCEPTED:d}
            AND m.state = {State.IN_DOUBT:d}"""
RECORD = f"""
WITH results AS MATERIALIZED (
    SELECT id, attempt, ending, to_timestamp(epoch) AS at, external_id, reason, code, detail, delay,
        counts, NULLIF(own, '') AS own
    FROM unnest(%(ids)s::bigint[], %(attempts)s::smallint[], %(endings)s::smallint[],
        %(epochs)s::float8[], %(external_ids)s::text[], %(reasons)s::text[], %(codes)s::text[],
        %(details)s::text[], %(delays)s::float8[], %(counts)s::bool[],
        string_to_array(%(own)s, E'\\n'))
        AS r (id, attempt, ending, epoch, external_id, reason, code, detail, delay, counts, own)
),
locked AS MATERIALIZED (
    SELECT r.*, {AS_IT_WAS}, m.sent_at, m.created_at,
        CASE r.ending
            WHEN {Ending.ACCEPTED:d} THEN {at_least("m.state", f"{State.SENT:d}")}
            WHEN {Ending.FAILED:d} THEN {at_least("m.state", f"{State.FAILED:d}")}
            WHEN {Ending.IN_DOUBT:d} THEN {at_least("m.state", f"{State.IN_DOUBT:d}")}
            WHEN {Ending.SUPPRESSED:d} THEN {when_dropped("m.state")}
            ELSE m.state END AS now
    FROM results r
    JOIN campaigns_message m ON m.id = r.id
    JOIN campaigns_outbox o ON o.message_id = r.id
        AND CASE o.state WHEN {OutboxState.READY:d} THEN {TAKEN_AFTER_ALL}
            ELSE o.attempt = r.attempt END
    ORDER BY m.id
    FOR UPDATE OF m, o
),
held AS MATERIALIZED (
    -- What a report has settled meanwhile does not go on, whatever the answer was.
    SELECT *, ending IN ({Ending.RETRY:d}, {Ending.IN_DOUBT:d})
        AND {is_open("now")} AS goes_on
    FROM locked
),
moves AS (
    UPDATE campaigns_message m
    SET state = h.now,
        attempt = h.attempt,
        external_id = CASE WHEN h.external_id <> '' THEN h.external_id ELSE m.external_id END,
        reason = CASE WHEN h.now = h.was THEN m.reason
            WHEN h.now = {State.UNKNOWN:d} THEN '{Reason.UNKNOWN}' ELSE h.reason END,
        code = CASE WHEN h.now <> h.was OR h.goes_on THEN h.code ELSE m.code END,
        detail = CASE WHEN h.now <> h.was OR h.goes_on THEN h.detail ELSE m.detail END,
        sent_at = CASE WHEN h.ending = {Ending.ACCEPTED:d} THEN COALESCE(m.sent_at, h.at)
            ELSE m.sent_at END,
        failed_at = CASE WHEN h.now <> h.was AND h.now IN ({State.UNKNOWN:d}, {State.FAILED:d})
            THEN COALESCE(m.failed_at, h.at) ELSE m.failed_at END
    FROM held h WHERE m.id = h.id
    RETURNING {IN_EVENTS}, {counted("h", newly_sent=FIRST_SENT)},
        false AS newly_delivered, false AS newly_read
),
ended AS (
    DELETE FROM campaigns_outbox o USING held h
    WHERE o.message_id = h.id AND NOT h.goes_on
),
kept AS (
    UPDATE campaigns_outbox o
    SET state = CASE h.ending WHEN {Ending.RETRY:d} THEN {OutboxState.READY:d}
            ELSE {OutboxState.IN_DOUBT:d} END,
        -- A lease that ended meanwhile has counted this try already.
        tries = o.tries + (h.counts AND o.state = {OutboxState.CLAIMED:d})::int,
        due_at = statement_timestamp() + h.delay * interval '1 second'
    FROM held h
    WHERE o.message_id = h.id AND h.goes_on
),
what_was_sent AS ({KEEP_WHAT_WAS_SENT}),
counted AS ({COUNT_MOVES}), written AS ({WRITE_FIRST_TIMES})
SELECT (SELECT count(*) FROM moves), {HEARD}
"""

# What RECORD finds no more in the outbox.
BELIEVE = f"""
WITH results AS MATERIALIZED (
    SELECT id, attempt, to_timestamp(epoch) AS at, external_id, NULLIF(own, '') AS own
    FROM unnest(%(ids)s::bigint[], %(attempts)s::smallint[], %(epochs)s::float8[],
        %(external_ids)s::text[], string_to_array(%(own)s, E'\\n'))
        AS r (id, attempt, epoch, external_id, own)
),
held AS MATERIALIZED (
    -- Nothing is kept anew of a person who was erased meanwhile, and whose phone is gone.
    SELECT r.id, r.attempt, r.at, r.external_id, {AS_IT_WAS}, m.created_at,
        CASE WHEN m.phone <> '' THEN r.own END AS own
    FROM results r JOIN campaigns_message m ON m.id = r.id
    WHERE m.state = {State.UNKNOWN:d}
    ORDER BY m.id FOR UPDATE OF m
),
moves AS (
    UPDATE campaigns_message m
    SET state = {State.SENT:d}, reason = '', code = '', detail = '', sent_at = h.at,
        external_id = COALESCE(NULLIF(m.external_id, ''), h.external_id)
    FROM held h WHERE m.id = h.id
    RETURNING {IN_EVENTS}, {counted("h", newly_sent="true")},
        false AS newly_delivered, false AS newly_read
),
what_was_sent AS ({KEEP_WHAT_WAS_SENT}),
counted AS ({COUNT_MOVES}), written AS ({WRITE_FIRST_TIMES})
SELECT (SELECT count(*) FROM moves), {HEARD}
"""

REMEMBER_CONSENTS = """
INSERT INTO providers_gatewayconsent (project_id, match_key, opted_in, code, answered_at)
SELECT DISTINCT ON (project_id, match_key) * FROM unnest(%s::bigint[], %s::bigint[], %s::bool[],
    %s::text[], %s::timestamptz[]) AS c (project_id, match_key, opted_in, code, answered_at)
ORDER BY project_id, match_key, answered_at DESC
ON CONFLICT (project_id, match_key) DO UPDATE
SET opted_in = excluded.opted_in, code = excluded.code, answered_at = excluded.answered_at
WHERE excluded.answered_at >= providers_gatewayconsent.answered_at
"""

REMEMBER_GATEWAY_IDS = """
INSERT INTO campaigns_gatewayid (project_id, external_id, message_id)
SELECT m.project_id, given.external_id, m.id
FROM unnest(%s::bigint[], %s::text[]) AS given (id, external_id)
JOIN campaigns_message m ON m.id = given.id
ON CONFLICT DO NOTHING
"""


def doubt_lasts() -> float:
    """Seconds after which a message in doubt is settled by rule, counted from now: no sooner than
    the rest of its lease, one more time-out, and the pause that late reports are given."""
    return float(
        settings.SEND_LEASE + settings.GATEWAY_TOTAL_TIMEOUT + settings.DOUBT_SETTLES_AFTER
    )


@transaction.atomic
def record(results: Sequence[Result], consents: Sequence[Consent]) -> None:
    """Results and the consents learnt on the way, all or none. Raises DatabaseError when nothing
    was written; the caller keeps them and tries again."""
    _remember_consents(consents)
    if not results:
        return
    with connection.cursor() as cursor:
        cursor.execute(RECORD, _columns(results))
        moved, heard = cursor.fetchone()
    hear(heard)
    if moved < len(results):
        _believe_late_words([result for result in results if result.ending is Ending.ACCEPTED])
    _remember_gateway_ids(results)


def _believe_late_words(taken: Sequence[Result]) -> None:
    """A worker may reach PostgreSQL again when its attempts are long settled."""
    if not taken:
        return
    with connection.cursor() as cursor:
        cursor.execute(BELIEVE, _columns(taken))
        _moved, heard = cursor.fetchone()
    hear(heard)


def _columns(results: Sequence[Result]) -> dict[str, list[str] | list[bool] | str]:
    return {
        "ids": numbers(r.message_id for r in results),
        "attempts": numbers(r.attempt for r in results),
        "endings": numbers(int(r.ending) for r in results),
        # Exact to the microsecond, and far cheaper to write than dates.
        "epochs": numbers(r.at.timestamp() for r in results),
        "external_ids": [r.external_id for r in results],
        "reasons": [str(r.reason) for r in results],
        "codes": [r.code for r in results],
        "details": [r.detail for r in results],
        "counts": [r.counts for r in results],
        # In ASCII and on a line each: whatever somebody's text holds, it is never why a result
        # can't be written. One text is far cheaper to quote than an array of them.
        "own": "\n".join(
            [dumps(r.own) if r.own and r.ending in MAY_HAVE_LEFT else "" for r in results]
        ),
        "delays": numbers(
            doubt_lasts() if r.ending is Ending.IN_DOUBT else r.delay for r in results
        ),
    }


def _remember_consents(consents: Sequence[Consent]) -> None:
    if not consents:
        return
    columns: list[list[object]] = [
        [c.project_id for c in consents],
        [c.match_key for c in consents],
        [c.opted_in for c in consents],
        [c.code for c in consents],
        [c.at for c in consents],
    ]
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER_CONSENTS, columns)


def _remember_gateway_ids(results: Iterable[Result]) -> None:
    """Ids that don't end in our msg_id: the only ones that a report could not be matched by."""
    strange = [
        r
        for r in results
        if r.external_id and not r.external_id.endswith(f"-{msg_id_of(r.message_id, r.attempt)}")
    ]
    if strange:
        with connection.cursor() as cursor:
            cursor.execute(
                REMEMBER_GATEWAY_IDS,
                [[r.message_id for r in strange], [r.external_id for r in strange]],
            )
