"""A request is answered over a connection to PostgreSQL that others have used before it."""

from collections.abc import Iterable
from typing import Any

from django.core.signals import request_started
from django.db import close_old_connections, reset_queries

from config.ops.forwarded_proto import Application
from providers.api.warm_connections import warm_connections


def on_warm_connections(application: Application) -> Application:
    """In place of what Django does when a request begins."""
    request_started.disconnect(reset_queries)  # kept for debugging alone
    request_started.disconnect(close_old_connections)
    warm_connections.keep()

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with warm_connections.lent():
            return application(environ, start_response)

    return answer
