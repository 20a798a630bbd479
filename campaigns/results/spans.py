"""What happened in a project in spans of time, from the tallies: no message row is read here.

Only runs of the weeks before count: what happens to a message happens soon after it was sent, and
so a project of years costs no more than one of months.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from providers.models import Project

RUNS_BEFORE = timedelta(days=30)
_SUMS = """
SELECT w.number, t.name, sum(t.n)::bigint
FROM campaigns_campaign c
JOIN campaigns_run r ON r.campaign_id = c.id AND r.started_at >= %(runs)s
JOIN campaigns_tally t ON t.run_id = r.id AND t.name = ANY(%(names)s)
JOIN unnest(%(firsts)s::timestamptz[], %(lasts)s::timestamptz[]) WITH ORDINALITY
    AS w (first, last, number) ON t.quarter >= w.first AND t.quarter < w.last
WHERE c.project_id = %(project)s GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Span:
    """From `first` until `last` begins, which are quarters of an hour."""

    first: datetime
    last: datetime


def numbers_in(
    project: Project, spans: Sequence[Span], *, names: Collection[str]
) -> list[Mapping[str, int]]:
    """Of each span; one query, however many messages."""
    found: list[dict[str, int]] = [{} for _ in spans]
    given: dict[str, Any] = {
        "project": project.pk,
        "names": list(names),
        "firsts": [span.first for span in spans],
        "lasts": [span.last for span in spans],
        "runs": min(span.first for span in spans) - RUNS_BEFORE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, given)
        for number, name, n in cursor.fetchall():
            found[number - 1][name] = n
    return list(found)
