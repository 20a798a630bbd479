"""The benchmarks by name, and the database that they use."""

from collections.abc import Callable

from django.core.management import call_command
from django.db import connection

from tests.benchmarks import importing, launch, rendering, sending

BENCHMARKS: dict[str, Callable[[int], None]] = {
    "sending": sending.run,
    "launch": launch.run,
    "render": rendering.run,
    "import": importing.run,
}


def prepare_database() -> None:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        (fsync,) = cursor.fetchone()
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    print(f"PostgreSQL {version}, fsync {fsync}")
