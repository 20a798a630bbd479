"""kombu's Redis transport, but one that survives a Redis that is restarted.

Whoever still holds a channel of a connection that was closed, to acknowledge a task or to send a
hint, gets an AttributeError from kombu. Celery takes that for a mistake in the program: the worker
ends, and beat sends nothing any more. As the connection error that it is, both connect anew.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import ConnectionError as RedisConnectionError

SCHEMES = ("redis", "rediss", "redis+socket")


class Channel(redis.Channel):
    def _connparams(self, *arguments: Any, **named: Any) -> Any:
        """What every new connection to Redis is made with."""
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("The connection of this channel was closed")
        return super()._connparams(*arguments, **named)  # type: ignore[misc]  # not in the stubs


class Transport(redis.Transport):
    Channel = Channel


def use_this_transport() -> None:
    for scheme in SCHEMES:
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{Transport.__name__}"
