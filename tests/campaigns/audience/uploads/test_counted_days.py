"""Whoever stores events waits for nobody who counts on the same day; later a day is one row."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from campaigns.audience.uploads.counted_days import PARTS, put_days_together
from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import EventKind, EventKindDay
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.factories import ProfileFactory

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=3), NOW - timedelta(days=2)
LONG = 10.0  # seconds


def counted(kind: EventKind, part: int, at: datetime, n: int, **hours: int) -> EventKindDay:
    first, last = (at.replace(hour=hours[name]) for name in ("first", "last"))
    return EventKindDay.objects.create(
        kind=kind, day=at.date(), part=part, n=n, first_at=first, last_at=last
    )


def rows(kind: EventKind) -> list[tuple[Any, ...]]:
    found = EventKindDay.objects.filter(kind=kind).order_by("day", "part")
    return list(found.values_list("day", "part", "n", "first_at__hour", "last_at__hour"))


@pytest.mark.django_db
def test_the_parts_of_a_day_that_is_over_become_one(project: Project) -> None:
    kinds = [EventKind.objects.create(project=project, name=n, key=n) for n in ("left", "ordered")]
    for kind in kinds:
        counted(kind, 0, OLD, 5, first=8, last=12)
        counted(kind, 1, OLD, 2, first=7, last=9)
        counted(kind, 7, OLD, 1, first=9, last=13)
        counted(kind, 3, YOUNG, 4, first=1, last=2)
    counted(kinds[1], 2, OLD - timedelta(days=1), 6, first=3, last=4)
    wanted = [(OLD.date(), 0, 8, 7, 13), (YOUNG.date(), 3, 4, 1, 2)]
    for _ in range(2):
        put_days_together(now=NOW)
        assert rows(kinds[0]) == wanted
        assert rows(kinds[1]) == [((OLD - timedelta(days=1)).date(), 0, 6, 3, 4), *wanted]


@pytest.mark.django_db(transaction=True)
def test_who_counts_the_same_at_the_same_moment_waits_for_nobody(project: Project) -> None:
    ProfileFactory.create(project=project, identity="asha")

    def store(number: int) -> list[str]:
        record = {"identity": "asha", "name": "Ordered", "id": number}
        return [verdict.outcome.value for verdict in upload(project, [record], by=SYSTEM)]

    def store_in_another_part(number: int, taken: int) -> list[str]:
        try:
            while part_of_this_connection() == taken:
                connection.close()
            return store(number)
        finally:
            connection.close()

    store(0)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        store(1)
        other = pool.submit(store_in_another_part, 2, part_of_this_connection())
        assert other.result(LONG) == ["stored"]
    assert sorted(EventKindDay.objects.values_list("n", flat=True)) == [1, 2]


def part_of_this_connection() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0]) % PARTS
