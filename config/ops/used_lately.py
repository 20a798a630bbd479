"""A thread whose connection worked a moment ago does not ask whether it is alive.

Django asks once a request, which is a way to PostgreSQL and back. Where PostgreSQL was restarted
within that moment, the one request that finds out is told that it can't be reached, as those before
it were, and the next has another connection.
"""

import threading
from collections.abc import Iterable
from time import monotonic
from typing import Any

from django.core.signals import request_started
from django.db import close_old_connections, connections, reset_queries

from config.ops.forwarded_proto import Application

MOMENT = 2.0  # seconds


class _Last(threading.local):
    used_at = float("-inf")


_last = _Last()


def trusting_connections_used_lately(application: Application) -> Application:
    """In place of what Django does when a request begins."""
    request_started.disconnect(reset_queries)  # kept for debugging alone
    request_started.disconnect(close_old_connections)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        _begin(now=monotonic())
        return application(environ, start_response)

    return answer


def _begin(*, now: float) -> None:
    was_used_lately = now - _last.used_at < MOMENT
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
        if was_used_lately:
            connection.health_check_done = True  # type: ignore[attr-defined]
    _last.used_at = now
