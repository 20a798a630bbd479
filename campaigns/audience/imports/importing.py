"""The worker's part of an import: read and check the whole file, then save it chunk by chunk.

Lines wait in a table, where they are compared with who is known; in a file, where nobody is.

A chunk's people and the import's counts commit together. Whoever is killed is followed by another
worker, which reads the file once more and saves the chunks that are missing.
"""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO, cast

from django.core.files import File
from django.db import DatabaseError

from campaigns.audience.imports import event_rows, list_rows, saving_people
from campaigns.audience.imports.checking import Checking, RowReader, reader_of
from campaigns.audience.imports.copying_new import (
    NewPeopleSaver,
    SomebodyCameError,
    may_all_be_new,
    newcomers_of,
)
from campaigns.audience.imports.event_rows import EventRows, EventSaver
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.finishing import finish
from campaigns.audience.imports.lease import (
    CancelledError,
    TakenOverError,
    keep,
    take,
    wait_for_room,
)
from campaigns.audience.imports.list_rows import MemberSaver
from campaigns.audience.imports.mapping import ColumnMapping
from campaigns.audience.imports.people_rows import Newcomers
from campaigns.audience.imports.queueing import wake_next
from campaigns.audience.imports.reading import Rows, read_layout
from campaigns.audience.imports.refusals import Refusals
from campaigns.audience.imports.saving import Saver, save_chunks
from campaigns.audience.imports.saving_people import PeopleSaver
from campaigns.audience.imports.setting_aside import SetAside, TooMuchForMemoryError
from campaigns.audience.imports.staging import Staging
from campaigns.models import Import, ImportKind, ImportStatus, Profile
from providers.process.garbage import not_looking_for_garbage
from providers.watch.full_disk import is_full

logger = logging.getLogger(__name__)

BLOCKS_PER_BEAT = 20  # of a thousand rows at most: less than half a second

FILE_GONE = "The uploaded file is gone. Please upload it again."


def run_import(import_id: int) -> None:
    """Harmless when called twice: one caller gets to work, the others return at once."""
    upload = take(import_id)
    if upload is not None:
        _run(upload)
        wake_next(upload.project_id)


def _run(upload: Import) -> None:
    staging = Staging(upload.pk, tries=upload.tries)
    try:
        with opened(upload) as file, Refusals() as refusals:
            _import(upload, file, staging, refusals)
    except TakenOverError:
        staging.drop()
    except FileError as problem:
        finish(upload, ImportStatus.FAILED, problem=str(problem))
        staging.drop()
    except (OSError, DatabaseError) as error:
        if not is_full(error):
            raise
        logger.error("Import %s waits: the disk is full.", upload.pk)
        staging.drop()
        wait_for_room(upload)
    else:
        staging.drop()


def _import(upload: Import, file: BinaryIO, staging: Staging, refusals: Refusals) -> None:
    mapping = ColumnMapping.from_json(upload.mapping)
    try:
        if not _are_all_new(upload, mapping, file, refusals):
            _compare(upload, mapping, file, staging, refusals)
    except CancelledError:
        finish(upload, ImportStatus.CANCELLED, refusals=refusals)
    else:
        finish(upload, ImportStatus.DONE, refusals=refusals)


@contextmanager
def opened(upload: Import) -> Iterator[BinaryIO]:
    """The uploaded file. Raises FileError."""
    try:
        stored = upload.file.open("rb")
    except (FileNotFoundError, ValueError):
        raise FileError(FILE_GONE) from None
    with stored:
        # The plain file below Django's wrappers: each of them costs a look-up per line.
        inner = stored.file
        yield cast("BinaryIO", inner.file if isinstance(inner, File) else inner)


def _are_all_new(
    upload: Import, mapping: ColumnMapping, file: BinaryIO, refusals: Refusals
) -> bool:
    """Whether they were, and are saved. Chunks that are saved stay so where somebody comes."""
    if not may_all_be_new(upload, mapping):
        return False
    newcomers = newcomers_of(upload)
    reader = _reader_of(upload, mapping, newcomers)
    try:
        with SetAside() as lines:
            last_row = _read(upload, file, reader, lines, refusals)
            lines.drop_repeated()
            keep(upload, repeated=lines.repeated)
            saver = NewPeopleSaver(
                lines, reader.columns, newcomers, upload.into_list_id, upload.consent
            )
            save_chunks(upload, saver, last_row=last_row)
    except (SomebodyCameError, TooMuchForMemoryError):
        upload.refresh_from_db(fields=["saved_chunks"])
        return False
    return True


def _compare(
    upload: Import, mapping: ColumnMapping, file: BinaryIO, staging: Staging, refusals: Refusals
) -> None:
    reader = _reader_of(upload, mapping)
    staging.create(STAGED[ImportKind(upload.kind)])
    last_row = _read(upload, file, reader, staging, refusals)
    saver = _prepare(upload, reader, staging, refusals, last_row=last_row)
    save_chunks(upload, saver, last_row=last_row)


# Reading ------------------------------------------------------------------------------------


STAGED = {
    ImportKind.PEOPLE: saving_people.COLUMNS,
    ImportKind.LIST: list_rows.COLUMNS,
    ImportKind.EVENTS: event_rows.COLUMNS,
}


def _reader_of(
    upload: Import, mapping: ColumnMapping, newcomers: Newcomers | None = None
) -> RowReader:
    country = upload.default_country
    return reader_of(upload, mapping, default_country=country, newcomers=newcomers)


def _read(
    upload: Import,
    file: BinaryIO,
    reader: RowReader,
    lines: Staging | SetAside,
    refusals: Refusals,
) -> int:
    """All lines; nobody is touched yet. The number of the file's last row."""
    layout = read_layout(file, encoding=upload.encoding, sheet=upload.sheet)
    refusals.begin(layout)
    rows = Rows(file, layout)
    checking = Checking(rows, reader, refusals)
    blocks = checking.blocks()
    with not_looking_for_garbage():
        while lines.add(islice(blocks, BLOCKS_PER_BEAT), reader.columns):
            keep(
                upload,
                bytes_done=rows.bytes_read,
                rows_read=checking.rows_read,
                refused=refusals.count,
                incomplete=refusals.incomplete,
            )
            gc.collect(0)  # what is young, and not all of the program
    return checking.last_row


# Saving -------------------------------------------------------------------------------------


def _prepare(
    upload: Import, reader: RowReader, staging: Staging, refusals: Refusals, *, last_row: int
) -> Saver:
    """Take out what is not to be saved: repeated rows, and those that mean nobody."""
    staging.index()
    saver: PeopleSaver | MemberSaver | EventSaver
    if isinstance(reader, EventRows):
        saver = EventSaver(staging=staging, project=upload.project, rows=reader)
    elif upload.kind == ImportKind.PEOPLE:
        saver = PeopleSaver(
            staging=staging,
            project_id=upload.project_id,
            list_id=upload.into_list_id,
            new_subscribed=upload.new_subscribed,
            consent=upload.consent,
            all_new=not Profile.objects.of(upload.project).exists(),
        )
    else:
        saver = MemberSaver(
            staging=staging, project_id=upload.project_id, list_id=upload.into_list_id
        )
    repeated = saver.drop_repeated()
    if not isinstance(saver, PeopleSaver):
        for number, reason, cells in saver.drop_refused(last_row=last_row):
            refusals.add(number, reason, cells)
    keep(upload, repeated=repeated, refused=refusals.count)
    return saver
