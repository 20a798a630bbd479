"""How many calls a key may make: so many a minute, counted in Redis by all processes together, and
so many at once, which each process counts for itself.

While Redis is away nothing is counted, and calls go on: that ceiling keeps order, it guards
nothing. What guards is the other one: a call holds a thread, and its body takes up to thirty times
its size in memory while it is read.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

WINDOW = 60  # seconds
PATIENCE = 0.5  # seconds; a call waits for it
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Spent:
    """`resets_in` are seconds until all may be spent anew."""

    limit: int
    left: int
    resets_in: int
    is_over: bool


def spend(key_id: int, *, now: float) -> Spent | None:
    """One call; `now` in seconds since 1970. None while Redis is away."""
    window, since = divmod(int(now), WINDOW)
    name = f"api:calls:{key_id}:{window}"
    try:
        pipeline = _redis(settings.REDIS_URL).pipeline()
        pipeline.incr(name)
        pipeline.expire(name, 2 * WINDOW)
        made: int = pipeline.execute()[0]
    except redis.RedisError as error:
        logger.info("Calls are not counted without Redis: %s", type(error).__name__)
        return None
    limit: int = settings.API_CALLS_A_MINUTE
    return Spent(limit, max(limit - made, 0), WINDOW - since, made > limit)


class UnderWay:
    def __init__(self) -> None:
        self._lock, self._calls = Lock(), Counter[int]()

    def begin(self, key_id: int) -> bool:
        """Whether one more may begin; then it must `end`."""
        with self._lock:
            may_begin = self._calls[key_id] < AT_ONCE
            self._calls[key_id] += may_begin
            return may_begin

    def end(self, key_id: int) -> None:
        with self._lock:
            self._calls[key_id] -= 1
            if not self._calls[key_id]:
                del self._calls[key_id]


under_way = UnderWay()


@lru_cache(maxsize=4)
def _redis(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 1),  # a connection that had been closed meanwhile
    )
