"""The Redis that all workers of the installation share, and the scripts it runs for them.

A script is one or more files of `lua/`, one after the other. Redis keeps it by its digest; where it
has forgotten it, it gets the text once more.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from redis.commands.core import Script as Registered

LUA = Path(__file__).with_name("lua")


@lru_cache(maxsize=4)
def _redis(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, socket_timeout=2.0, socket_connect_timeout=1.0)


def shared_redis() -> "redis.Redis":
    """What all workers of the installation know together."""
    return _redis(settings.REDIS_URL)


class Script:
    """Raises RedisError where Redis is away."""

    def __init__(self, *files: str) -> None:
        self._files = files

    def __call__(self, *keys: str, given: Sequence[float | str] = ()) -> Any:
        return self._registered(keys=keys, args=given, client=shared_redis())

    @cached_property
    def _registered(self) -> Registered:
        text = "".join((LUA / f"{name}.lua").read_text() for name in self._files)
        return shared_redis().register_script(text)
