"""Erasing some people at once, in one transaction.

Whom a message is being sent to at this moment has to wait until its answer is recorded: seconds,
or the end of a lease. So nothing writes of them afterwards, and the message ends as it went.
"""

from collections.abc import Collection, Sequence
from functools import partial

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from campaigns.audience.erasing.forgetting_starts import note_starts
from campaigns.audience.erasing.stops import remember_phones
from campaigns.audience.erasing.whose import Whose, whose
from campaigns.ledger.moves import AS_IT_WAS, counted, drop, is_open
from campaigns.ledger.tallies import COUNT_MOVES
from campaigns.models import OutboxState, Reason
from providers.erasure.registry import wipe

# Before anything else is locked, and ascending: an import or somebody's page waits for us, or we
# for them, never both.
LOCK_PEOPLE = """
SELECT id FROM campaigns_profile WHERE id = ANY(%(profiles)s::bigint[]) ORDER BY id FOR UPDATE
"""
WITHDRAW = f"""
WITH held AS MATERIALIZED (
    SELECT m.id, {AS_IT_WAS} FROM campaigns_outbox o JOIN campaigns_message m ON m.id = o.message_id
    WHERE o.message_id = ANY(%(messages)s::bigint[]) AND o.state <> {OutboxState.CLAIMED:d}
    ORDER BY m.id FOR UPDATE OF m, o
),
gone AS (DELETE FROM campaigns_outbox o USING held h WHERE o.message_id = h.id),
moves AS (
    UPDATE campaigns_message m SET {drop(f"'{Reason.ERASED}'")}
    FROM held h WHERE m.id = h.id AND {is_open("m.state")}
    RETURNING {counted("h")}
),
counted AS ({COUNT_MOVES})
SELECT count(*) FROM held
"""
BEING_SENT = """
SELECT m.profile_id, m.send_key
FROM campaigns_outbox o JOIN campaigns_message m ON m.id = o.message_id
WHERE o.message_id = ANY(%(messages)s::bigint[])
"""
WITH_PHONES = """
SELECT id FROM campaigns_profile
WHERE id = ANY(%(profiles)s::bigint[]) AND match_key = ANY(%(busy)s::bigint[])
"""


@transaction.atomic
def erase_at_once(project_id: int, profiles: Sequence[int]) -> list[int]:
    """Those of them who are erased; the others are being sent to, and come later."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_PEOPLE, {"profiles": list(profiles)})
    theirs = whose(project_id, profiles)
    _withdraw(theirs)
    if busy := _being_sent_to(theirs):
        theirs = whose(project_id, [number for number in profiles if number not in busy])
    remember_phones(project_id, theirs.keys, at=timezone.now())
    note_starts(theirs.profiles)
    files = wipe(theirs.parameters)
    transaction.on_commit(partial(_delete_files, files))
    return theirs.profiles


def _withdraw(theirs: Whose) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, theirs.parameters)


def _being_sent_to(theirs: Whose) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(BEING_SENT, theirs.parameters)
        sent = cursor.fetchall()
        if not sent:
            return set()
        cursor.execute(WITH_PHONES, {**theirs.parameters, "busy": [key for _, key in sent]})
        return {number for (number,) in cursor.fetchall()} | {number for number, _ in sent}


def _delete_files(names: Collection[str]) -> None:
    for name in names:
        default_storage.delete(name)
