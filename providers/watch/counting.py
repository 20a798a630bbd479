"""What happens is counted by each process by itself, and added up in Redis for all of them.

These are counts for whoever watches the installation; nothing is decided by them. A Redis that
loses them begins again at nothing, as counters may, and a process that is killed takes along what
it counted in the last seconds.
"""

import logging
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from time import monotonic

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

KEY = "counted"
EVERY = 5.0  # seconds
PATIENCE = 1.0  # seconds
# Upper bounds of how long calls take, in seconds.
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class Counted(StrEnum):
    ATTEMPTS = "attempts"
    CALLS = "calls"  # by the bound that they stayed below
    CALL_SECONDS = "call_seconds"
    RECEIPTS = "receipts"
    FACTS = "facts"
    STORMS = "storms"


_lock = threading.Lock()
_pending = Counter[str]()
_flushed_at = [-EVERY]


def add(what: Counted, label: str = "", by: float = 1) -> None:
    with _lock:
        _pending[f"{what}|{label}"] += by  # type: ignore[assignment]  # seconds have parts


def add_call(seconds: float) -> None:
    """One call to Gupshup that took so long."""
    place = bisect_left(BOUNDS, seconds)
    add(Counted.CALLS, str(BOUNDS[place]) if place < len(BOUNDS) else "+Inf")
    add(Counted.CALL_SECONDS, by=seconds)


def flush() -> None:
    """Called whenever a process is between two things; goes to Redis once in a few seconds."""
    with _lock:
        now = monotonic()
        if not _pending or now - _flushed_at[0] < EVERY:
            return
        _flushed_at[0] = now
        counted = dict(_pending)
        _pending.clear()
    try:
        _add_up(counted)
    except redis.RedisError as error:
        logger.info("Counts wait for Redis: %s", type(error).__name__)
        with _lock:
            _pending.update(counted)


def totals() -> Mapping[tuple[str, str], float]:
    """(what, label) → how often, by all processes. Raises redis.RedisError."""
    found = _redis(settings.REDIS_URL).hgetall(KEY)
    totals = {}
    for name, value in found.items():
        what, _, label = str(name).partition("|")
        totals[what, label] = float(value)
    return totals


def _add_up(counted: Mapping[str, float]) -> None:
    pipeline = _redis(settings.REDIS_URL).pipeline(transaction=False)
    for name, value in counted.items():
        pipeline.hincrbyfloat(KEY, name, value)
    pipeline.execute()


@lru_cache(maxsize=4)
def _redis(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 1),  # a connection that had been closed meanwhile
    )
