"""Whom a live campaign left out, or the launch of one that recurs, is forgotten after 30 days: the
message that was never to be sent, and of a live one the trigger. Tallies have counted them, and
stay.

Whoever was sent it, or was drawn by lot, stays, too: by that it is known when they may enter again,
and how those did who got nothing. So does whoever is left out once, by a campaign for one day.
"""

from datetime import timedelta
from time import monotonic
from typing import Any

from django.db import connection

from campaigns.models import CampaignKind, RunStatus, State

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

# The next people of the oldest run that has not come to its end. Whom its launch left out has no
# send key. Of two who are at it one waits, and then goes over the same people once more.
FORGET_OF_RUN = f"""
WITH run AS MATERIALIZED (
    SELECT r.id, r.last_profile_id, r.forgotten_up_to FROM campaigns_run r
    JOIN campaigns_campaign c ON c.id = r.campaign_id AND c.kind = '{CampaignKind.RECURRING}'
    WHERE r.status = '{RunStatus.FINISHED}' AND r.forgotten_up_to < r.last_profile_id
        AND r.finished_at < statement_timestamp() - %(kept)s::interval
    ORDER BY r.id LIMIT 1
),
walked AS MATERIALIZED (
    SELECT m.id, m.profile_id, m.state = {State.SUPPRESSED:d} AND m.send_key IS NULL AS is_left_out
    FROM campaigns_message m
    WHERE m.run_id = (SELECT id FROM run) AND m.profile_id > (SELECT forgotten_up_to FROM run)
    ORDER BY m.profile_id LIMIT {AT_ONCE}
),
gone AS (
    DELETE FROM campaigns_message m USING walked WHERE m.id = walked.id AND walked.is_left_out
)
UPDATE campaigns_run r SET forgotten_up_to = CASE WHEN passed.n < {AT_ONCE} THEN r.last_profile_id
    ELSE passed.last END
FROM run, (SELECT count(*) AS n, max(profile_id) AS last FROM walked) AS passed
WHERE r.id = run.id
"""


def forget_left_out(*, seconds: float = 15.0) -> None:
    """What is over after so many `seconds` goes the next time."""
    ends, kept = monotonic() + seconds, {"kept": KEPT_FOR}
    while monotonic() < ends and _do(FORGET, kept) == AT_ONCE:
        pass
    while monotonic() < ends and _do(FORGET_OF_RUN, kept):
        pass


def _do(statement: str, kept: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, kept)
        return int(cursor.rowcount)
