"""How PostgreSQL would do something if its tables were too big to be read from end to end."""

from collections.abc import Mapping
from typing import Any

from django.db import connection


def plan_of(sql: str, parameters: Mapping[str, Any] | None) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return [line.strip() for (line,) in cursor.fetchall()]
