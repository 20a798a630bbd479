"""No page and no call of a program keeps PostgreSQL busy for longer than anybody waits for it.

For the processes of console and API: what a worker does in one statement may take as long as it
takes.
"""

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

LIMIT = "SELECT set_config('statement_timeout', %s, false)"


def limit_statements() -> None:
    connection_created.connect(_limit)


def _limit(connection: BaseDatabaseWrapper, **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LIMIT, [f"{settings.PAGE_STATEMENT_SECONDS * 1000:.0f}"])
