"""Which queues have nobody who works on them, as far as anybody knows."""

from collections.abc import Mapping
from math import inf

from django.conf import settings

from config.queues import QUEUES, SENDING

LATE = 60.0  # seconds without a sign of life


def silent_queues(silences: Mapping[str, float]) -> list[str]:
    """`silences`: for how many seconds each worker has said nothing."""
    return [q for q in sorted(QUEUES) if silences.get(q, inf) > _patience(q)]


def _patience(queue: str) -> float:
    """A sending task may go on for minutes before the next begins."""
    return LATE + (settings.SEND_TASK_SECONDS if queue == SENDING else 0.0)
