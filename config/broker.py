"""kombu's Redis transport, but one that survives a Redis that is restarted, and a connection that
is back within seconds of Redis.

Whoever still holds a channel of a connection that was closed, to acknowledge a task or to send a
hint, gets an AttributeError from kombu. Celery takes that for a mistake in the program: the worker
ends, and beat sends nothing any more. As the connection error that it is, both connect anew.

Each pause between two tries would be two seconds longer than the last, up to thirty: after a minute
without Redis all workers would stand still for half a minute more. A try costs nothing.
"""

from typing import Any

from celery.app.amqp import AMQP as AMQP_OF_CELERY
from kombu import Connection as KombuConnection
from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import ConnectionError as RedisConnectionError

SCHEMES = ("redis", "rediss", "redis+socket")

PAUSES = {"interval_start": 0.5, "interval_step": 0.5, "interval_max": 2.0}  # seconds


class Connection(KombuConnection):
    def ensure_connection(self, *arguments: Any, **named: Any) -> Any:
        """What workers and beat wait in, for as long as Redis is away."""
        return super().ensure_connection(*arguments, **PAUSES | named)


class AMQP(AMQP_OF_CELERY):
    Connection = Connection


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
