"""Taking back what waits outside campaigns: replies, confirmations, tests, messages of programs.

They are about this very moment. Without a provider they would wait, and go out days later through
the next one.
"""

from django.db import connection

from campaigns.ledger.moves import drop, is_open
from campaigns.models import Lane, Outbox, OutboxState, Reason

WITHDRAW = f"""
WITH held AS MATERIALIZED (
    SELECT m.id FROM campaigns_outbox o JOIN campaigns_message m ON m.id = o.message_id
    WHERE o.project_id = %s AND o.lane IN ({Lane.URGENT:d}, {Lane.DIRECT:d})
        AND o.state = {OutboxState.READY:d}
    ORDER BY m.id FOR UPDATE OF m, o
),
gone AS (DELETE FROM campaigns_outbox o USING held h WHERE o.message_id = h.id)
UPDATE campaigns_message m
SET {drop(f"'{Reason.DISCONNECTED}'")}
FROM held h WHERE m.id = h.id AND {is_open("m.state")}
"""


def count_waiting(project_id: int) -> int:
    lanes = [Lane.URGENT, Lane.DIRECT]
    waiting = Outbox.objects.filter(project=project_id, lane__in=lanes, state=OutboxState.READY)
    return waiting.count()


def withdraw(project_id: int) -> None:
    """What is being sent at this moment goes on."""
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, [project_id])
