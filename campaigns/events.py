"""The system events: what became of a message, as events of its person.

Each is written once, held by the unique key (message, name, dedupe), in the transaction that moves
the message. Names and properties are those that marketers know.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils import timezone

from campaigns.models import EventName, MessageKind

# SQL: what every event of a message says about where it came from; of m, c (its campaign) and v
# (its variant), which may both be missing.
PROPERTIES = f"""jsonb_strip_nulls(jsonb_build_object(
    'Campaign id', c.id, 'Campaign name', c.name,
    'Campaign type', CASE WHEN m.kind = {MessageKind.CAMPAIGN:d} THEN 'WhatsApp' END,
    'Variant', chr(65 + v.position)))"""

RECORD_SENT = f"""
INSERT INTO campaigns_event (project_id, profile_id, message_id, name, at, properties, dedupe)
SELECT m.project_id, m.profile_id, m.id, '{EventName.SENT}', COALESCE(m.sent_at, %(at)s),
    {PROPERTIES}, 0
FROM campaigns_message m
LEFT JOIN campaigns_campaign c ON c.id = m.campaign_id
LEFT JOIN campaigns_variant v ON v.id = m.variant_id
WHERE m.id = ANY(%(ids)s::bigint[])
ORDER BY m.id
ON CONFLICT (message_id, name, dedupe) DO NOTHING
"""


def record_sent(message_ids: Sequence[int], at: datetime | None = None) -> None:
    """`Notification Sent` for messages whose sent_at was just set, in the caller's transaction.

    `at` is for rows without a sent_at only (default: now).
    """
    if not message_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(RECORD_SENT, {"ids": list(message_ids), "at": at or timezone.now()})
