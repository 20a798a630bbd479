"""What somebody did and what became of their messages, summed up by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from campaigns.models import Profile

# A look into the index for each name.
SUMS = """
SELECT wanted.id, k.name, told.n, told.first_at, told.last_at
FROM campaigns_eventkind k CROSS JOIN unnest(%(profiles)s::bigint[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT count(*) AS n, min(at) AS first_at, max(at) AS last_at FROM campaigns_occurrence o
    WHERE o.profile_id = wanted.id AND o.kind_id = k.id
) told WHERE k.project_id = %(project)s AND told.n > 0
UNION ALL
SELECT profile_id, name, count(*), min(at), max(at) FROM campaigns_event
WHERE profile_id = ANY (%(profiles)s) GROUP BY profile_id, name
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class EventSum:
    name: str
    count: int
    first_at: datetime
    last_at: datetime


def sums_of(person: Profile) -> list[EventSum]:
    return sums_of_each(person.project_id, [person.pk]).get(person.pk, [])


def sums_of_each(project_id: int, people: Sequence[int]) -> dict[int, list[EventSum]]:
    """Of those who did anything."""
    sums: dict[int, list[EventSum]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"profiles": list(people), "project": project_id})
        for profile_id, *row in cursor.fetchall():
            sums.setdefault(profile_id, []).append(EventSum(*row))
    return sums
