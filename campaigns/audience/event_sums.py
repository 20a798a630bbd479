"""What somebody did and what became of their messages, summed up by name."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from campaigns.models import Profile

# A look into the index for each name.
SUMS = """
SELECT k.name, told.n, told.first_at, told.last_at
FROM campaigns_eventkind k CROSS JOIN LATERAL (
    SELECT count(*) AS n, min(at) AS first_at, max(at) AS last_at FROM campaigns_occurrence o
    WHERE o.profile_id = %(profile)s AND o.kind_id = k.id
) told WHERE k.project_id = %(project)s AND told.n > 0
UNION ALL
SELECT name, count(*), min(at), max(at) FROM campaigns_event
WHERE profile_id = %(profile)s GROUP BY name
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class EventSum:
    name: str
    count: int
    first_at: datetime
    last_at: datetime


def sums_of(person: Profile) -> list[EventSum]:
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"profile": person.pk, "project": person.project_id})
        return [EventSum(*row) for row in cursor.fetchall()]
