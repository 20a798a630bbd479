"""Hints to the workers that there is work. Only hints: what must happen is found again without."""

import logging
import os
import threading
import time

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


class Waker:
    """Publishes one hint after another in a thread of its own: publishing is slow and may hang, so
    nobody who asks waits for Redis, and of those who ask within `every` seconds one publishes for
    all."""

    def __init__(self, task: str, *, every: float, expires: float) -> None:
        self._task, self._every, self._expires = task, every, expires
        self._prepare()
        os.register_at_fork(after_in_child=self._prepare)  # threads stay with the parent

    def _prepare(self) -> None:
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Comes back at once and never raises. After the last call a hint always follows."""
        self._asked.set()
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                name = f"waker of {self._task}"
                self._thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            hint(self._task, expires=self._expires)
            time.sleep(self._every)
