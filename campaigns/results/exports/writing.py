"""The worker's part of an export: row by row into a file, which is stored once it is whole.

However many rows there are, it holds a few thousand in memory, and no transaction open. Messages
that wait to be sent go before: meanwhile it works half of its time. One worker writes, so that
launches and imports find another one; exports of several projects it writes in turns, some thousand
rows of each, so that nobody waits behind all of another project's.
"""

import logging
import tempfile
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from time import monotonic, sleep
from typing import IO

from django.core.files import File
from django.db import transaction
from django.db.models.functions import Now

from campaigns.hints import wake_exporter
from campaigns.models import Export, ExportFormat, ExportStatus, Outbox
from campaigns.results.exports.content import FETCHED, Content
from campaigns.results.exports.contents import content_of
from campaigns.results.exports.formats import Writer, refuse_too_long, writer_of
from campaigns.results.exports.keeping import LASTS, make_room
from campaigns.results.exports.lease import (
    CancelledError,
    TakenOverError,
    keep,
    of_this_worker,
    take_beside,
    take_next,
)
from providers.refusals import Refusal
from providers.watch.full_disk import is_full
from providers.watch.unsaved_files import gone_if_unsaved

logger = logging.getLogger(__name__)

NO_ROOM = (
    "The server's disk is full, so the file could not be written. Tell whoever runs this "
    "installation, then export again."
)
BEATS_EVERY = LOOKS_EVERY = 1.0  # seconds
LONGEST_PAUSE = 0.25  # seconds
# Each has a file on the disk, and what its cursor found on PostgreSQL's.
MOST_IN_TURNS = 8
Steps = Generator[None, None, None]


def write_next() -> bool:
    """Whether there was one to write. Harmless when called twice."""
    export = take_next()
    if export is None:
        return False
    _write_in_turns(export)
    if Export.objects.unfinished().exists():
        wake_exporter()
    return True


def _write_in_turns(first: Export) -> None:
    """And what other projects ask for until nothing is under way. What was interrupted before is
    written alone: if it ends this worker again, it costs nobody else a try."""
    under_way, looked_at = [_steps(first)], monotonic()
    while under_way:
        under_way = [steps for steps in under_way if _is_left(steps)]
        if first.tries > 1 or not 0 < len(under_way) < MOST_IN_TURNS:
            continue
        if monotonic() - looked_at >= LOOKS_EVERY:
            looked_at = monotonic()
            if beside := take_beside():
                under_way.append(_steps(beside))


def _is_left(steps: Steps) -> bool:
    """After one more of them."""
    return any(True for _ in islice(steps, 1))


def _steps(export: Export) -> Steps:
    """Some thousand rows each. What nobody has foreseen takes no other export along: it is tried
    again once it is silent for long enough."""
    try:
        yield from _write(export)
    except TakenOverError:
        pass
    except CancelledError:
        _end(export, ExportStatus.CANCELLED)
    except Refusal as refusal:
        _end(export, ExportStatus.FAILED, problem=str(refusal))
    except Exception as error:
        if is_full(error):
            logger.error("Export %s failed: the disk is full.", export.pk)
            _end(export, ExportStatus.FAILED, problem=NO_ROOM)
        else:
            logger.exception("Export %s was interrupted.", export.pk)


def _write(export: Export) -> Steps:
    form, content = ExportFormat(export.format), content_of(export)
    refuse_too_long(form, content)
    keep(export, rows_total=content.total)
    with tempfile.TemporaryFile() as raw:
        with writer_of(form, raw) as writer:
            rows = yield from _write_rows(export, content, writer)
        _store(export, raw, rows)
    make_room(export.project_id)


def _write_rows(export: Export, content: Content, writer: Writer) -> Generator[None, None, int]:
    """How many."""
    writer.write([content.head])
    done, beat_at, is_sending = 0, monotonic(), Outbox.objects.exists()
    began = monotonic()
    for block in _blocks(content.rows):
        writer.write(block)
        done += len(block)
        if monotonic() - beat_at >= BEATS_EVERY:
            keep(export, rows_done=done)
            beat_at, is_sending = monotonic(), Outbox.objects.exists()
        if is_sending:
            sleep(min(monotonic() - began, LONGEST_PAUSE))
        yield
        began = monotonic()
    keep(export, rows_done=done)
    return done


def _blocks(rows: Iterator[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    while block := list(islice(rows, FETCHED)):
        yield block


def _store(export: Export, raw: IO[bytes], rows: int) -> None:
    """Raises TakenOverError, and then nothing is stored."""
    size = raw.seek(0, 2)
    raw.seek(0)
    with gone_if_unsaved(export.file), transaction.atomic():
        export.file.save(f"export.{export.format}", File(raw), save=False)
        if not of_this_worker(export).update(
            status=ExportStatus.DONE,
            file=export.file.name,
            bytes=size,
            rows_total=rows,
            finished_at=Now(),
            expires_at=Now() + LASTS,
        ):
            raise TakenOverError


def _end(export: Export, status: ExportStatus, *, problem: str = "") -> None:
    of_this_worker(export).update(status=status, problem=problem, finished_at=Now())
