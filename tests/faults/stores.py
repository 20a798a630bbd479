"""PostgreSQL and Redis of one's own, as durable as in production, to be stopped and started."""

import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from config.embedded import binaries, places
from config.embedded.postgres import Postgres
from config.embedded.programs import Child, Program
from config.embedded.redis_server import RedisServer

START_SECONDS = 60.0
STOP_SECONDS = 30.0


class Store:
    """One server that can be ended and started again on the same data."""

    def __init__(self, server: Postgres | RedisServer) -> None:
        self._server = server
        self._child: Child | None = None
        self.url = server.url

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        if isinstance(self._server, Postgres):
            self._server.clear_stale_lock()
        self._child = start_program(replace(self._server.serving(), environment=environment or {}))
        wait_until(self._server.is_ready, seconds=START_SECONDS)

    def stop(self, by: signal.Signals) -> None:
        """Returns when it has ended."""
        assert self._child is not None
        self._child.send(by)
        wait_until(lambda: self._child is None or self._child.exit_code() is not None)
        self._child.kill()  # what may be left of its group
        self._child = None

    @property
    def has_ended(self) -> bool:
        return self._child is None or self._child.exit_code() is not None

    def end(self) -> None:
        if self._child is not None:
            self._child.kill()


def new_postgres(scratch: Path) -> Store:
    account = places.server_account()
    if account:
        scratch.chmod(0o711)
        folder = binaries.postgres_folder_open_to_all(copy_to=scratch / "postgresql")
    else:
        folder = binaries.postgres_folder()
    postgres = Postgres(
        binaries=folder,
        home=places.make_for(account, scratch / "data" / "postgres"),
        sockets=places.make_for(account, scratch / "postgres"),
        log=scratch / "postgres.log",
        account=account,
        durable=True,
    )
    initializing = start_program(postgres.initializing())
    wait_until(lambda: initializing.exit_code() is not None, seconds=START_SECONDS)
    assert initializing.exit_code() == 0, postgres.log.read_text()
    postgres.keep_initialized()
    return Store(postgres)


def new_redis(scratch: Path) -> Store:
    return Store(
        RedisServer(
            binary=binaries.redis_server(),
            home=places.make_for(None, scratch / "data" / "redis"),
            sockets=scratch,
            log=scratch / "redis.log",
            durable=True,
        )
    )


def start_program(program: Program) -> Child:
    return Child(program, {**BARE_ENVIRONMENT, **program.environment})


BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def wait_until(reached: Callable[[], bool], *, seconds: float = STOP_SECONDS) -> None:
    ends = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > ends:
            raise TimeoutError(f"not reached in {seconds:.0f} s")
        time.sleep(0.02)
