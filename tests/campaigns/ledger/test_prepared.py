"""A statement that comes again and again is kept by PostgreSQL, and no other is."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns.ledger.prepared import prepared
from campaigns.models import Campaign

pytestmark = pytest.mark.django_db
ADDED = "SELECT %(one)s::bigint + %(other)s::bigint"


def kept() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


def test_it_is_kept_from_the_first_time_on_and_no_other_is() -> None:
    for number in range(8):
        assert prepared(ADDED, {"one": number, "other": "1"}) == [(number + 1,)]
        assert not Campaign.objects.filter(pk=7).exists()
    assert [sql for sql in kept() if sql.endswith("::bigint + $2::bigint")]
    assert not [sql for sql in kept() if 'FROM "campaigns_campaign"' in sql]


def test_it_is_counted_like_any_other_and_its_mistakes_are_those_of_django() -> None:
    with CaptureQueriesContext(connection) as asked:
        prepared(ADDED, {"one": 1, "other": 2})
    assert [query["sql"] for query in asked] == ["SELECT 1::bigint + 2::bigint"]
    with pytest.raises(ProgrammingError), transaction.atomic():
        prepared("SELECT nothing FROM nowhere", {})
    assert prepared(ADDED, {"one": 1, "other": 2}) == [(3,)]
