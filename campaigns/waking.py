"""Hints to the workers that there is work. Only hints: beat gives one each second."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers

logger = logging.getLogger(__name__)

SEND_TASK = "campaigns.tasks.send_due"
RECONCILE_TASK = "campaigns.tasks.reconcile"
LAUNCH_TASK = "campaigns.tasks.launch"
IMPORT_TASK = "campaigns.tasks.run_import"
HASTY = {"max_retries": 0, "socket_connect_timeout": 0.2, "socket_timeout": 0.2}  # seconds


def wake_sender() -> None:
    """After the commit of the caller's transaction, once for all that it has written; never raises
    when the broker is away."""
    if not any(hook is _hint_sender for _, hook, *_ in transaction.get_connection().run_on_commit):
        transaction.on_commit(_hint_sender)


def _hint_sender() -> None:
    hint(SEND_TASK)


def wake_reconciler() -> None:
    transaction.on_commit(partial(hint, RECONCILE_TASK))


def wake_launcher(run_id: int) -> None:
    transaction.on_commit(partial(hint, LAUNCH_TASK, run_id))


def wake_importer(import_id: int) -> None:
    transaction.on_commit(partial(hint, IMPORT_TASK, import_id))


def hint(task: str, *ids: int, expires: float | None = None) -> None:
    """At once; `expires` in seconds. Never raises, never waits for a broker that is away."""
    try:
        with producers[_hasty_connection()].acquire(block=True) as producer:
            current_app.send_task(task, args=ids, expires=expires, producer=producer, retry=False)
    except OperationalError:
        logger.warning("The broker is away: %s will start within seconds of its return", task)


def _hasty_connection() -> Connection:
    """Names a pool, connects to nothing. Celery's own would try for as long as Redis is away."""
    connection = current_app.connection_for_write()
    connection.transport_options = {**(connection.transport_options or {}), **HASTY}
    return connection
