"""Whoever is due in their quiet hours is put off until these are over, or dropped, many at a time.

A claim passes them by and comes back with fewer than it may have: then this looks at those who are
due first. So it costs nothing where everybody is awake, and a thousand who sleep don't hold up
whoever is due after them.
"""

from collections.abc import Sequence

from django.db import connection

from campaigns.gates.quiet_hours import OVER, QUIET
from campaigns.ledger.moves import AS_IT_WAS
from campaigns.models import CampaignKind, CampaignStatus, Lane, OutboxState, Reason
from campaigns.running.turning_triggers import MAY_WAIT
from campaigns.sending.dropping import DROP_HELD
from campaigns.sending.finding_due import Due

AT_ONCE = 1_000  # of each campaign

_ASLEEP = f"""due AS MATERIALIZED (
    SELECT waiting.message_id FROM unnest(%(campaigns)s::bigint[]) AS wanted (id)
    JOIN campaigns_campaign c ON c.id = wanted.id AND c.status = '{CampaignStatus.RUNNING}'
    CROSS JOIN LATERAL (
        SELECT o.message_id FROM campaigns_outbox o
        WHERE o.lane = {Lane.BULK:d} AND o.campaign_id = c.id
            AND o.state = {OutboxState.READY:d} AND o.due_at <= statement_timestamp()
        ORDER BY o.due_at, o.message_id LIMIT {AT_ONCE}
    ) AS waiting
),
looked_up AS MATERIALIZED (
    SELECT m.id, m.campaign_id, {OVER} AS over
    FROM due JOIN campaigns_message m ON m.id = due.message_id
    LEFT JOIN campaigns_profile p ON p.id = m.profile_id
    CROSS JOIN {QUIET}
),
asleep AS (SELECT id, campaign_id, to_timestamp(over) AS over FROM looked_up WHERE over IS NOT NULL)
"""

# Of a live campaign the cut-off counts from the end of the quiet hours. Whose time is over already
# is left to reconciling.py.
PUT_OFF = f"""
WITH {_ASLEEP},
held AS MATERIALIZED (
    SELECT o.message_id, asleep.over, asleep.campaign_id
    FROM asleep JOIN campaigns_outbox o ON o.message_id = asleep.id
        AND o.state = {OutboxState.READY:d}
        AND COALESCE(o.expires_at > statement_timestamp(), true)
    ORDER BY o.message_id FOR UPDATE OF o SKIP LOCKED
)
UPDATE campaigns_outbox o SET due_at = h.over,
    expires_at = CASE WHEN c.kind = '{CampaignKind.LIVE}'
        THEN GREATEST(o.expires_at, h.over + {MAY_WAIT}) ELSE o.expires_at END
FROM held h JOIN campaigns_campaign c ON c.id = h.campaign_id WHERE o.message_id = h.message_id
"""

DROP_ASLEEP = f"""
WITH {_ASLEEP},
held AS MATERIALIZED (
    SELECT m.id, {AS_IT_WAS}, '{Reason.QUIET_HOURS}' AS reason
    FROM asleep JOIN campaigns_message m ON m.id = asleep.id
    JOIN campaigns_outbox o ON o.message_id = m.id AND o.state = {OutboxState.READY:d}
    ORDER BY m.id FOR UPDATE OF m, o SKIP LOCKED
),
{DROP_HELD}
"""


def put_off(due: Due) -> None:
    """Nothing where none of its campaigns has quiet hours."""
    quiet = [campaign for campaign in due.campaigns if campaign.quiet is not None]
    _execute(PUT_OFF, due, [campaign.id for campaign in quiet if not campaign.drops])
    _execute(DROP_ASLEEP, due, [campaign.id for campaign in quiet if campaign.drops])


def _execute(sql: str, due: Due, campaigns: Sequence[int]) -> None:
    if campaigns:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"campaigns": list(campaigns), "quiet": due.clocks})
