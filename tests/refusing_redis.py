"""A Redis that answers and refuses: it is full, a replica, has none, or can't save."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from tests.faults.stores import new_redis, wait_until


@contextmanager
def own_redis(scratch: Path) -> Iterator[str]:
    """The address of one that nobody else has."""
    server = new_redis(scratch)
    server.start()
    try:
        yield server.url
    finally:
        server.end()


def fill(client: redis.Redis) -> None:
    client.config_set("maxmemory", 1)


def make_a_replica(client: redis.Redis) -> None:
    """Of nobody."""
    client.execute_command("REPLICAOF", "127.0.0.1", "1")


def ask_for_replicas(client: redis.Redis) -> None:
    client.config_set("min-replicas-to-write", 1)


def fail_to_save(client: redis.Redis) -> None:
    """Where its file should be, there is a folder."""
    _dump(client).mkdir()
    client.config_set("save", "3600 1000000")
    client.bgsave()
    wait_until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err")


def _dump(client: redis.Redis) -> Path:
    return Path(client.config_get("dir")["dir"]) / client.config_get("dbfilename")["dbfilename"]


REFUSALS: dict[str, Callable[[redis.Redis], None]] = {
    "OOM": fill,
    "READONLY": make_a_replica,
    "NOREPLICAS": ask_for_replicas,
    "MISCONF": fail_to_save,
}


def mend(client: redis.Redis) -> None:
    client.execute_command("REPLICAOF", "NO", "ONE")
    client.config_set("maxmemory", 0)
    client.config_set("min-replicas-to-write", 0)
    client.config_set("save", "")
    with suppress(FileNotFoundError):
        _dump(client).rmdir()
