"""A run's numbers: what a move adds to them, what they add up to, and how deltas are folded.

Every statement that moves messages counts its own moves (`COUNT_MOVES`), so the numbers equal a
recount of the message rows after every commit.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.db.models import Sum

from campaigns.models import State, Tally

QUARTER = timedelta(minutes=15)
# Tallies of buttons, with the words on them: clicks, who clicked, who pressed a quick reply.
LINK, LINK_PEOPLE, PRESSED = "link:", "link_people:", "pressed:"

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


def quarter_of(time: str) -> str:
    """SQL: the UTC quarter of an hour that a time lies in. Hours would not do: there are zones that
    are half an hour, or three quarters, off."""
    return f"date_bin('{QUARTER}', {time}, timestamptz 'epoch')"


def _failed_in(state: str, failed_at: str) -> str:
    failed = f"{State.UNKNOWN:d}, {State.FAILED:d}"
    return f"CASE WHEN {state} IN ({failed}) THEN {quarter_of(failed_at)} END"


# To follow a CTE `moves`, one row per moved message, with the columns that ledger/moves.py calls
# `counted`. A move that changes nothing adds up to nothing; a time that was corrected is taken from
# one quarter and added to another. Reasons have no series of their own.
COUNT_MOVES = f"""
INSERT INTO campaigns_tally (run_id, variant_id, name, quarter, n)
SELECT run_id, of_variant, name, quarter, sum(n) FROM (
    SELECT run_id, of_variant, {name_of("was")} AS name,
        {_failed_in("was", "was_failed_at")} AS quarter, -1 AS n FROM moves
    UNION ALL SELECT run_id, of_variant, {name_of("now")},
        {_failed_in("now", "now_failed_at")}, 1 FROM moves
    UNION ALL SELECT run_id, of_variant, {label_of("was", "was_reason", "was_code")}, NULL, -1
        FROM moves
    UNION ALL SELECT run_id, of_variant, {label_of("now", "reason", "code")}, NULL, 1 FROM moves
    UNION ALL SELECT run_id, of_variant, 'sent', {quarter_of("was_sent_at")}, -1 FROM moves
        WHERE was_sent_at IS NOT NULL
    UNION ALL SELECT run_id, of_variant, 'sent', {quarter_of("now_sent_at")}, 1 FROM moves
        WHERE now_sent_at IS NOT NULL
) AS deltas
WHERE run_id IS NOT NULL AND name IS NOT NULL
GROUP BY run_id, of_variant, name, quarter
HAVING sum(n) <> 0
"""


def count_times(**names: tuple[str, str]) -> str:
    """SQL: like COUNT_MOVES, of a `moves` with run_id and of_variant; name → the columns of its
    time before and now, either may be NULL."""
    rows = ", ".join(
        f"('{name}', {quarter_of(before)}, -1), ('{name}', {quarter_of(after)}, 1)"
        for name, (before, after) in names.items()
    )
    return f"""
INSERT INTO campaigns_tally (run_id, variant_id, name, quarter, n)
SELECT run_id, of_variant, times.name, times.quarter, sum(times.n)
FROM moves CROSS JOIN LATERAL (VALUES {rows}) AS times (name, quarter, n)
WHERE run_id IS NOT NULL AND times.quarter IS NOT NULL
GROUP BY run_id, of_variant, times.name, times.quarter
HAVING sum(times.n) <> 0
"""


# Only what is new is looked at, and those sums that it adds to.
FOLD = """
WITH fresh AS (
    DELETE FROM campaigns_tally WHERE run_id = %(run)s AND NOT folded
    RETURNING variant_id, name, quarter, n
),
sums AS (SELECT variant_id, name, quarter, sum(n) AS n FROM fresh GROUP BY 1, 2, 3),
before AS (
    DELETE FROM campaigns_tally t USING sums
    WHERE t.run_id = %(run)s AND t.folded AND t.name = sums.name
        AND t.variant_id IS NOT DISTINCT FROM sums.variant_id
        AND t.quarter IS NOT DISTINCT FROM sums.quarter
    RETURNING t.variant_id, t.name, t.quarter, t.n
)
INSERT INTO campaigns_tally (run_id, variant_id, name, quarter, n, folded)
SELECT %(run)s, variant_id, name, quarter, sum(n), true
FROM (SELECT * FROM sums UNION ALL SELECT * FROM before) AS added
GROUP BY variant_id, name, quarter HAVING sum(n) <> 0
"""
FOLD_FROM = 20  # deltas of a run
RUNS_TO_FOLD = f"""
SELECT run_id FROM campaigns_tally WHERE NOT folded GROUP BY run_id HAVING count(*) > {FOLD_FROM}
"""


def totals(run_ids: Iterable[int]) -> dict[str, int]:
    """Every number of these runs together; a name that is missing stands for 0."""
    rows = Tally.objects.filter(run_id__in=list(run_ids)).values_list("name").annotate(Sum("n"))
    return defaultdict(int, {name: total for name, total in rows if total})


def totals_by_variant(run_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """As `totals`, of each variant by its number."""
    rows = Tally.objects.filter(run_id__in=list(run_ids), variant__isnull=False)
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for variant, name, total in rows.values_list("variant", "name").annotate(Sum("n")):
        if total:
            found[variant][name] = total
    return found


def fold() -> int:
    """Replaces the deltas of busy runs by their sums. How many runs were folded."""
    with connection.cursor() as cursor:
        cursor.execute(RUNS_TO_FOLD)
        run_ids = [row[0] for row in cursor.fetchall()]
        for run_id in run_ids:
            cursor.execute(FOLD, {"run": run_id})
    return len(run_ids)
