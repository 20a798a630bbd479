"""Receipts are committed before their requests are answered, many in one commit.

Nothing is parsed here.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

import psycopg

from callbacks.models import ReceiptState
from callbacks.receiving.own_connection import OwnConnection
from providers.process.together import NotServedError, Together

logger = logging.getLogger(__name__)

MOST_WAITING = 1_000
GROUP_BYTES = 8 * 1024 * 1024
WAIT_SECONDS = 8.0
CALL_NOTED_EVERY = 5.0  # seconds, for each address of each project

INSERT = f"""
INSERT INTO callbacks_receipt (project_id, endpoint, method, content_type, query, body, state,
    tries, kind, facts, applied, parked, foreign_count, rejected, problem)
SELECT r.*, {ReceiptState.WAITING:d}, 0, '', 0, 0, 0, 0, '[]', ''
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %b::bytea[]) AS r
"""
NOTE_CALLS = """
INSERT INTO callbacks_lastcall (project_id, endpoint, at)
SELECT c.*, now() FROM unnest(%s::bigint[], %s::text[]) AS c ORDER BY 1, 2
ON CONFLICT (project_id, endpoint) DO UPDATE SET at = now()
"""


class NotStoredError(Exception):
    """This request was not stored; Gupshup may try again."""


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """One request as it came, without the callback key."""

    project_id: int
    endpoint: str
    method: str
    content_type: str
    query: str
    body: bytes

    @property
    def is_probe(self) -> bool:
        """Somebody tries the address: that is noted, but there is nothing to store."""
        return not self.body and not self.query


class ReceiptStore:
    def __init__(self, *, on_commit: Callable[[], None]) -> None:
        """`on_commit` is called after each commit; it must be quick."""
        self._on_commit = on_commit
        self._table = _ReceiptTable()
        self._together: Together[IncomingRequest, bool] = Together(
            self._insert,
            most=GROUP_BYTES,
            weigh=lambda arrival: len(arrival.body),
            most_waiting=MOST_WAITING,
            patience=WAIT_SECONDS,
        )

    def store(self, arrival: IncomingRequest) -> None:
        """Comes back when the receipt is committed. Raises NotStoredError."""
        try:
            is_stored = self._together.ask(arrival)
        except NotServedError:
            raise NotStoredError from None
        if not is_stored:
            raise NotStoredError

    def close(self) -> None:
        self._table.close()

    def _insert(self, arrivals: Sequence[IncomingRequest]) -> list[bool]:
        stored = self._table.insert(arrivals)
        if any(stored):
            self._on_commit()
        return stored


class _ReceiptTable:
    """The statements, on a connection that the leading thread has to itself."""

    def __init__(self) -> None:
        self._connection = OwnConnection()
        self._noted: dict[tuple[int, str], float] = {}

    def insert(self, arrivals: Sequence[IncomingRequest]) -> list[bool]:
        """Whether each one is stored: all in one commit, or all but those at fault."""
        try:
            self._connection.run(partial(_insert, arrivals=arrivals))
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            logger.error("Callbacks can't be stored: %s", type(error).__name__)
            return [False] * len(arrivals)
        except (psycopg.Error, UnicodeError) as error:
            if len(arrivals) == 1:
                logger.error("A callback can't be stored: %s", type(error).__name__)
                return [False]
            middle = len(arrivals) // 2
            return self.insert(arrivals[:middle]) + self.insert(arrivals[middle:])
        self._note_calls(arrivals)
        return [True] * len(arrivals)

    def _note_calls(self, arrivals: Sequence[IncomingRequest]) -> None:
        """When each address was last called, written every few seconds: with each group it would
        cost as much as storing."""
        now = monotonic()
        addresses = {(arrival.project_id, arrival.endpoint) for arrival in arrivals}
        due = [a for a in addresses if now - self._noted.get(a, float("-inf")) > CALL_NOTED_EVERY]
        if not due:
            return
        try:
            self._connection.run(partial(_note, addresses=due))
        except psycopg.Error as error:
            logger.warning("The last call can't be noted: %s", type(error).__name__)
        else:
            self._noted.update(dict.fromkeys(due, now))

    def close(self) -> None:
        self._connection.close()
        self._noted.clear()


def _insert(connection: psycopg.Connection[Any], *, arrivals: Sequence[IncomingRequest]) -> None:
    rows = [arrival for arrival in arrivals if not arrival.is_probe]
    columns: list[list[object]] = [
        [row.project_id for row in rows],
        [row.endpoint for row in rows],
        [row.method for row in rows],
        [row.content_type for row in rows],
        [row.query for row in rows],
        [row.body for row in rows],
    ]
    if rows:
        connection.execute(INSERT, columns)


def _note(connection: psycopg.Connection[Any], *, addresses: Sequence[tuple[int, str]]) -> None:
    projects, endpoints = zip(*addresses, strict=True)
    connection.execute(NOTE_CALLS, [list(projects), list(endpoints)])
