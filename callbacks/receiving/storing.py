"""Receipts are committed before their requests are answered, many in one commit.

The first of the requests that wait leads: it inserts what all of them brought, tells each how it
went, and hands over to the next. Nothing is parsed here.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

import psycopg

from callbacks.models import ReceiptState
from callbacks.receiving.own_connection import OwnConnection

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


class _Ticket:
    """One waiting request. Everything but the waiting itself happens under the store's lock."""

    __slots__ = ("_turn", "arrival", "leads", "stored")

    def __init__(self, arrival: IncomingRequest) -> None:
        self.arrival = arrival
        self.stored = self.leads = False
        self._turn = threading.Lock()
        self._turn.acquire()

    def wait(self) -> bool:
        return self._turn.acquire(timeout=WAIT_SECONDS)

    def wake(self) -> None:
        self._turn.release()


class ReceiptStore:
    def __init__(self, *, on_commit: Callable[[], None]) -> None:
        """`on_commit` is called after each group, with no lock held; it must be quick."""
        self._on_commit = on_commit
        self._lock = threading.Lock()
        self._waiting: deque[_Ticket] = deque()
        self._is_led = False
        self._table = _ReceiptTable()

    def store(self, arrival: IncomingRequest) -> None:
        """Comes back when the receipt is committed. Raises NotStoredError."""
        ticket = self._queue(arrival)
        if ticket.leads or self._is_handed_over_to(ticket):
            self._lead()
        if not ticket.stored:
            raise NotStoredError

    def close(self) -> None:
        self._table.close()

    def _queue(self, arrival: IncomingRequest) -> _Ticket:
        ticket = _Ticket(arrival)
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                raise NotStoredError
            self._waiting.append(ticket)
            ticket.leads = not self._is_led
            self._is_led = True
        return ticket

    def _is_handed_over_to(self, ticket: _Ticket) -> bool:
        """Waits until the ticket is served, or has to lead; gives up after WAIT_SECONDS."""
        if not ticket.wait():
            with self._lock:
                if not ticket.leads and ticket in self._waiting:
                    self._waiting.remove(ticket)
        return ticket.leads

    def _lead(self) -> None:
        group: list[_Ticket] = []
        try:
            group = self._next_group()
            stored = self._table.insert([ticket.arrival for ticket in group])
            for ticket, is_stored in zip(group, stored, strict=True):
                ticket.stored = is_stored
        finally:
            self._hand_over(group)
        if any(ticket.stored for ticket in group):
            self._on_commit()

    def _next_group(self) -> list[_Ticket]:
        group: list[_Ticket] = []
        size = 0
        with self._lock:
            while self._waiting and size < GROUP_BYTES:
                group.append(self._waiting.popleft())
                size += len(group[-1].arrival.body)
        return group

    def _hand_over(self, group: Sequence[_Ticket]) -> None:
        with self._lock:
            self._is_led = bool(self._waiting)
            if self._is_led:
                self._waiting[0].leads = True
                self._waiting[0].wake()
        for ticket in group:
            if not ticket.leads:
                ticket.wake()


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
