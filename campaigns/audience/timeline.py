"""What somebody did and what became of their messages, in one line of time, the newest first.

Read by key: a page costs the same however much lies behind it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.models import Profile

PAGE = 50
# A look into the index for each name and month; of a person with very many events, too.
NEWEST = """
SELECT * FROM (
    SELECT newest.at, 1 AS origin, newest.fingerprint AS number, k.name, newest.properties::text
    FROM campaigns_eventkind k CROSS JOIN LATERAL (
        SELECT at, fingerprint, properties FROM campaigns_occurrence o
        WHERE o.profile_id = %(profile)s AND o.kind_id = k.id AND o.at <= %(at)s::timestamptz
            AND (o.at, 1, o.fingerprint) < (%(at)s::timestamptz, %(origin)s, %(number)s)
        ORDER BY o.at DESC, o.fingerprint DESC LIMIT %(most)s
    ) newest WHERE k.project_id = %(project)s
    UNION ALL
    (SELECT at, 0, id, name, properties::text FROM campaigns_event e
    WHERE e.profile_id = %(profile)s AND e.at <= %(at)s::timestamptz
        AND (e.at, 0, e.id) < (%(at)s::timestamptz, %(origin)s, %(number)s)
    ORDER BY e.at DESC, e.id DESC LIMIT %(most)s)
) AS both_kinds ORDER BY at DESC, origin DESC, number DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends; the next one begins behind it."""

    at: datetime
    origin: int
    number: int


TOP: dict[str, Any] = {"at": "infinity", "origin": 2, "number": 0}


@dataclass(frozen=True, slots=True)
class Entry:
    place: Place
    name: str
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TimelinePage:
    entries: Sequence[Entry]
    older: Place | None


def newest_of(profile: Profile, *, behind: Place | None = None, most: int = PAGE) -> TimelinePage:
    whose: dict[str, Any] = {"profile": profile.pk, "project": profile.project_id, "most": most + 1}
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, whose | (asdict(behind) if behind else TOP))
        rows = cursor.fetchall()
    entries = [
        Entry(Place(at, origin, number), name, json.loads(properties))
        for at, origin, number, name, properties in rows
    ]
    shown = entries[:most]
    return TimelinePage(shown, older=shown[-1].place if len(entries) > most else None)
