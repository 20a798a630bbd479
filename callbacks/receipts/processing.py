"""Receipts become facts, and facts what they tell. Processing the same receipt again is harmless.

Many workers may drain at once: each claims receipts for a while, and commits that they are tried
before it works them. So a receipt that kills its worker is known by that: it is tried alone the
next time, and given up in the end.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from time import monotonic, sleep

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import Jsonb
from django.db.models.functions import Now

from callbacks.models import Receipt, ReceiptState
from callbacks.parsers import Arrived, Parsed
from callbacks.receipts.applying import Verdict, apply
from callbacks.receipts.parking import park
from callbacks.receipts.reading import read
from callbacks.receipts.repeating import work_through
from providers.process.garbage import not_looking_for_garbage
from providers.watch import counting
from providers.watch.counting import Counted

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 20.0
LEASE_SECONDS = 15.0
BATCH = 1_000
BATCH_BYTES = 1024 * 1024
# A large body holds hundreds of reports, or thousands. What people write is small, and waits for
# one of those at most.
LARGE = 128 * 1024
AGAIN_AT_ONCE = 20
# Of a stream of callbacks, so many seconds' worth is worked at once: a batch costs as much as some
# dozens of receipts, and without a pause there would be no more than that in one.
GATHER_SECONDS = 0.15
FEW = 200
PAUSE_SECONDS = 5.0  # before a receipt that failed is tried again
LONGEST_PROBLEM = 500  # characters

# Never tried: as many as there are, up to a size. Tried before: one at a time over all workers,
# since one of those may have ended the worker that had it; who is tried beside it, by another
# thread or in another process of the same container, would go with it, and be given up like it.
CLAIM = f"""
WITH waiting AS MATERIALIZED (
    SELECT id, octet_length(body) AS size FROM callbacks_receipt
    WHERE state = {ReceiptState.WAITING:d} AND due_at <= statement_timestamp() AND {{tries}}
    ORDER BY {{order}} LIMIT %(limit)s FOR UPDATE SKIP LOCKED
),
sized AS (SELECT id, sum(size) OVER (ORDER BY id) - size AS before FROM waiting)
UPDATE callbacks_receipt r
SET tries = r.tries + 1, problem = '',
    due_at = statement_timestamp() + %(lease)s * interval '1 second'
FROM sized WHERE r.id = sized.id AND sized.before < %(bytes)s
RETURNING r.id, r.tries
"""
CLAIM_NEW = CLAIM.format(tries=f"tries = 0 AND octet_length(body) <= {LARGE}", order="id")
# Small new ones are claimed in the order of their ids, so those that were tried and the large ones
# are among the oldest, sooner or later: no need to look through a million that wait.
OLDEST = f"""
SELECT id, tries, due_at, problem, octet_length(body) AS size FROM callbacks_receipt
WHERE state = {ReceiptState.WAITING:d} ORDER BY id LIMIT 5000
"""
# Is one due, and no worker has one now? One that failed and rests says why in `problem`, and holds
# up no other.
IS_TURN = f"""
SELECT count(*) FILTER (WHERE due_at <= statement_timestamp()) > 0
    AND count(*) FILTER (WHERE tries > 1 AND problem = '' AND due_at > statement_timestamp()) = 0
FROM ({OLDEST}) AS oldest WHERE tries > 0
"""
AMONG_THE_OLDEST = f"id <= (SELECT max(id) FROM ({OLDEST}) AS oldest)"
CLAIM_AGAIN = CLAIM.format(
    tries=f"tries > 0 AND tries < %(most)s AND {AMONG_THE_OLDEST}", order="tries, id"
)
# One at a time, so that another worker has time for what people write.
CLAIM_LARGE = CLAIM.format(
    tries=f"""tries = 0 AND octet_length(body) > {LARGE} AND {AMONG_THE_OLDEST}
        AND NOT EXISTS (SELECT FROM ({OLDEST}) AS oldest
            WHERE size > {LARGE} AND tries = 1 AND problem = '' AND due_at > statement_timestamp())
    """,
    order="id",
)
LOCK = 7_266_002

# The array is made once. Asked with IN, PostgreSQL may look through all that waits once for each
# that waits, while its statistics still tell of a table that was empty before the burst.
END_OF_TRIES = f"""
UPDATE callbacks_receipt
SET state = {ReceiptState.FAILED:d}, processed_at = now(), problem = %(why)s
WHERE id = ANY(ARRAY(
    SELECT id FROM callbacks_receipt
    WHERE state = {ReceiptState.WAITING:d} AND due_at <= statement_timestamp() AND tries >= %(most)s
    FOR UPDATE SKIP LOCKED))
"""
ENDED_WORKERS = "Each worker that tried to process it ended before it was done."

# A worker that comes back late finds that another has the receipt, and leaves it to that one.
HOLD = f"""
SELECT r.id, r.project_id, r.received_at, r.content_type, r.query, r.body
FROM unnest(%s::bigint[], %s::smallint[]) AS claimed (id, tries)
JOIN callbacks_receipt r ON r.id = claimed.id AND r.tries = claimed.tries
WHERE r.state = {ReceiptState.WAITING:d}
ORDER BY r.id
FOR UPDATE OF r
"""
FINISH = """
UPDATE callbacks_receipt r
SET state = o.state, kind = o.kind, facts = o.facts, applied = o.applied, parked = o.parked,
    left_out = o.left_out, foreign_count = o.foreign_count, rejected = o.rejected, problem = '',
    processed_at = now()
FROM unnest(%(ids)s::bigint[], %(states)s::smallint[], %(kinds)s::text[], %(facts)s::int[],
    %(applied)s::int[], %(parked)s::int[], %(left_out)s::int[], %(foreign)s::int[],
    %(rejected)s::jsonb[])
    AS o (id, state, kind, facts, applied, parked, left_out, foreign_count, rejected)
WHERE r.id = o.id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    receipt_id: int
    tries: int


@dataclass(frozen=True, slots=True)
class Held:
    """A receipt that nobody else has now."""

    receipt_id: int
    project_id: int
    received_at: datetime
    content_type: str
    query: str
    body: bytes


def drain(*, seconds: float = DRAIN_SECONDS) -> None:
    """Until nothing waits, or the time is over; beat calls again."""
    end = monotonic() + seconds
    _end_tries()
    is_stream = False
    while (started := monotonic()) < end:
        small = _claim(CLAIM_NEW, BATCH)
        _work(small)
        large = _claim(CLAIM_LARGE, 1)
        _work(large)
        if not (_work_again() or small or large):
            return
        counting.flush()
        if is_stream and not large and len(small) < FEW:
            sleep(max(0.0, GATHER_SECONDS - (monotonic() - started)))
        is_stream = True


def _work_again() -> bool:
    tried = 0
    while tried < AGAIN_AT_ONCE and _work(_claim_again()):
        tried += 1
    return tried > 0


def _work(claims: Sequence[Claim]) -> bool:
    with not_looking_for_garbage():
        work_through(claims, _process, give_up=_give_up)
    return bool(claims)


@transaction.atomic
def _claim_again() -> list[Claim]:
    """One, and only while no other worker has one. Under a lock: two workers who look at once would
    not see what the other is about to take."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return []
        cursor.execute(IS_TURN)
        if cursor.fetchone() != (True,):
            return []
    return _claim(CLAIM_AGAIN, 1)


def _claim(statement: str, limit: int) -> list[Claim]:
    values: dict[str, float] = {
        "limit": limit,
        "bytes": BATCH_BYTES,
        "lease": LEASE_SECONDS,
        "most": settings.RECEIPT_MAX_TRIES,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return sorted((Claim(*row) for row in cursor.fetchall()), key=lambda c: c.receipt_id)


def _process(claims: Sequence[Claim]) -> None:
    receipts = _hold(claims)
    parsed = [read(receipt) for receipt in receipts]
    facts = [
        Arrived(fact, receipt.project_id, receipt.receipt_id, receipt.received_at)
        for receipt, result in zip(receipts, parsed, strict=True)
        for fact in result.facts
    ]
    _finish(receipts, parsed, park(facts, apply(facts)))


def _hold(claims: Sequence[Claim]) -> list[Held]:
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [[c.receipt_id for c in claims], [c.tries for c in claims]])
        return [Held(*row) for row in cursor.fetchall()]


def _finish(
    receipts: Sequence[Held], parsed: Sequence[Parsed], verdicts: Sequence[Verdict]
) -> None:
    """`verdicts` are those on all receipts' facts, one after the other."""
    left = iter(verdicts)
    counts = [Counter(islice(left, len(result.facts))) for result in parsed]
    columns: dict[str, list[object]] = {
        "ids": [receipt.receipt_id for receipt in receipts],
        "states": [int(_state(result)) for result in parsed],
        "kinds": [result.kind for result in parsed],
        "facts": [len(result.facts) for result in parsed],
        "applied": [count[Verdict.APPLIED] for count in counts],
        "parked": [count[Verdict.PARKED] for count in counts],
        "left_out": [count[Verdict.LEFT_OUT] for count in counts],
        "foreign": [count[Verdict.FOREIGN] for count in counts],
        "rejected": [Jsonb([asdict(one) for one in result.rejected]) for result in parsed],
    }
    with connection.cursor() as cursor:
        cursor.execute(FINISH, columns)
    _count_finished(parsed, counts)


def _count_finished(parsed: Sequence[Parsed], counts: Sequence[Counter[Verdict]]) -> None:
    """Where the commit fails they are counted twice, once more with the next try. Only metrics read
    them, so that does no harm."""
    for state, n in Counter(_state(result) for result in parsed).items():
        counting.add(Counted.RECEIPTS, state.name.lower(), n)
    for verdict, n in sum(counts, Counter[Verdict]()).items():
        counting.add(Counted.FACTS, verdict.name.lower(), n)


def _state(parsed: Parsed) -> ReceiptState:
    return ReceiptState.APPLIED if parsed.facts else ReceiptState.NOT_UNDERSTOOD


def _give_up(claim: Claim, error: Exception) -> None:
    """For now or, after the last try, for good; somebody may replay it."""
    logger.error("Receipt %s can't be processed: %s", claim.receipt_id, type(error).__name__)
    is_last = claim.tries >= settings.RECEIPT_MAX_TRIES
    if is_last:
        counting.add(Counted.RECEIPTS, ReceiptState.FAILED.name.lower())
    Receipt.objects.waiting().filter(pk=claim.receipt_id, tries=claim.tries).update(
        state=ReceiptState.FAILED if is_last else ReceiptState.WAITING,
        problem=f"{type(error).__name__}: {error}"[:LONGEST_PROBLEM],
        due_at=Now() + timedelta(seconds=PAUSE_SECONDS),
        processed_at=Now(),
    )


def _end_tries() -> None:
    values: dict[str, str | int] = {"why": ENDED_WORKERS, "most": settings.RECEIPT_MAX_TRIES}
    with connection.cursor() as cursor:
        cursor.execute(END_OF_TRIES, values)
