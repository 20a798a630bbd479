"""A run's numbers: what a move adds to them, what they add up to, and how deltas are folded.

Every statement that moves messages counts its own moves (`COUNT_MOVES`), so the numbers equal a
recount of the message rows after every commit.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection
from django.db.models import Sum

from campaigns.models import State, Tally

# What a message is counted as by its state; sent, delivered and read are counted by their times.
STATE_NAMES = {
    State.QUEUED: "queued",
    State.SUPPRESSED: "suppressed",
    State.IN_DOUBT: "in_doubt",
    State.UNKNOWN: "failed",
    State.FAILED: "failed",
}


def name_of(state: str) -> str:
    """SQL: the tally that a state column is counted in, or NULL."""
    cases = " ".join(f"WHEN {int(number)} THEN '{name}'" for number, name in STATE_NAMES.items())
    return f"CASE {state} {cases} END"


def label_of(state: str, reason: str, code: str) -> str:
    """SQL: the tally of why a message is suppressed or failed, or NULL. Like failed:reported:003:
    without its reason a code says little, as an answer's 101 is not a report's."""
    return f"""CASE {state}
        WHEN {State.SUPPRESSED:d} THEN 'suppressed:' || {reason}
        WHEN {State.UNKNOWN:d} THEN 'failed:unknown'
        WHEN {State.FAILED:d}
        THEN left('failed:' || {reason} || COALESCE(':' || NULLIF({code}, ''), ''), 60) END"""


# To follow a CTE `moves`, one row per moved message, with the columns run_id, newly_sent,
# was, was_reason, was_code, now, reason, code. A move that changes nothing adds up to nothing.
COUNT_MOVES = f"""
INSERT INTO campaigns_tally (run_id, name, n)
SELECT run_id, name, sum(n) FROM (
    SELECT run_id, {name_of("was")} AS name, -1 AS n FROM moves
    UNION ALL SELECT run_id, {name_of("now")}, 1 FROM moves
    UNION ALL SELECT run_id, {label_of("was", "was_reason", "was_code")}, -1 FROM moves
    UNION ALL SELECT run_id, {label_of("now", "reason", "code")}, 1 FROM moves
    UNION ALL SELECT run_id, 'sent', 1 FROM moves WHERE newly_sent
) AS deltas
WHERE run_id IS NOT NULL AND name IS NOT NULL
GROUP BY run_id, name
HAVING sum(n) <> 0
"""

FOLD = """
WITH gone AS (DELETE FROM campaigns_tally WHERE run_id = %s RETURNING name, n)
INSERT INTO campaigns_tally (run_id, name, n)
SELECT %s, name, sum(n) FROM gone GROUP BY name HAVING sum(n) <> 0
"""
RUNS_TO_FOLD = """
SELECT run_id FROM campaigns_tally GROUP BY run_id HAVING count(*) > count(DISTINCT name) + 20
"""


def totals(run_ids: Iterable[int]) -> dict[str, int]:
    """Every number of these runs together; a name that is missing stands for 0."""
    rows = Tally.objects.filter(run_id__in=list(run_ids)).values_list("name").annotate(Sum("n"))
    return defaultdict(int, {name: total for name, total in rows if total})


def fold() -> int:
    """Replaces the deltas of busy runs by their sums. How many runs were folded."""
    with connection.cursor() as cursor:
        cursor.execute(RUNS_TO_FOLD)
        run_ids = [row[0] for row in cursor.fetchall()]
        for run_id in run_ids:
            cursor.execute(FOLD, [run_id, run_id])
    return len(run_ids)
