"""How many calls a key may make: so many a minute, counted in Redis by all processes together.

While Redis is away nothing is counted, and calls go on: a ceiling keeps order, it guards nothing.
"""

import logging
from dataclasses import dataclass
from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

WINDOW = 60  # seconds
PATIENCE = 0.5  # seconds; a call waits for it


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


@lru_cache(maxsize=4)
def _redis(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 1),  # a connection that had been closed meanwhile
    )
