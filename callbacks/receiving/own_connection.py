"""A PostgreSQL connection beside Django's, for work that many threads of a process share.

A Django connection belongs to one thread: with 64 threads that would be 64 of them, for what one
does better. Not for use by two threads at once: its owner holds a lock or takes turns.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

Result = TypeVar("Result")
CONNECT_SECONDS = 2
SILENT_MILLISECONDS = 4_000  # of a host that is gone: whoever waits is to hear 503, not nothing


class OwnConnection:
    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None

    def run(self, act: Callable[[psycopg.Connection[Any]], Result]) -> Result:
        """Calls `act` with a connection in autocommit, a second time where the first was dead.

        Raises psycopg.Error.
        """
        if self._connection is not None:
            try:
                return act(self._connection)
            except psycopg.Error:
                if not self._connection.closed:
                    raise
        self._connection = _connect()
        return act(self._connection)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _connect() -> psycopg.Connection[Any]:
    parameters = connections[DEFAULT_DB_ALIAS].get_connection_params()
    parameters |= {
        "cursor_factory": psycopg.Cursor,
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": SILENT_MILLISECONDS,
    }
    return psycopg.connect(**parameters, autocommit=True)
