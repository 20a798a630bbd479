"""Starts the stores whose URLs are not set, and says where they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.embedded import binaries, places
from config.embedded.errors import RunOverError
from config.embedded.postgres import Postgres
from config.embedded.redis_server import RedisServer
from config.embedded.supervising import Supervisor, telling_line

START_LIMIT = 60.0  # seconds; after a crash PostgreSQL first repairs its data


@dataclass(frozen=True, kw_only=True)
class Storage:
    """keep: where the data stay; None: they vanish with the supervisor's scratch folder.
    durable: a commit is on the disk before it is answered, as in production."""

    keep: Path | None
    logs: Path
    durable: bool


def start_stores(
    supervisor: Supervisor, storage: Storage, *, given: Mapping[str, str]
) -> dict[str, str]:
    """DATABASE_URL and REDIS_URL: those given, or of what was started in their stead."""
    urls = {name: given.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
    postgres = None if urls["DATABASE_URL"] else _postgres(supervisor, storage)
    redis = None if urls["REDIS_URL"] else _redis(supervisor, storage)
    stores = [store for store in (postgres, redis) if store]
    supervisor.start(*(store.serving() for store in stores))
    supervisor.wait_until(
        lambda: all(store.is_ready() for store in stores),
        what="PostgreSQL and Redis",
        seconds=START_LIMIT,
    )
    started = {"DATABASE_URL": postgres and postgres.url, "REDIS_URL": redis and redis.url}
    return {name: started[name] or url for name, url in urls.items()}


def _postgres(supervisor: Supervisor, storage: Storage) -> Postgres:
    account = places.server_account()
    if account:
        supervisor.scratch.chmod(0o711)
        folder = binaries.postgres_folder_open_to_all(copy_to=supervisor.scratch / "postgresql")
    else:
        folder = binaries.postgres_folder()
    postgres = Postgres(
        binaries=folder,
        home=places.make_for(account, _postgres_home(supervisor, storage, account)),
        sockets=places.make_for(account, supervisor.scratch / "postgres"),
        log=storage.logs / "postgres.log",
        account=account,
        durable=storage.durable,
    )
    if postgres.is_new:
        _initialize(supervisor, postgres)
    else:
        postgres.clear_stale_lock()
    return postgres


def _postgres_home(supervisor: Supervisor, storage: Storage, account: str | None) -> Path:
    if storage.keep is None:
        return supervisor.scratch / "data" / "postgres"
    home = storage.keep / "postgres"
    if account is None or places.is_open(storage.keep):
        return home
    elsewhere = places.open_home_of(storage.keep) / "postgres"
    if not home.exists() and not home.is_symlink():
        home.symlink_to(elsewhere)  # so that a person finds it
    return elsewhere


def _initialize(supervisor: Supervisor, postgres: Postgres) -> None:
    postgres.clear_unfinished()
    program = postgres.initializing()
    if supervisor.run(program) != 0:
        raise RunOverError(f"PostgreSQL's data could not be made: {telling_line(postgres.log)}")
    postgres.keep_initialized()


def _redis(supervisor: Supervisor, storage: Storage) -> RedisServer:
    home = (storage.keep or supervisor.scratch / "data") / "redis"
    return RedisServer(
        binary=binaries.redis_server(),
        home=places.make_for(None, home),
        sockets=supervisor.scratch,
        log=storage.logs / "redis.log",
        durable=storage.durable,
    )
