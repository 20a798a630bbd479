"""Signs of life: each kind of worker says now and then that it works, and how its clock stands."""

from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic

from django.db import DatabaseError, connection

EVERY = 10.0  # seconds

BEAT = """
INSERT INTO providers_heartbeat (name, at, skew)
VALUES (%(name)s, clock_timestamp(), extract(epoch FROM %(mine)s::timestamptz - clock_timestamp()))
ON CONFLICT (name) DO UPDATE SET at = excluded.at, skew = excluded.skew
"""
# How long ago each was heard of, by PostgreSQL's clock alone.
SILENCES = """
SELECT name, extract(epoch FROM clock_timestamp() - at)::float FROM providers_heartbeat
"""
_noted: dict[str, float] = {}


def note(name: str) -> None:
    """Called with every task of a queue, it goes to the database once in a few seconds only."""
    now = monotonic()
    if now - _noted.get(name, -EVERY) < EVERY:
        return
    _noted[name] = now
    # A worker that can't say that it lives has worse to tell, and does so by itself.
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute(BEAT, {"name": name, "mine": datetime.now(UTC)})


def silences() -> dict[str, float]:
    """For how many seconds each has said nothing."""
    with connection.cursor() as cursor:
        cursor.execute(SILENCES)
        return dict(cursor.fetchall())


def skew_here() -> float:
    """How many seconds this process' clock is ahead of PostgreSQL's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM %s::timestamptz - clock_timestamp())::float",
            [datetime.now(UTC)],
        )
        (skew,) = cursor.fetchone()
    return float(skew)
