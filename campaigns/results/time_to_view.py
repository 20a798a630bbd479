"""How long people took from their message's being sent to their viewing it: of some of them, since
these say it as well as all, and cost the same however many there are."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from campaigns.results.speed import duration_words

MOST = 2_000  # messages that are looked at, the same number of each run
MOST_RUNS = 5  # the newest
FEWEST = 10  # people, of whom something can be said
# In the order of people, which is not that of sending: an index of each run has them.
_TIMES = """
SELECT count(*), percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (
    ORDER BY GREATEST(extract(epoch FROM m.read_at - m.sent_at), 0))
FROM unnest(%(runs)s::bigint[]) AS of_run (id)
CROSS JOIN LATERAL (
    SELECT sent_at, read_at FROM campaigns_message
    WHERE run_id = of_run.id ORDER BY profile_id LIMIT %(most)s) AS m
WHERE m.read_at IS NOT NULL AND m.sent_at IS NOT NULL
"""


def time_to_view(run_ids: Sequence[int]) -> str:
    """A sentence; empty where too few have viewed it. One query at the most."""
    newest = sorted(run_ids)[-MOST_RUNS:]
    if not newest:
        return ""
    given: dict[str, Any] = {"runs": newest, "most": MOST // len(newest)}
    with connection.cursor() as cursor:
        cursor.execute(_TIMES, given)
        people, times = cursor.fetchone()
    if people < FEWEST:
        return ""
    middle, most = (duration_words(float(seconds)) for seconds in times)
    return (
        f"From sent to viewed: the middle one of {people:,} people took {middle}; nine in ten took"
        f" {most} at the most."
    )
