"""Tables that are partitioned by month: the next months made ahead, those that are over dropped.

Dropping a month costs nothing, however many rows it holds. Both wait for a lock that every writer
shares, so they give up soon, and come again an hour later.

Custom events may be as old as they are kept. So their months are made as far back as that, and
what is older is refused. What was filled into a message is as old as the message: there a month
that nobody has made must not keep the row from being written, so a partition `_other` takes it.
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
    has_other: bool = True

    def partition(self, month: datetime) -> str:
        return f"{self.table}_{month:%Y%m}"


OCCURRENCES = Monthly("campaigns_occurrence", "at", "CUSTOM_EVENT_KEEP_DAYS", has_other=False)
_there: set[str] = set()  # as far as this process has seen
MONTHLY = (Monthly("campaigns_keptvalues", "at", "SENT_KEEP_DAYS"), OCCURRENCES)


def keep_months(*, now: datetime) -> None:
    for table in MONTHLY:
        days: int = getattr(settings, table.days)
        before = now.astimezone(UTC) - timedelta(days=days)
        make_months(table, since=now if table.has_other else before, until=_ahead(now))
        if days > 0:
            _forget(table, before=before)


def make_months(table: Monthly, *, since: datetime, until: datetime) -> None:
    """Those that are not there, of both times and all between. A month that was there goes when
    nothing is taken for it any more, so nobody asks again; but inside a transaction, since what
    that has made may be taken back."""
    months = {table.partition(month): month for month in _months(since, until)}
    if months.keys() <= _there and not connection.in_atomic_block:
        return
    there = _partitions(table)
    if not connection.in_atomic_block:
        _there.update(there)
    for name in months.keys() - there:
        _try(_make(table, months[name]))


def _forget(table: Monthly, *, before: datetime) -> None:
    """Whole months only: a row is kept until its month is over, too."""
    last = table.partition(before)
    months = {name for name in _partitions(table) if name.removeprefix(f"{table.table}_").isdigit()}
    for name in sorted(months):
        if name < last:
            _there.discard(name)
            _try(f"DROP TABLE {name}")
    if table.has_other:
        _try(f"DELETE FROM {table.table}_other WHERE {table.time} < '{before.isoformat()}'")


def _months(since: datetime, until: datetime) -> Iterator[datetime]:
    month = _first_of(since)
    while month <= until:
        yield month
        month = _next(month)


def _ahead(now: datetime) -> datetime:
    month = _first_of(now)
    for _ in range(AHEAD):
        month = _next(month)
    return month


def _first_of(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


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
