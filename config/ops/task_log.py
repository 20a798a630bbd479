"""A line for every task that somebody asked for, and what all lines that it causes bear.

Those that beat gives every few seconds say nothing when they end well: there would be nothing else
in the log.
"""

import logging
from contextvars import Token
from time import monotonic
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.conf import settings

from providers.watch.marks import Marks, begin, end

logger = logging.getLogger(__name__)

ROWS = {"campaigns.tasks.launch": "run", "campaigns.tasks.run_import": "import",
    "config.tasks.examine_connection": "project"}  # fmt: skip
_begun: dict[str, tuple[Token[Marks], float]] = {}


def listen() -> None:
    task_prerun.connect(_begin)
    task_postrun.connect(_end)


def _begin(task_id: str, task: Any, args: Any, **_: Any) -> None:
    row = {ROWS[task.name]: int(args[0])} if task.name in ROWS and args else {}
    _begun[task_id] = begin(task=task_id, **row), monotonic()


def _end(task_id: str, task: Any, state: str | None = None, **_: Any) -> None:
    token, started = _begun.pop(task_id, (None, 0.0))
    if token is None:
        return
    if task.name not in _periodic():
        logger.info("%s %s %.1f s", task.name, state, monotonic() - started)
    end(token)


def _periodic() -> set[object]:
    return {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
