import pytest
from django.db import connection

from campaigns.ledger.array_texts import numbers, texts

TEXTS = ["", "plain", "a,b", "{}", '"', "\\", '\\"', "NULL", " ", "\n", "नमस्ते 😀", "%s", "'"]


@pytest.mark.django_db
def test_columns_arrive_as_they_were() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::text[], %s::bigint[], %s::float8[], %s::bigint[]",
            [texts(TEXTS), numbers([1, -2, 2**62]), numbers([1.5, 1767225600.123456]), numbers([])],
        )
        assert cursor.fetchone() == (TEXTS, [1, -2, 2**62], [1.5, 1767225600.123456], [])
