"""Whom a live campaign left out is forgotten after 30 days: the trigger, and the message that was
never to be sent. Tallies have counted them, and stay.

Whoever was sent it, or was drawn by lot, stays, too: by that it is known when they may enter again.
"""

from datetime import timedelta
from time import monotonic
from typing import Any

from django.db import connection

from campaigns.models import State

KEPT_FOR = timedelta(days=30)
AT_ONCE = 5_000

FORGET = f"""
WITH old AS MATERIALIZED (
    SELECT id, campaign_id, profile_id FROM campaigns_trigger
    WHERE reason > '' AND ended_at < statement_timestamp() - %(kept)s::interval
    ORDER BY ended_at LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM campaigns_message m USING old
    JOIN campaigns_run r ON r.campaign_id = old.campaign_id
    WHERE m.run_id = r.id AND m.profile_id = old.profile_id AND m.entry = old.id
        AND m.state = {State.SUPPRESSED:d}
)
DELETE FROM campaigns_trigger t USING old WHERE t.id = old.id
"""


def forget_left_out(*, seconds: float = 15.0) -> None:
    """What is over after so many `seconds` goes the next time."""
    ends, kept = monotonic() + seconds, {"kept": KEPT_FOR}
    while monotonic() < ends and _forget_some(kept) == AT_ONCE:
        pass


def _forget_some(kept: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FORGET, kept)
        return int(cursor.rowcount)
