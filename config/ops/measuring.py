"""The whole installation in figures: asked of PostgreSQL and Redis, so any process can tell them.

No statement here goes through a large table: sizes and rows are PostgreSQL's own estimates, and
what is counted is counted up to a limit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import redis
from django.db import connection, transaction
from django.db.models import Count, F

from callbacks.inspecting import backlog as callbacks_backlog
from campaigns.models import UNDER_WAY, Campaign
from campaigns.pace.rate import rate_in_force
from campaigns.pace.shared_redis import shared_redis
from campaigns.results import backlog as sending_backlog
from config.ops.answers_in_time import Question
from config.queues import QUEUES
from providers.models import Heartbeat, Incident, Provider
from providers.watch import counting
from providers.watch.heartbeats import silences

PATIENCE = 4.0  # seconds
LONGEST_STATEMENT = "2s"

TABLES = """
SELECT c.relname, pg_total_relation_size(c.oid), GREATEST(c.reltuples, 0)::bigint,
    COALESCE(s.n_dead_tup, 0)
FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
ORDER BY 2 DESC
"""
CONNECTIONS = """
SELECT count(*), current_setting('max_connections')::int, current_setting('server_version')
FROM pg_stat_activity WHERE datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` and `dead` as PostgreSQL estimates them."""

    name: str
    bytes: int
    rows: int
    dead: int


@dataclass(frozen=True, slots=True)
class Database:
    version: str
    connections: int
    most_connections: int
    tables: tuple[Table, ...]
    sending: sending_backlog.Backlog
    callbacks: callbacks_backlog.Backlog
    silences: Mapping[str, float]
    skews: Mapping[str, float]
    incidents: Mapping[str, int]
    campaigns: Mapping[str, int]
    rates: Mapping[int, int]
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Redis:
    """`counted` by what was counted and its label."""

    version: str
    memory: int
    queues: Mapping[str, int]
    counted: Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Measured:
    """None where the store does not answer. `in_force`: messages/s that may leave, by project."""

    database: Database | None
    redis: Redis | None
    in_force: Mapping[int, float]


def measure() -> Measured:
    asked, also_asked = _database.ask(), _redis.ask()
    database, found = _or_none(asked.wait), _or_none(also_asked.wait)
    rates = database.rates if database and found else {}
    in_force = {project: rate_in_force(project, rate=rate) for project, rate in rates.items()}
    return Measured(database=database, redis=found, in_force=in_force)


def _or_none(wait: Callable[[], Any]) -> Any:
    """Whatever is wrong with a store, the other one has still something to tell."""
    try:
        return wait()
    except Exception:  # noqa: BLE001
        return None


def look_at_database() -> Database:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST_STATEMENT}'")
            return _look(cursor)
    finally:
        connection.close()  # this thread's own


def _look(cursor: Any) -> Database:
    cursor.execute(TABLES)
    tables = tuple(Table(*row) for row in cursor.fetchall())
    cursor.execute(CONNECTIONS)
    connections, most, version = cursor.fetchone()
    providers = Provider.objects.values_list("project_id", "rate", "project__name")
    return Database(
        version=version,
        connections=connections,
        most_connections=most,
        tables=tables,
        sending=sending_backlog.backlog(),
        callbacks=callbacks_backlog.backlog(),
        silences=silences(),
        skews=dict(Heartbeat.objects.values_list("name", "skew")),
        incidents=_counts(Incident.objects.open().annotate(label=F("kind"))),
        campaigns=_counts(
            Campaign.objects.filter(status__in=UNDER_WAY).annotate(label=F("status"))
        ),
        rates={project: rate for project, rate, _name in providers},
        names={project: name for project, _rate, name in providers},
    )


def _counts(rows: Any) -> dict[str, int]:
    return dict(rows.order_by().values_list("label").annotate(Count("pk")))


def look_at_redis() -> Redis:
    asked: redis.client.Pipeline = shared_redis().pipeline(transaction=False)
    asked.info()
    for queue in QUEUES:
        asked.llen(queue)
    told, *lengths = asked.execute()
    return Redis(
        version=str(told["redis_version"]),
        memory=int(told["used_memory"]),
        queues=dict(zip(QUEUES, lengths, strict=True)),
        counted=counting.totals(),
    )


_database = Question(look_at_database, patience=PATIENCE)
_redis = Question(look_at_redis, patience=PATIENCE)
