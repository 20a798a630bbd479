"""Deleting what is not kept any more: raw callbacks, inbound messages, events.

Oldest first, a small batch in each transaction and a pause after it, so that nobody waits for it;
a row that somebody holds is left for the next time. Numbers of campaigns do not change by it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from callbacks.models import ReceiptState

BATCH = 1_000
SECONDS = 15.0
PAUSE = 0.05  # seconds

# Ids grow with time: the oldest rows are the first ones, and no index on the time is needed.
OLDEST = """
SELECT id FROM (
    SELECT id, {time} AS at, {may_go} AS may_go FROM {table} ORDER BY id LIMIT %(batch)s
) AS oldest WHERE at < %(before)s AND may_go
"""
HELD = "SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR UPDATE SKIP LOCKED"


@dataclass(frozen=True, slots=True)
class Kept:
    """`first` are statements for what points at the rows."""

    table: str
    time: str
    days: str  # the name of a setting
    may_go: str = "true"
    first: tuple[str, ...] = ()
    files: str = ""  # a column with the name of a file that goes with its row


KEPT = (
    Kept(
        "callbacks_receipt",
        "received_at",
        "RECEIPT_KEEP_DAYS",
        f"state <> {ReceiptState.WAITING:d}",
        (
            "UPDATE callbacks_inboundmessage SET receipt_id = NULL WHERE receipt_id = ANY(%s)",
            "UPDATE callbacks_accountnews SET receipt_id = NULL WHERE receipt_id = ANY(%s)",
            "DELETE FROM callbacks_parkedfact WHERE receipt_id = ANY(%s)",
        ),
    ),
    Kept("callbacks_inboundmessage", "received_at", "INBOUND_KEEP_DAYS", files="file"),
    Kept("campaigns_event", "at", "EVENT_KEEP_DAYS"),
)


def prune(*, seconds: float = SECONDS) -> int:
    """How many rows were deleted; what is left over goes the next time."""
    end = monotonic() + seconds
    deleted = 0
    for kept in KEPT:
        days: int = getattr(settings, kept.days)
        if days <= 0:
            continue
        before = timezone.now() - timedelta(days=days)
        while monotonic() < end and (gone := _delete_batch(kept, before)):
            deleted += gone
            time.sleep(PAUSE)
    return deleted


@transaction.atomic
def _delete_batch(kept: Kept, before: datetime) -> int:
    names = {"table": kept.table, "time": kept.time, "may_go": kept.may_go}
    with connection.cursor() as cursor:
        cursor.execute(OLDEST.format(**names), {"batch": BATCH, "before": before})
        cursor.execute(HELD.format(**names), [[row[0] for row in cursor.fetchall()]])
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0
        for statement in kept.first:
            cursor.execute(statement, [ids])
        returning = f"RETURNING {kept.files}" if kept.files else "RETURNING ''"
        cursor.execute(f"DELETE FROM {kept.table} WHERE id = ANY(%s) {returning}", [ids])
        files = [row[0] for row in cursor.fetchall() if row[0]]
    transaction.on_commit(partial(_delete_files, files))
    return len(ids)


def _delete_files(names: Sequence[str]) -> None:
    for name in names:
        default_storage.delete(name)
