"""A long statement that comes thousands of times a minute: PostgreSQL keeps how it does it.

To find that out anew took it several times as long as doing it.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection

# The driver prepares nothing where it has no such number, whoever asks; and what nobody asks it for
# it would prepare when that has come so often.
NEVER_BY_ITSELF = 2**31


def prepared(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Its rows. The statement is always the same text, and so are the types of its values: each
    with a cast, lists as the text of arrays. Raises what Django's cursors raise. Where statements
    are written down, it goes with its values in it, like all others."""
    if connection.queries_logged:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        connection.connection.prepare_threshold = NEVER_BY_ITSELF
        cursor.execute(statement, values, prepare=True)
        return cursor.fetchall()
