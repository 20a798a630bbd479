"""How many events of a name came on a day: counted in parts, and put together when the day is over.

Whoever stores events holds the counts that they add to until they commit, and everybody counts the
same names on the same day. In one row a day they would all wait for each other's commits.
"""

from datetime import datetime, timedelta

from django.db import connection

PARTS = 8
# An upload may bring what is older, and counts it in parts again.
KEPT_IN_PARTS = timedelta(days=2)

_ADD = """
    ON CONFLICT (kind_id, day, part) DO UPDATE SET n = counted.n + EXCLUDED.n,
        first_at = LEAST(counted.first_at, EXCLUDED.first_at),
        last_at = GREATEST(counted.last_at, EXCLUDED.last_at)
"""
# Who waits for a part waits for this, and this waits for those alone who count in the first part.
_PUT_TOGETHER = f"""
WITH parts AS (
    DELETE FROM campaigns_eventkindday WHERE id = ANY(ARRAY(
        SELECT id FROM campaigns_eventkindday WHERE part > 0 AND day < %s FOR UPDATE SKIP LOCKED))
    RETURNING kind_id, day, n, first_at, last_at
)
INSERT INTO campaigns_eventkindday AS counted (kind_id, day, part, n, first_at, last_at)
SELECT kind_id, day, 0, sum(n), min(first_at), max(last_at)
FROM parts GROUP BY kind_id, day ORDER BY kind_id, day {_ADD}
"""


def counting(new: str) -> str:
    """SQL that counts `new` (kind_id, at), always in the same order, so that nobody waits in a
    circle. Each connection has a part of its own, or shares it with a few."""
    return f"""
    INSERT INTO campaigns_eventkindday AS counted (kind_id, day, part, n, first_at, last_at)
    SELECT kind_id, (at AT TIME ZONE 'UTC')::date AS day, pg_backend_pid() %% {PARTS}, count(*),
        min(at), max(at)
    FROM {new} GROUP BY kind_id, day ORDER BY kind_id, day {_ADD}"""


def put_days_together(*, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PUT_TOGETHER, [(now - KEPT_IN_PARTS).date()])
