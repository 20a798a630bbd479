"""Tables by month: made ahead, and dropped when they are over."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from campaigns.ledger import months as ledger_months
from campaigns.ledger.months import OCCURRENCES, _forget, keep_months, make_months
from campaigns.models import EventKind, KeptValues, Occurrence
from tests.factories import MessageFactory, ProfileFactory, ProjectFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2031, 1, 31, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def few_days(settings: Settings) -> None:
    settings.CUSTOM_EVENT_KEEP_DAYS = 1


def months(table: str = "campaigns_keptvalues") -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = %s::regclass",
            [table],
        )
        return {name.removeprefix(f"{table}_") for (name,) in cursor.fetchall()}


def keep(at: datetime) -> None:
    KeptValues.objects.create(message=MessageFactory.create(), at=at, attempt=1, filled="{}")


def test_this_month_and_the_next_two_are_there_and_old_ones_go_whole(settings: Settings) -> None:
    settings.SENT_KEEP_DAYS = 40
    keep_months(now=NOW - timedelta(days=62))
    before = months()
    for days in (100, 70, 41, 30):
        keep(NOW - timedelta(days=days))

    keep_months(now=NOW)
    keep_months(now=NOW)

    assert before >= {"other", "203011", "203012", "203101"}
    assert months() == {"other", "203012", "203101", "203102", "203103"}
    # Of a month that is not over some are older than they have to be; what lies elsewhere is not.
    assert [NOW - at for at in KeptValues.objects.order_by("at").values_list("at", flat=True)] == [
        timedelta(days=41),
        timedelta(days=30),
    ]


def test_what_came_before_its_month_was_made_stays_where_it_is_and_is_found(
    settings: Settings,
) -> None:
    settings.SENT_KEEP_DAYS = 0
    keep(NOW)

    keep_months(now=NOW)

    assert ("203101" in months(), "203102" in months()) == (False, True)
    assert KeptValues.objects.get().at == NOW


def test_a_month_is_kept_for_ever_where_nothing_is_to_go(settings: Settings) -> None:
    settings.SENT_KEEP_DAYS = 0
    there = months()

    keep_months(now=NOW)

    assert months() > there


def test_events_have_months_as_far_back_as_they_are_kept_and_no_other_place(
    settings: Settings,
) -> None:
    settings.CUSTOM_EVENT_KEEP_DAYS = 40
    keep_months(now=NOW)
    before = {"203012", "203101", "203102", "203103"}
    assert months("campaigns_occurrence") == before
    kind = EventKind.objects.create(project=ProjectFactory.create(), name="Ordered", key="ordered")
    profile = ProfileFactory.create(project=kind.project)
    for days in (60, 1):
        Occurrence.objects.create(
            kind=kind, profile=profile, at=NOW - timedelta(days=days), fingerprint=1
        )

    keep_months(now=NOW + timedelta(days=30))

    assert months("campaigns_occurrence") == before - {"203012"} | {"203104", "203105"}
    assert Occurrence.objects.get().at == NOW - timedelta(days=1)


def test_a_persons_events_go_with_the_person() -> None:
    kind = EventKind.objects.create(project=ProjectFactory.create(), name="Ordered", key="ordered")
    people = ProfileFactory.create_batch(2, project=kind.project)
    for profile in people:
        Occurrence.objects.create(
            kind=kind, profile=profile, at=timezone.now(), fingerprint=profile.pk
        )

    people[0].delete()

    assert Occurrence.objects.get().profile == people[1]


def test_a_month_that_was_there_is_not_asked_for_again_until_it_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = {"campaigns_occurrence_203004"}
    made: list[str] = []
    look = Mock(side_effect=lambda _table: {*there})
    monkeypatch.setattr(ledger_months, "_there", set())
    monkeypatch.setattr(ledger_months, "_partitions", look)
    monkeypatch.setattr(ledger_months, "_try", made.append)
    april = datetime(2030, 4, 6, tzinfo=UTC)
    for is_inside in (True, False, False, True):
        monkeypatch.setattr(ledger_months, "connection", SimpleNamespace(in_atomic_block=is_inside))
        make_months(OCCURRENCES, since=april, until=april)
    assert (look.call_count, made) == (3, [])
    monkeypatch.setattr(ledger_months, "connection", SimpleNamespace(in_atomic_block=False))
    _forget(OCCURRENCES, before=NOW)
    there.clear()
    make_months(OCCURRENCES, since=april, until=april)
    assert [statement.partition(" ")[0] for statement in made] == ["DROP", "CREATE"]
