"""A long statement that comes thousands of times a minute: PostgreSQL keeps how it does it.

To find that out anew took it several times as long as doing it.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def prepared(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Its rows. The statement is always the same text. Raises what Django's cursors raise."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return cursor.fetchall()
