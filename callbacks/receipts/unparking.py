"""Parked reports and clicks are tried again: when a send records their id, and after each of the
delays; after the last one they stay with their receipt only.

There may be a hundred thousand that no message will ever fit. So the database alone sees which of
those that are due name a message that exists; only these are read and applied.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import connection, transaction

from callbacks.parsers import Arrived, Click, DeliveryReport, Fact
from callbacks.receipts.applying import Verdict, apply
from callbacks.receipts.parking import FIRST_DELAY
from callbacks.receipts.repeating import work_through

DELAYS = (
    FIRST_DELAY,
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=24),
)
BATCH = 2_000
SECONDS = 4.0
LOCK = 7_266_003

DUE = """
SELECT id FROM callbacks_parkedfact WHERE due_at <= statement_timestamp()
ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
# An answer is recorded within minutes or never: what is due later only waits. Only those that name
# no message wait for a record, and of very many the next to be due are looked at.
RECORDED = """
SELECT id FROM callbacks_parkedfact WHERE id = ANY(ARRAY(
    SELECT soon.id FROM (
        SELECT id, project_id, external_id FROM callbacks_parkedfact
        WHERE names = 0 AND due_at <= statement_timestamp() + interval '10 minutes'
        ORDER BY due_at LIMIT 5000
    ) AS soon
    WHERE (SELECT true FROM campaigns_gatewayid g
        WHERE g.project_id = soon.project_id AND g.external_id = soon.external_id LIMIT 1)
    LIMIT %(limit)s
)) FOR UPDATE SKIP LOCKED
"""
# The next delay is written before the try: a fact that kills its worker does so once a delay.
CLAIM = """
WITH chosen AS MATERIALIZED ({chosen}),
claimed AS (
    UPDATE callbacks_parkedfact p SET tries = p.tries + 1, due_at = statement_timestamp()
        + COALESCE((%(delays)s::interval[])[p.tries + 2], interval '1 hour')
    WHERE p.id = ANY(ARRAY(SELECT id FROM chosen))
    RETURNING p.id, p.project_id, p.names, p.external_id
)
SELECT c.id, c.names IS NULL
    OR EXISTS (SELECT FROM campaigns_message m
        WHERE m.id = c.names AND m.project_id = c.project_id)
    OR EXISTS (SELECT FROM campaigns_gatewayid g
        WHERE g.project_id = c.project_id AND g.external_id = c.external_id)
FROM claimed c
"""
CLAIM_RECORDED = CLAIM.format(chosen=RECORDED)
CLAIM_DUE = CLAIM.format(chosen=DUE)

# The receipt first, as whoever replays it takes it.
HOLD = """
SELECT p.id, p.project_id, p.receipt_id, r.received_at, p.fact
FROM callbacks_parkedfact p JOIN callbacks_receipt r ON r.id = p.receipt_id
WHERE p.id = ANY(%s) ORDER BY r.id, p.id
FOR NO KEY UPDATE OF r FOR UPDATE OF p
"""
COUNT = """
UPDATE callbacks_receipt r SET applied = r.applied + found.n, parked = r.parked - found.n
FROM unnest(%s::bigint[], %s::int[]) AS found (id, n) WHERE r.id = found.id
"""
DELETE = "DELETE FROM callbacks_parkedfact WHERE id = ANY(%s)"
GIVE_UP = f"{DELETE} AND tries >= {len(DELAYS)}"


@dataclass(frozen=True, slots=True)
class Tried:
    """`may_fit`: its message may be there."""

    id: int
    may_fit: bool


def apply_due(*, seconds: float = SECONDS) -> int:
    """Tries what is due until the time is over; beat calls again. How many found their message."""
    end = monotonic() + seconds
    applied: list[int] = []
    for statement in (CLAIM_RECORDED, CLAIM_DUE):
        while monotonic() < end and (tried := _claim(statement)):
            may_fit = [one.id for one in tried if one.may_fit]
            work_through(may_fit, lambda some: applied.extend(_apply(some)), give_up=_keep)
            _execute(GIVE_UP, [one.id for one in tried])
            if len(tried) < BATCH:
                break
    return len(applied)


@transaction.atomic
def _claim(statement: str) -> list[Tried]:
    """Nothing while somebody else is at it: one worker for all that is parked is enough."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return []
        cursor.execute(statement, {"limit": BATCH, "delays": list(DELAYS)})
        return [Tried(*row) for row in cursor.fetchall()]


def _apply(ids: Sequence[int]) -> list[int]:
    """In the caller's transaction. Those that found their message."""
    _execute("SELECT pg_advisory_xact_lock(%s)", LOCK)
    facts = _hold(ids)
    verdicts = apply(list(facts.values()))
    applied = [
        id_ for id_, verdict in zip(facts, verdicts, strict=True) if verdict is Verdict.APPLIED
    ]
    counts = Counter(facts[id_].receipt_id for id_ in applied)
    _execute(COUNT, list(counts), list(counts.values()))
    _execute(DELETE, applied)
    return applied


def _hold(ids: Sequence[int]) -> dict[int, Arrived[Fact]]:
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(ids)])
        return {
            id_: Arrived(
                fact=_fact(json.loads(fact)),
                project_id=project_id,
                receipt_id=receipt_id,
                received_at=received_at,
            )
            for id_, project_id, receipt_id, received_at, fact in cursor.fetchall()
        }


def _execute(statement: str, *values: int | list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _keep(_id: int, _error: Exception) -> None:
    """Its next try has been set already."""


def _fact(stored: Mapping[str, Any]) -> DeliveryReport | Click:
    values = {name: value for name, value in stored.items() if name not in {"kind", "at"}}
    at = datetime.fromisoformat(stored["at"])
    if stored["kind"] == Click.kind:
        return Click(at=at, **values)
    return DeliveryReport(at=at, **values)
