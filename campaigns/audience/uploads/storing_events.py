"""Events that were read, into their months: what is there already stays as it is, the rest is
stored and counted, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from json import JSONEncoder

from django.db import connection

from campaigns.audience.uploads.typed_values import Value
from campaigns.ledger.array_texts import numbers

# The order of the keys tells nothing.
as_text = JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

# JSON escapes line ends, so each line is one event's.
TOLD = """
SELECT n, kind_id, at, fingerprint, profile_id, properties::jsonb
FROM ROWS FROM (
    unnest(%(kinds)s::bigint[]), unnest(%(times)s::timestamptz[]),
    unnest(%(fingerprints)s::bigint[]), unnest(%(profiles)s::bigint[]),
    string_to_table(%(properties)s, E'\\n')
) WITH ORDINALITY AS told(kind_id, at, fingerprint, profile_id, properties, n)
"""


def storing(source: str) -> str:
    """CTEs of which `stored` is what was new, from SQL with the columns n, kind_id, at,
    fingerprint, profile_id and properties. Always in the same order, so that nobody waits in a
    circle."""
    return f"""
WITH incoming AS MATERIALIZED ({source}),
stored AS (
    INSERT INTO campaigns_occurrence (kind_id, at, fingerprint, profile_id, properties)
    SELECT kind_id, at, fingerprint, profile_id, properties FROM incoming
    ORDER BY kind_id, at, fingerprint
    ON CONFLICT DO NOTHING
    RETURNING kind_id, at, fingerprint, profile_id
),
counted AS (
    INSERT INTO campaigns_eventkindday AS counted (kind_id, day, n, first_at, last_at)
    SELECT kind_id, (at AT TIME ZONE 'UTC')::date AS day, count(*), min(at), max(at)
    FROM stored GROUP BY kind_id, day ORDER BY kind_id, day
    ON CONFLICT (kind_id, day) DO UPDATE SET n = counted.n + EXCLUDED.n,
        first_at = LEAST(counted.first_at, EXCLUDED.first_at),
        last_at = GREATEST(counted.last_at, EXCLUDED.last_at)
)
"""


STORE = f"{storing(TOLD)} SELECT n FROM incoming JOIN stored USING (kind_id, at, fingerprint)"


@dataclass(frozen=True, slots=True)
class EventRow:
    """`properties` is JSON."""

    kind_id: int
    at: datetime
    fingerprint: int
    profile_id: int
    properties: str


def fingerprint_of(content: str, profile_id: int) -> int:
    """Two people's never meet where the content is the same."""
    digest = blake2b(content.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True) ^ profile_id


def json_of(values: dict[str, Value]) -> str:
    return as_text(values) if values else "{}"


def store(rows: Sequence[EventRow]) -> set[int]:
    """The numbers of those that were new; no two are the same. Inside a transaction."""
    if not rows:
        return set()
    columns = {
        "kinds": numbers(row.kind_id for row in rows),
        "times": f"{{{','.join(row.at.isoformat() for row in rows)}}}",
        "fingerprints": numbers(row.fingerprint for row in rows),
        "profiles": numbers(row.profile_id for row in rows),
        "properties": "\n".join(row.properties for row in rows),
    }
    with connection.cursor() as cursor:
        cursor.execute(STORE, columns)
        return {n - 1 for (n,) in cursor.fetchall()}
