"""kombu's Redis transport, but one that survives a Redis that is restarted or takes no writes, and
a connection that is back within seconds of Redis.

Whoever still holds a channel of a connection that was closed, to acknowledge a task or to send a
hint, gets an AttributeError from kombu. Celery takes that for a mistake in the program: the worker
ends, and beat sends nothing any more. As the connection error that it is, both connect anew.

A Redis that is full, a replica, or can't save, answers all the same, and refuses. In the middle of
its loop a worker takes that for a mistake too, and ends. It is a lost connection as well, and one
is made again only where Redis takes writes: who connects without asking would be refused anew, many
times a second.

Each pause between two tries would be two seconds longer than the last, up to thirty: after a minute
without Redis all workers would stand still for half a minute more. A try costs nothing.
"""

from typing import Any

from celery.app.amqp import AMQP as AMQP_OF_CELERY
from kombu import Connection as KombuConnection
from kombu.transport import TRANSPORT_ALIASES, redis, virtual
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

SCHEMES = ("redis", "rediss", "redis+socket")

PROBE = ("broker:takes-writes", "")
PAUSES = {"interval_start": 0.5, "interval_step": 0.5, "interval_max": 2.0}  # seconds


class Connection(KombuConnection):
    def ensure_connection(self, *arguments: Any, **named: Any) -> Any:
        """What workers and beat wait in, for as long as Redis is away."""
        return super().ensure_connection(*arguments, **PAUSES | named)


class AMQP(AMQP_OF_CELERY):
    Connection = Connection


class QoS(redis.QoS):
    def ack(self, delivery_tag: str) -> None:
        """A full Redis refuses that too, and the worker goes on listening: the task would count as
        under way for good, and the worker would ask for no other."""
        try:
            super().ack(delivery_tag)
        except ResponseError:
            virtual.QoS.ack(self, delivery_tag)
            raise


class Channel(redis.Channel):
    QoS = QoS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        try:
            self.client.set(*PROBE, px=1)
        except BaseException:
            self.close()
            raise

    def _connparams(self, *arguments: Any, **named: Any) -> Any:
        """What every new connection to Redis is made with."""
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("The connection of this channel was closed")
        return super()._connparams(*arguments, **named)  # type: ignore[misc]  # not in the stubs


class Transport(redis.Transport):
    Channel = Channel
    connection_errors = (*redis.Transport.connection_errors, ResponseError)


def use_this_transport() -> None:
    for scheme in SCHEMES:
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{Transport.__name__}"
