"""How many people each project has, day by day, and how that number grows."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from campaigns.models import PeopleCount
from providers.models import Project

WEEK = timedelta(days=7)
# One statement for all projects, and none of those that have theirs of today.
_COUNT = """
INSERT INTO campaigns_peoplecount (project_id, day, people)
SELECT p.id, %(day)s, (SELECT count(*) FROM campaigns_profile WHERE project_id = p.id)
FROM providers_project p
WHERE NOT EXISTS (
    SELECT FROM campaigns_peoplecount WHERE project_id = p.id AND day = %(day)s
)
ON CONFLICT DO NOTHING
"""


def count_people(*, day: date) -> int:
    """How many projects were counted."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"day": day})
        return int(cursor.rowcount)


@dataclass(frozen=True, slots=True)
class Growth:
    people: int
    week_before: int

    @property
    def words(self) -> str:
        more = self.people - self.week_before
        if not more:
            return f"{self.people:,}, as many as a week before"
        return (
            f"{self.people:,}: {abs(more):,} {'more' if more > 0 else 'fewer'} than a week before"
        )


def growth_of(project: Project) -> Growth | None:
    """By the newest count, of last night; None until there is one of a week before."""
    counts = PeopleCount.objects.filter(project=project).order_by("-day")
    newest = counts.values_list("day", "people").first()
    if newest is None:
        return None
    day, people = newest
    before = counts.filter(day__lte=day - WEEK, day__gt=day - 2 * WEEK).values_list("people")
    found = before.first()
    return Growth(people, found[0]) if found else None
