"""Hints to the workers that there is work. Only hints: what must happen is found again without."""

import logging

from celery import current_app
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers

logger = logging.getLogger(__name__)

HASTY = {"max_retries": 0, "socket_connect_timeout": 0.2, "socket_timeout": 0.2}  # seconds


def hint(task: str, *ids: int, expires: float | None = None) -> bool:
    """At once; `expires` in seconds. Never raises, never waits for a broker that is away: False."""
    try:
        with producers[_hasty_connection()].acquire(block=True) as producer:
            current_app.send_task(task, args=ids, expires=expires, producer=producer, retry=False)
    except OperationalError:
        logger.warning("The broker is away: %s will start within seconds of its return", task)
        return False
    return True


def _hasty_connection() -> Connection:
    """Names a pool, connects to nothing. Celery's own would try for as long as Redis is away."""
    connection = current_app.connection_for_write()
    connection.transport_options = {**(connection.transport_options or {}), **HASTY}
    return connection
