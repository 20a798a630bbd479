"""Tables that are partitioned by month: the next months made ahead, those that are over dropped.

Dropping a month costs nothing, however many rows it holds. Both wait for a lock that every writer
shares, so they give up soon, and come again an hour later.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction

logger = logging.getLogger(__name__)

AHEAD = 2  # months
LOCK_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Monthly:
    """Its partitions are called like it, with `_202612` behind, and `_other` for what no month
    takes. `days` is the name of a setting, `time` that of the column they are divided by."""

    table: str
    time: str
    days: str

    def partition(self, month: datetime) -> str:
        return f"{self.table}_{month:%Y%m}"


MONTHLY = (Monthly("campaigns_keptvalues", "at", "SENT_KEEP_DAYS"),)


def keep_months(*, now: datetime) -> None:
    for table in MONTHLY:
        there = _partitions(table)
        for month in _months_from(now):
            if table.partition(month) not in there:
                _try(_make(table, month))
        days: int = getattr(settings, table.days)
        if days > 0:
            _forget(table, there, before=now.astimezone(UTC) - timedelta(days=days))


def _forget(table: Monthly, there: set[str], *, before: datetime) -> None:
    """Whole months only: a row is kept until its month is over, too."""
    last = table.partition(before)
    months = {name for name in there if name.removeprefix(f"{table.table}_").isdigit()}
    for name in sorted(months):
        if name < last:
            _try(f"DROP TABLE {name}")
    _try(f"DELETE FROM {table.table}_other WHERE {table.time} < '{before.isoformat()}'")


def _months_from(now: datetime) -> Iterator[datetime]:
    month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(AHEAD + 1):
        yield month
        month = _next(month)


def _next(month: datetime) -> datetime:
    return (month + timedelta(days=32)).replace(day=1)


def _make(table: Monthly, month: datetime) -> str:
    """Refused by PostgreSQL where rows of that month lie in `_other` already; they stay there."""
    return f"""CREATE TABLE IF NOT EXISTS {table.partition(month)} PARTITION OF {table.table}
        FOR VALUES FROM ('{month.isoformat()}') TO ('{_next(month).isoformat()}')"""


def _partitions(table: Monthly) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = %s::regclass",
            [table.table],
        )
        return {row[0] for row in cursor.fetchall()}


def _try(statement: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            cursor.execute(statement)
    except DatabaseError as error:
        logger.warning("Months are kept later: %s", error)
