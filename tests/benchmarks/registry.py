"""The benchmarks by name, and the database that they use."""

from collections.abc import Callable

from django.core.management import call_command
from django.db import connection

from tests.benchmarks import (
    api,
    applying,
    auto_reply,
    capping,
    events,
    exporting,
    growth,
    importing,
    launch,
    launch_full,
    live,
    live_uploads,
    pages,
    parked,
    profiles,
    quieting,
    rate,
    receiving,
    rendering,
    segments,
    sending,
    standing,
    stopping,
    system,
)

BENCHMARKS: dict[str, Callable[[int], None]] = {
    "sending": sending.run,
    "caps": capping.run,
    "quiet": quieting.run,
    "system": system.run,
    "rate_80": rate.run,
    "growth": growth.run,
    "stopping": stopping.run,
    "standing": standing.run,
    "launch": launch.run,
    "launch_full": launch_full.run,
    "render": rendering.run,
    "import": importing.run,
    "export": exporting.run,
    "events": events.run,
    "live": live.run,
    "live_uploads": live_uploads.run,
    "api": api.run,
    "segment": segments.run,
    "profiles": profiles.run,
    "callbacks_single": receiving.run_single,
    "callbacks_batch": receiving.run_batch,
    "apply": applying.run,
    "auto_reply": auto_reply.run,
    "parked": parked.run,
    "pages": pages.run,
}
# Those that say something only at a size of their own.
SIZES = {
    "auto_reply": auto_reply.SIZE,
    "live": live.SIZE,
    "parked": parked.SIZE,
    "standing": standing.STANDING,
}


def prepare_database() -> None:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        (fsync,) = cursor.fetchone()
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    print(f"PostgreSQL {version}, fsync {fsync}")
