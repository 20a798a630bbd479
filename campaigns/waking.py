"""A hint to the sending workers that there is work. Only a hint: beat gives one each second."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

SEND_TASK = "campaigns.tasks.send_due"
LAUNCH_TASK = "campaigns.tasks.launch"
IMPORT_TASK = "campaigns.tasks.run_import"


def wake_sender() -> None:
    """After the commit of the caller's transaction; never raises when the broker is away."""
    transaction.on_commit(partial(_hint, SEND_TASK))


def wake_launcher(run_id: int) -> None:
    transaction.on_commit(partial(_hint, LAUNCH_TASK, run_id))


def wake_importer(import_id: int) -> None:
    transaction.on_commit(partial(_hint, IMPORT_TASK, import_id))


def _hint(task: str, *ids: int) -> None:
    try:
        current_app.send_task(task, args=ids, retry=False)
    except OperationalError:
        logger.warning("The broker is away: %s will start within seconds of its return", task)
