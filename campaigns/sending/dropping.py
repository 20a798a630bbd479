"""What statements share that give messages up which wait, however many, each with its reason."""

from campaigns.ledger.moves import counted, drop, is_open
from campaigns.ledger.tallies import COUNT_MOVES

# After a CTE `held` of m, with what it was (AS_IT_WAS) and the reason why it gets nothing.
DROP_HELD = f"""gone AS (DELETE FROM campaigns_outbox o USING held h WHERE o.message_id = h.id),
moves AS (
    UPDATE campaigns_message m SET {drop("h.reason")}
    FROM held h WHERE m.id = h.id AND {is_open("m.state")}
    RETURNING {counted("h")}
),
counted AS ({COUNT_MOVES})
SELECT count(*) FROM held"""
