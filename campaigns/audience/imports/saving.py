"""Saving the staged rows, chunk by chunk, each in a transaction with the counts of its people.

Two chunks at a time, on two connections: PostgreSQL works on one while the other's write-ahead log
goes to disk. No person is in two chunks, so their order does not matter.
"""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from django.db import connection
from django.db.models import F, Func, JSONField, Value

from campaigns.audience.collisions import again_after_a_collision
from campaigns.audience.imports.lease import keep
from campaigns.audience.upserting import BY_KEYS
from campaigns.models import Import

# Rows. Smaller chunks touch fewer neighbours in the indexes, larger ones let a cancel wait.
CHUNK = 25_000
LANES = 2
FOR_CHUNKS = f"""
{BY_KEYS}
SET LOCAL work_mem = '64MB';
-- A crash of the server may cost the last chunks, counts and all: they are saved once more. The
-- end of the import is committed as everything else is.
SET LOCAL synchronous_commit = off
"""


@dataclass(frozen=True, slots=True)
class Saved:
    created: int
    updated: int
    unchanged: int


class Saver(Protocol):
    def save(self, *, after: int, upto: int) -> Saved:
        """Of the staged rows, those with after < position <= upto. Inside a transaction."""


def save_chunks(upload: Import, saver: Saver, *, last_row: int) -> None:
    """What an earlier worker has saved is left out. Raises TakenOverError or CancelledError."""
    waiting = deque(n for n in range(0, last_row, CHUNK) if n not in upload.saved_chunks)
    if connection.in_atomic_block:  # other connections would not see what is staged in it
        _save_all(upload, saver, waiting)
        return
    with ThreadPoolExecutor(LANES) as lanes:
        jobs = [lanes.submit(_save_in_lane, upload, saver, waiting) for _ in range(LANES)]
    for job in jobs:
        job.result()


def _save_in_lane(upload: Import, saver: Saver, waiting: deque[int]) -> None:
    """What fails in one lane ends the others after their chunk."""
    try:
        _save_all(upload, saver, waiting)
    finally:
        waiting.clear()
        connection.close()  # this thread's own


def _save_all(upload: Import, saver: Saver, waiting: deque[int]) -> None:
    for after in iter(partial(_next, waiting), None):
        _save_chunk(upload, saver, after)


def _next(waiting: deque[int]) -> int | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None


@again_after_a_collision
def _save_chunk(upload: Import, saver: Saver, after: int) -> None:
    saved = saver.save(after=after, upto=after + CHUNK)
    keep(
        upload,
        saved_chunks=_and(after),
        created=F("created") + saved.created,
        updated=F("updated") + saved.updated,
        unchanged=F("unchanged") + saved.unchanged,
    )


def _and(after: int) -> Func:
    return Func(
        F("saved_chunks"),
        Value(after, output_field=JSONField()),
        template="%(expressions)s",
        arg_joiner=" || ",
        output_field=JSONField(),
    )
