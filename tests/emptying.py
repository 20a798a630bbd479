"""How a test that really commits leaves the database empty: a few tables hold rows, and DELETE is
done with those before TRUNCATE has made new files for the hundreds of tables and indexes there
are."""

from collections.abc import Sequence
from itertools import compress
from typing import Any

from django.core.management.color import Style
from django.db import connection


def sql_to_empty(style: Style, tables: Sequence[str], **how: Any) -> list[str]:
    """In place of Django's `sql_flush`. No trigger and no foreign key is asked, for which one has
    to be PostgreSQL's superuser."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        if not tables or how.get("reset_sequences") or not cursor.fetchone()[0]:
            return type(connection.ops).sql_flush(connection.ops, style, tables, **how)
        names = [connection.ops.quote_name(table) for table in tables]
        cursor.execute(f"SELECT {', '.join(f'EXISTS (SELECT FROM {name})' for name in names)}")
        filled = list(compress(names, cursor.fetchone()))
    deletions = [f"DELETE FROM {name}" for name in filled]
    return ["SET LOCAL session_replication_role = replica", *deletions]
