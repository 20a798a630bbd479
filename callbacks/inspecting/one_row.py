"""The one row that a statement finds."""

from datetime import datetime
from typing import Any

from django.db import connection


def one_row(statement: str, *values: int | datetime) -> Any:
    """A tuple; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()
