"""The system events: what became of a message, as events of its person.

Each is written once, held by the unique key (message, name, dedupe), in the transaction that moves
the message. Names and properties are those that marketers know.
"""

from collections.abc import Sequence

from django.db import connection

from campaigns.models import CampaignStatus, EventName, MessageKind

# SQL: what every event of a message says about where it came from; of m (the message, or at least
# its kind), c (its campaign) and v (its variant), which may both be missing.
PROPERTIES = f"""jsonb_strip_nulls(jsonb_build_object(
    'Campaign id', c.id, 'Campaign name', c.name,
    'Campaign type', CASE WHEN m.kind = {MessageKind.CAMPAIGN:d} THEN 'WhatsApp' END,
    'Variant', chr(65 + v.position), 'Provider', 'Gupshup'))"""


def _first_times(sent: str, delivered: str, viewed: str) -> str:
    """SQL, to follow a CTE `moves`, one row per moved message, with the columns id, project_id,
    profile_id, kind, campaign_id, variant_id, sent_at, delivered_at, read_at and newly_sent,
    _delivered, _read. The arguments are what tells the callback that each was told by."""
    return f"""
WITH origin AS MATERIALIZED (
    SELECT m.kind, m.campaign_id, m.variant_id, {PROPERTIES} AS properties
    FROM (SELECT DISTINCT kind, campaign_id, variant_id FROM moves) AS m
    LEFT JOIN campaigns_campaign c ON c.id = m.campaign_id
    LEFT JOIN campaigns_variant v ON v.id = m.variant_id
)
INSERT INTO campaigns_event
    (project_id, profile_id, message_id, name, at, properties, dedupe, source)
SELECT moves.project_id, moves.profile_id, moves.id, happened.name, happened.at,
    origin.properties, 0, happened.source
FROM moves
JOIN origin ON origin.kind = moves.kind
    AND COALESCE(origin.campaign_id, 0) = COALESCE(moves.campaign_id, 0)
    AND COALESCE(origin.variant_id, 0) = COALESCE(moves.variant_id, 0)
CROSS JOIN LATERAL (VALUES
    ('{EventName.SENT}', moves.sent_at, moves.newly_sent, {sent}),
    ('{EventName.DELIVERED}', moves.delivered_at, moves.newly_delivered, {delivered}),
    ('{EventName.VIEWED}', moves.read_at, moves.newly_read, {viewed})
) AS happened (name, at, is_new, source)
WHERE happened.is_new
ORDER BY moves.id
ON CONFLICT (message_id, name, dedupe) DO NOTHING
RETURNING id, project_id
"""


# SQL after a CTE `written` of such events, with their id and project_id: the ids of those that a
# live campaign may wait for. Where none waits for any, that is one look into an index.
HEARD = f"""ARRAY(SELECT id FROM written WHERE project_id = ANY(ARRAY(
    SELECT c.project_id FROM campaigns_campaign c
    WHERE (c.awaited_message > '' OR c.averted_by_message > '')
        AND c.status IN ('{CampaignStatus.RUNNING}', '{CampaignStatus.PAUSED}'))))"""
WRITE_FIRST_TIMES = _first_times(*["NULL::bigint"] * 3)
WRITE_REPORTED_TIMES = _first_times("sent_source", "delivered_source", "read_source")

# A report that overtook an earlier one had lent its time to both; the message knows better now.
CORRECT_TIMES = f"""
UPDATE campaigns_event e SET at = happened.at
FROM campaigns_message m CROSS JOIN LATERAL (VALUES
    ('{EventName.SENT}', m.sent_at),
    ('{EventName.DELIVERED}', m.delivered_at),
    ('{EventName.VIEWED}', m.read_at)
) AS happened (name, at)
WHERE m.id = ANY(%s::bigint[]) AND e.message_id = m.id AND e.name = happened.name
    AND e.dedupe = 0 AND e.at > happened.at
"""


def correct_times(message_ids: Sequence[int]) -> None:
    """After earlier times became known, in the caller's transaction."""
    if not message_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(CORRECT_TIMES, [list(message_ids)])
