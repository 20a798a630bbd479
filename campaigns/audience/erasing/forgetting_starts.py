"""How MSG-whatsapp began of people who came together is one row for all of them. It goes once the
last of them is erased.

An erasure notes from which starts it takes people; whether anybody is left is looked at later, as
that means going through all people.
"""

from collections.abc import Collection

from django.db import connection, transaction

AT_ONCE = 5_000

# Noted anew though it may be noted already: so an erasure waits for whoever is looking, who did not
# see that these people go.
NOTE = """
WITH theirs AS MATERIALIZED (
    SELECT id FROM campaigns_subscriptionstart WHERE id IN (
        SELECT subscription_start_id FROM campaigns_profile
        WHERE id = ANY(%(profiles)s::bigint[]))
    ORDER BY id FOR UPDATE
)
UPDATE campaigns_subscriptionstart s SET has_lost_people = true FROM theirs WHERE s.id = theirs.id
"""
HOLD = f"""
SELECT id FROM campaigns_subscriptionstart WHERE has_lost_people
ORDER BY id LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED
"""
# Nobody ever points to a start but who came with it, so one that nobody points to stays so, unless
# an import holds it that goes on. There is no index by which to find them, as an import would pay
# for it: people are gone through once.
FORGET = """
WITH in_use AS MATERIALIZED (
    SELECT DISTINCT p.subscription_start_id AS id FROM campaigns_profile p
    JOIN campaigns_subscriptionstart s ON s.id = p.subscription_start_id
    WHERE s.id = ANY(%(held)s::bigint[])
),
kept AS (
    UPDATE campaigns_subscriptionstart s SET has_lost_people = false FROM in_use
    WHERE s.id = in_use.id
)
DELETE FROM campaigns_subscriptionstart s WHERE s.id = ANY(%(held)s::bigint[])
    AND s.id NOT IN (SELECT id FROM in_use)
"""


def note_starts(profiles: Collection[int]) -> None:
    """In the transaction that erases these people, while they are still there."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, {"profiles": list(profiles)})


@transaction.atomic
def forget_starts() -> int:
    """Of so many nobody was left; the rest of very many goes the next time."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD)
        held = [number for (number,) in cursor.fetchall()]
        if not held:
            return 0
        cursor.execute(FORGET, {"held": held})
        return int(cursor.rowcount)
