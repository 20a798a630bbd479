"""Events that are told by a key alone, as long as it is remembered: each key passes once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import blake2b

from django.db import connection

KEPT = timedelta(days=7)
BATCH = 10_000
FORGET = """
DELETE FROM campaigns_seeneventid WHERE key = ANY(ARRAY(
    SELECT key FROM campaigns_seeneventid WHERE at < %s LIMIT %s FOR UPDATE SKIP LOCKED
))
"""


def key_of(*parts: object) -> str:
    """As a UUID in hex."""
    text = "\0".join(map(str, parts))
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def passing(rows: str) -> str:
    """SQL that lets rows with a `key` pass, and returns those that nobody else had or has."""
    return f"""
    INSERT INTO campaigns_seeneventid (key, at)
    SELECT key, now() FROM {rows} WHERE key IS NOT NULL ORDER BY key
    ON CONFLICT DO NOTHING RETURNING key"""


REMEMBER = passing("unnest(%s::uuid[]) AS told (key)")


def pass_once(keys: Collection[str]) -> set[str]:
    """Those that nobody else had or has: whoever comes second waits for the first to commit."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, [f"{{{','.join(keys)}}}"])
        return {key.hex for (key,) in cursor.fetchall()}


def forget_seen(*, now: datetime) -> None:
    """A batch at a time, each in a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [now - KEPT, BATCH])
        while cursor.rowcount == BATCH:
            cursor.execute(FORGET, [now - KEPT, BATCH])
