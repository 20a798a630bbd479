"""How many callbacks were stored and how many of them wait, of all projects. Costs the same however
many there are.
"""

from dataclasses import dataclass

from callbacks.inspecting.one_row import one_row
from callbacks.models import ReceiptState

MOST = 100_000  # rows that are counted; so many means: or more

# The sequence has given a number to each, and counts those that could not be stored after all.
STORED = """
SELECT COALESCE(pg_sequence_last_value(
    pg_get_serial_sequence('callbacks_receipt', 'id')::regclass), 0)
"""
WAITING = f"""
SELECT count(*), GREATEST(0, COALESCE(
    max(extract(epoch FROM statement_timestamp() - due_at)), 0))::float
FROM (SELECT due_at FROM callbacks_receipt
    WHERE state = {ReceiptState.WAITING:d} ORDER BY id LIMIT {MOST}) AS waiting
"""


@dataclass(frozen=True, slots=True)
class Backlog:
    """`lag` is for how many seconds the oldest one waits: one that is replayed, since then."""

    stored: int
    waiting: int
    lag: float


def backlog() -> Backlog:
    (stored,) = one_row(STORED)
    waiting, lag = one_row(WAITING)
    return Backlog(stored=stored, waiting=waiting, lag=lag)
