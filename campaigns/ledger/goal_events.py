"""Events that a goal may be about are noted in the transaction that stores them: who credits them
(running/crediting.py) finds each, whatever dies meanwhile.

Where no goal is open about an event of this name, that is one look into an index.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import connection

from campaigns.ledger.array_texts import numbers
from campaigns.ledger.happenings import Happening

# A worker's clock and PostgreSQL's, by less.
CLOCKS_DIFFER = timedelta(hours=1)


def noting(stored: str) -> str:
    """SQL: notes those of `stored` (kind_id, at, fingerprint, profile_id) that may count: of a file
    with years of events, those alone that came after a goal. What lies in the future is looked at
    when its time has come."""
    return f"""INSERT INTO campaigns_goalevent (kind_id, at, fingerprint, profile_id, look_at)
    SELECT kind_id, at, fingerprint, profile_id, GREATEST(statement_timestamp(), at)
    FROM {stored} AS s WHERE EXISTS (SELECT FROM campaigns_goal g WHERE g.is_open
        AND g.kind_id = s.kind_id AND g.opened_at <= s.at + interval '{CLOCKS_DIFFER}')"""


NOTE = noting("""(SELECT * FROM unnest(%(kinds)s::bigint[], %(times)s::timestamptz[],
        %(fingerprints)s::bigint[], %(profiles)s::bigint[])
        AS told (kind_id, at, fingerprint, profile_id))""")


IS_GOAL = "EXISTS (SELECT FROM campaigns_goal g WHERE g.is_open AND g.kind_id = {kind})"


def note(happened: Sequence[Happening]) -> None:
    """A listener of happenings."""
    if not _is_goal({one.kind_id for one in happened}):
        return
    columns = {
        "kinds": numbers(one.kind_id for one in happened),
        "times": f"{{{','.join(one.at.isoformat() for one in happened)}}}",
        "fingerprints": numbers(one.fingerprint for one in happened),
        "profiles": numbers(one.profile_id for one in happened),
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE, columns)


def _is_goal(kinds: Iterable[int]) -> bool:
    asked = IS_GOAL.format(kind="ANY(%s::bigint[])")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}", [numbers(kinds)])
        found: bool = cursor.fetchone()[0]
    return found
