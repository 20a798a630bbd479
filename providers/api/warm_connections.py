"""Connections that have their statements prepared: whoever needs one takes the one used last.

A process that answers programs has many threads. Were each to have a connection of its own, as
Django has it, then PostgreSQL would plan the same statements for every one of them, several times,
before it keeps the plan, and each would have to learn what tables there are.

Nor is a connection asked whether it is alive that worked a moment ago, which is a way to PostgreSQL
and back. Where PostgreSQL was restarted within that moment, one request on each such connection is
told that it can't be reached, as those before it were, and the next has another connection.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

MOMENT = 2.0  # seconds

Free = deque[tuple[BaseDatabaseWrapper, float]]


class WarmConnections:
    """None are kept before `keep`: where there are few threads they gain nothing by it."""

    def __init__(self) -> None:
        self._free: Free | None = None

    def keep(self) -> None:
        self._free = deque()

    def let_go(self) -> None:
        """Of all of them; none is kept any more."""
        free: Iterable[tuple[BaseDatabaseWrapper, float]] = self._free or ()
        self._free = None
        for connection, _ in free:
            connection.close()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Inside, this thread's connection is one of them; and in a transaction the one it has."""
        free, own = self._free, connections[DEFAULT_DB_ALIAS]
        if free is None or own.in_atomic_block or own.allow_thread_sharing:
            yield
            return
        warm = _taken(free)
        connections[DEFAULT_DB_ALIAS] = warm
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = own
            free.append((warm, monotonic()))


warm_connections = WarmConnections()


def _taken(free: Free) -> BaseDatabaseWrapper:
    try:
        connection, used_at = free.pop()
    except IndexError:
        connection, used_at = connections.create_connection(DEFAULT_DB_ALIAS), -MOMENT
        connection.inc_thread_sharing()
    connection.close_if_unusable_or_obsolete()
    if monotonic() - used_at < MOMENT:
        connection.health_check_done = True  # type: ignore[attr-defined]
    return connection
