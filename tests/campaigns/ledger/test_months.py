"""Tables by month: made ahead, and dropped when they are over."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from campaigns.ledger.months import keep_months
from campaigns.models import KeptValues
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2031, 1, 31, 23, 30, tzinfo=UTC)


def months() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = 'campaigns_keptvalues'::regclass"
        )
        return {name.removeprefix("campaigns_keptvalues_") for (name,) in cursor.fetchall()}


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
