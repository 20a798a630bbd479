"""Could this installation do its work? What is wrong, in words that hold no secret.

A store may hang as well as refuse, so each is asked in a thread of its own, on a connection of its
own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.ops.answers_in_time import Asked, Question
from config.ops.silent_workers import silent_queues
from providers.watch.heartbeats import SILENCES

PATIENCE = 2.0  # seconds
CONNECTING = {"connect_timeout": 2, "tcp_user_timeout": 2_000}  # seconds, milliseconds

APPLIED = "SELECT app, name FROM django_migrations"


@dataclass(frozen=True, slots=True)
class Database:
    unapplied: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is well, by name, and a sentence for each that is not."""

    database: bool
    redis: bool
    migrations: bool
    workers: bool
    wrong: tuple[str, ...]


def readiness() -> Readiness:
    asked, also_asked = _database.ask(), _redis.ask()
    database, no_database = _answer(asked, "PostgreSQL")
    _pong, no_redis = _answer(also_asked, "Redis")
    wrong = [no_database, no_redis, *(_sentences(database) if database else ())]
    return Readiness(
        database=not no_database,
        redis=not no_redis,
        migrations=database is not None and not database.unapplied,
        workers=database is not None and not database.silent,
        wrong=tuple(sentence for sentence in wrong if sentence),
    )


def _answer(asked: Asked[Database] | Asked[None], store: str) -> tuple[Database | None, str]:
    """What was found, or what is wrong with the store. Of an error its kind is told: its text may
    hold an address or a name."""
    try:
        return asked.wait(), ""
    except TimeoutError:
        return None, f"{store} does not answer."
    except (psycopg.Error, redis.RedisError) as error:
        return None, f"{store} does not work: {type(error).__name__}."


def _sentences(database: Database) -> Iterator[str]:
    if database.unapplied:
        yield f"Not migrated yet: {', '.join(database.unapplied)}."
    elif database.silent:
        yield f"No worker was heard of lately on: {', '.join(database.silent)}."


def look_at_database() -> Database:
    """Raises psycopg.Error."""
    with _own_connection() as database:
        applied = _rows(database, APPLIED)
        unapplied = tuple(f"{app}.{name}" for app, name in sorted(ours() - set(applied)))
        seen: Mapping[str, float] = {} if unapplied else dict(_rows(database, SILENCES))
    return Database(unapplied=unapplied, silent=tuple(silent_queues(seen)))


def look_at_redis() -> None:
    """Raises redis.RedisError."""
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    with client:
        client.ping()


_database = Question(look_at_database, patience=PATIENCE)
_redis = Question(look_at_redis, patience=PATIENCE)


@lru_cache(maxsize=1)
def ours() -> frozenset[tuple[str, str]]:
    """The migrations of this code, read once: they change with a deploy only."""
    loader = MigrationLoader(None)
    replaced = {key for one in loader.disk_migrations.values() for key in one.replaces}
    return frozenset(loader.disk_migrations) - replaced


def _own_connection() -> "psycopg.Connection[Any]":
    parameters = connections[DEFAULT_DB_ALIAS].get_connection_params()
    parameters |= {"cursor_factory": psycopg.Cursor, **CONNECTING}
    return psycopg.connect(**parameters, autocommit=True)


def _rows(database: "psycopg.Connection[Any]", statement: str) -> list[tuple[Any, ...]]:
    """No rows where the table is not there yet."""
    try:
        return database.execute(statement).fetchall()
    except psycopg.errors.UndefinedTable:
        return []
