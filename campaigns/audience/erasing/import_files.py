"""People in files of imports that are kept: rows that were refused, and uploads that wait for their
columns. An import under way is left alone: it may hold people who are gone already, and whoever it
brings back has been imported anew.

A file is read for some seconds at the most. One in which nobody can say so soon whether they are in
it goes as if they were.
"""

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from io import TextIOWrapper
from typing import IO, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from campaigns.audience.erasing.wanted import Wanted
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.importing import opened
from campaigns.audience.imports.in_time import in_time
from campaigns.audience.imports.queueing import cancel
from campaigns.audience.imports.reading import LONGEST_EXCERPT, Fault, Rows, read_layout
from campaigns.audience.imports.workbooks.every_row import every_row
from campaigns.audience.imports.workbooks.recognizing import is_workbook
from campaigns.models import Import, ImportStatus
from providers.watch.actors import SYSTEM

PATIENCE = 20.0  # seconds for a file: a CSV of about 100 MB
HELD_SOMEBODY = "It held somebody who was erased. Take them out of the file and upload it again."
UNREADABLE = (
    "Somebody was erased, and whether they were in this file could not be found out within "
    f"{PATIENCE:.0f} seconds. Take them out if they are in it, and upload it again."
)
ROWS_UNREADABLE = (
    "Somebody was erased, and whether they were among the refused rows could not be found out "
    f"within {PATIENCE:.0f} seconds: these rows are gone."
)
_WITH_PEOPLE = Q(status=ImportStatus.UPLOADED) | ~Q(refused_file="")
_CANT_TELL = (FileError, csv.Error, UnicodeError)


def next_file(project_id: int) -> Import | None:
    """The import whose file was not looked through for longest."""
    kept = Import.objects.filter(_WITH_PEOPLE, project=project_id)
    return kept.order_by("searched_to", "pk").first()


def leave_out(kept: Import, wanted: Wanted, *, searched_to: int) -> None:
    """Twice is harmless. Nothing is locked while the file is read."""
    if kept.status == ImportStatus.UPLOADED:
        _leave_out_upload(kept, wanted)
    else:
        _leave_out_refused(kept, wanted)
    Import.objects.filter(pk=kept.pk).update(searched_to=searched_to)


# Uploads ------------------------------------------------------------------------------------


def _leave_out_upload(upload: Import, wanted: Wanted) -> None:
    problem = _problem_of(upload, wanted)
    if problem and cancel(upload, by=SYSTEM):
        Import.objects.filter(pk=upload.pk).update(problem=problem)


def _problem_of(upload: Import, wanted: Wanted) -> str:
    try:
        with opened(upload) as file:
            return _problem_in(file, upload.encoding, wanted)
    except FileError:  # gone
        return ""


def _problem_in(whole: BinaryIO, encoding: str, wanted: Wanted) -> str:
    try:
        with in_time(whole, seconds=PATIENCE) as file:
            return HELD_SOMEBODY if any(_named_in(file, encoding, wanted)) else ""
    except _CANT_TELL:
        return UNREADABLE


def _named_in(file: BinaryIO, encoding: str, wanted: Wanted) -> Iterator[bool]:
    """Row by row. Raises FileError."""
    file.seek(0)
    if is_workbook(file.read(8)):
        return map(wanted.are_in, every_row(file))
    layout = replace(read_layout(file, encoding=encoding), starts_at=0)
    return (_is_named(row, wanted) for row in Rows(file, layout))


def _is_named(row: list[str] | Fault, wanted: Wanted) -> bool:
    if not isinstance(row, Fault):
        return wanted.are_in(row)
    if len(row.excerpt) == LONGEST_EXCERPT:
        raise FileError(UNREADABLE)  # the rest of the row is not there to be looked at
    return wanted.are_in_line(row.excerpt)


# Refused rows -------------------------------------------------------------------------------


def _leave_out_refused(ended: Import, wanted: Wanted) -> None:
    with tempfile.TemporaryFile() as kept:
        try:
            with (
                ended.refused_file.open("rb") as file,
                in_time(file.file, seconds=PATIENCE) as rows,
            ):
                if not _keep_others(rows, wanted, kept):
                    return
        except FileNotFoundError:
            return
        except _CANT_TELL:
            _put(ended, None, problem=ROWS_UNREADABLE)
        else:
            _put(ended, kept, problem=ended.problem)


def _keep_others(file: BinaryIO, wanted: Wanted, kept: IO[bytes]) -> bool:
    """Writes down all other rows. Whether anybody was left out."""
    delimiter = read_layout(file).delimiter
    file.seek(0)
    source = csv.reader(TextIOWrapper(file, encoding="utf-8-sig", newline=""), delimiter=delimiter)
    text = TextIOWrapper(kept, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=delimiter)
    names = next(source)
    writer.writerow(names)
    left_out = 0
    for row in source:
        if wanted.are_in(row) or (len(row) < len(names) and wanted.are_in_line("\n".join(row))):
            left_out += 1
        else:
            writer.writerow(row)
    text.detach()
    return bool(left_out)


@transaction.atomic
def _put(ended: Import, kept: IO[bytes] | None, *, problem: str) -> None:
    """In the place of the refused rows; nothing where somebody has deleted them meanwhile."""
    old, new = str(ended.refused_file.name), ""
    if kept:
        ended.refused_file.save(old, File(kept), save=False)
        new = str(ended.refused_file.name)
    mine = Import.objects.filter(pk=ended.pk, refused_file=old)
    gone = old if mine.update(refused_file=new, problem=problem) else new
    transaction.on_commit(partial(default_storage.delete, gone), robust=True)
