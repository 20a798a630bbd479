"""What people write back, credited to the campaign message that it most likely answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from campaigns.ledger.events import HEARD, PROPERTIES
from campaigns.ledger.tallies import PRESSED, count_times
from campaigns.models import BUTTON, LONGEST_BUTTON, EventName, MessageKind
from campaigns.running.entering_by_messages import hear

# The customer's clock and ours may differ, and Gupshup cuts times to seconds.
CLOCKS_DIFFER = "1 minute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`named` is the message that the customer answered, where WhatsApp says so."""

    project_id: int
    inbound_id: int
    match_key: int
    at: datetime
    named: int | None
    properties: Mapping[str, object]
    source: int | None = None


CREDIT = f"""
WITH replies AS MATERIALIZED (
    SELECT * FROM unnest(%(inbound_ids)s::bigint[], %(projects)s::bigint[], %(keys)s::bigint[],
        %(times)s::timestamptz[], %(named)s::bigint[], %(properties)s::jsonb[],
        %(sources)s::bigint[])
        AS r (inbound_id, project_id, match_key, at, named, properties, source)
),
credited AS MATERIALIZED (
    SELECT r.inbound_id, r.at, r.properties, r.source,
        COALESCE(answered.id, recent.id) AS message_id,
        CASE WHEN answered.id IS NOT NULL
                AND lower(r.properties->>'Incoming Message Type') = 'button'
            THEN NULLIF(left(r.properties->>'Incoming text', {LONGEST_BUTTON}), '') END AS button
    FROM replies r
    JOIN providers_project p ON p.id = r.project_id
    LEFT JOIN campaigns_message answered ON answered.id = r.named
        AND answered.project_id = r.project_id AND answered.kind = {MessageKind.CAMPAIGN:d}
    LEFT JOIN LATERAL (
        SELECT m.id FROM campaigns_message m
        WHERE m.project_id = r.project_id AND m.send_key = r.match_key
            AND m.kind = {MessageKind.CAMPAIGN:d}
            AND m.sent_at <= r.at + interval '{CLOCKS_DIFFER}'
            AND m.sent_at >= r.at - p.reply_window_hours * interval '1 hour'
        ORDER BY m.sent_at DESC, m.id DESC LIMIT 1
    ) AS recent ON answered.id IS NULL
),
held AS MATERIALIZED (
    SELECT m.id, m.project_id, m.profile_id, m.run_id, m.kind, m.campaign_id, m.variant_id,
        m.replied_at
    FROM campaigns_message m
    WHERE m.id IN (SELECT message_id FROM credited)
    ORDER BY m.id
    FOR NO KEY UPDATE OF m
),
written AS (
    INSERT INTO campaigns_event
        (project_id, profile_id, message_id, name, at, properties, dedupe, source)
    SELECT m.project_id, m.profile_id, m.id, '{EventName.REPLIED}', credited.at,
        {PROPERTIES} || credited.properties || jsonb_strip_nulls(
            jsonb_build_object('{BUTTON}', credited.button)), credited.inbound_id, credited.source
    FROM credited
    JOIN held m ON m.id = credited.message_id
    LEFT JOIN campaigns_campaign c ON c.id = m.campaign_id
    LEFT JOIN campaigns_variant v ON v.id = m.variant_id
    ORDER BY m.id, credited.at
    ON CONFLICT (message_id, name, dedupe) DO NOTHING
    RETURNING id, project_id, message_id, at, properties->>'{BUTTON}' AS button
),
moves AS (
    UPDATE campaigns_message m SET replied_at = LEAST(held.replied_at, firsts.at)
    FROM held JOIN (
        SELECT message_id, min(at) AS at FROM written GROUP BY message_id
    ) AS firsts ON firsts.message_id = held.id
    WHERE m.id = held.id
    RETURNING m.run_id, m.variant_id AS of_variant, held.replied_at AS was_replied_at, m.replied_at
),
counted AS ({count_times(replied=("was_replied_at", "replied_at"))}),
by_button AS (
INSERT INTO campaigns_tally (run_id, variant_id, name, n)
SELECT held.run_id, held.variant_id, '{PRESSED}' || pressed.button, count(*)
FROM (SELECT DISTINCT message_id, button FROM written WHERE button IS NOT NULL) AS pressed
JOIN held ON held.id = pressed.message_id
WHERE held.run_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM campaigns_event e WHERE e.message_id = pressed.message_id
        AND e.name = '{EventName.REPLIED}' AND e.properties->>'{BUTTON}' = pressed.button)
GROUP BY 1, 2, 3
)
SELECT inbound_id, message_id FROM credited WHERE message_id IS NOT NULL
UNION ALL SELECT NULL, unnest({HEARD})
"""


def credit(replies: Sequence[Reply]) -> dict[int, int]:
    """In the caller's transaction: inbound message → campaign message, where there is one.

    A campaign message that is named wins whatever its age; else the one last sent to that phone
    within the project's reply window.
    """
    if not replies:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            CREDIT,
            {
                "inbound_ids": [r.inbound_id for r in replies],
                "projects": [r.project_id for r in replies],
                "keys": [r.match_key for r in replies],
                "times": [r.at for r in replies],
                "named": [r.named for r in replies],
                "properties": [Jsonb(r.properties) for r in replies],
                "sources": [r.source for r in replies],
            },
        )
        rows = cursor.fetchall()
    hear([number for inbound_id, number in rows if inbound_id is None])
    return {inbound_id: number for inbound_id, number in rows if inbound_id is not None}
