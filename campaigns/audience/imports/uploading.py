"""Taking a file in: whether it can be read at all, and what its first rows say."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from campaigns.audience.imports.cautioning import rows_in_words
from campaigns.audience.imports.checking import RowReader
from campaigns.audience.imports.encoding import ENCODINGS
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.importing import opened
from campaigns.audience.imports.in_time import in_time
from campaigns.audience.imports.mapping import (
    ColumnMapping,
    chosen_before,
    guess,
    known_properties,
)
from campaigns.audience.imports.people_rows import RowRefusedError
from campaigns.audience.imports.reading import Fault, Layout, Rows, read_layout
from campaigns.audience.imports.workbooks.recognizing import is_workbook
from campaigns.audience.lists import LONGEST_NAME, list_called
from campaigns.models import CustomList, Import, ImportKind, ImportStatus
from providers.models import Project
from providers.names.visible_names import seen_of
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.unsaved_files import gone_if_unsaved

LARGEST = 1024**3  # bytes of one file
PATIENCE = 10.0  # seconds for the top of a workbook: somebody waits, and a thread of the console
SAMPLE = 200  # rows over which types are guessed
OTHER_ENCODING = "This file is not in {encoding}: choose another encoding."
UNKNOWN_ENCODING = "Choose one of the encodings in the list."
# Files of a project that are kept until they are imported or cancelled: the disk is everybody's.
# Some more where several come at the same moment.
MOST_WAITING = 20
TOO_MANY = (
    f"{MOST_WAITING} files of this project wait already. Import them, or cancel some on their "
    "pages, then upload this one again."
)
TOO_LARGE = "The file is larger than 1 GB. Split it and upload its parts one after the other."


@dataclass(frozen=True)
class Sample:
    """The top of an uploaded file: `numbers` are those of the rows in the whole file."""

    layout: Layout
    numbers: Sequence[int]
    rows: Sequence[Sequence[str]]
    faults: Sequence[tuple[int, str]]

    def column(self, index: int, *, most: int) -> list[str]:
        """The first values of a column that say something."""
        values = (row[index].strip() for row in self.rows)
        return list(islice((value for value in values if value), most))


def accept(
    project: Project,
    file: "UploadedFile[bytes]",
    *,
    kind: ImportKind,
    into_list: CustomList | None,
    new_list: str = "",
    named_after_file: bool = False,
    by: Actor,
) -> Import:
    """Keep an uploaded file until its columns are confirmed; a list that is named after the file is
    made then. Raises FileError, and ListError where the new list can't be made."""
    if Import.objects.filter(project=project).exclude(file="").count() >= MOST_WAITING:
        raise FileError(TOO_MANY)
    inner: Any = file.file
    with _in_time(inner) as top:
        read_layout(top)
    ending = _ending(inner)
    upload = Import(
        project=project,
        kind=kind,
        into_list=into_list,
        file_name=(file.name or "file.csv")[-255:],
        new_list=list_name_of(file.name or "") if named_after_file else "",
        bytes_total=file.size or 0,
        created_by=by.person,
    )
    with gone_if_unsaved(upload.file), transaction.atomic():
        if new_list:
            upload.into_list = list_called(project, new_list, by=by)
        upload.file.save(f"people{ending}", file)
        auditing.record("import.uploaded", by=by, project=project, target=upload)
    return upload


def list_name_of(file_name: str) -> str:
    words = " ".join(seen_of(PurePath(file_name).stem.replace("_", " ")).split())
    return words[:LONGEST_NAME].strip() or "Import"


def _in_time(file: BinaryIO) -> AbstractContextManager[BinaryIO]:
    """Of a CSV no more is read than there is."""
    return in_time(file, seconds=PATIENCE) if _ending(file) == ".xlsx" else nullcontext(file)


def _ending(file: BinaryIO) -> str:
    file.seek(0)
    kind = ".xlsx" if is_workbook(file.read(8)) else ".csv"
    file.seek(0)
    return kind


def sample_of(upload: Import) -> Sample:
    """Raises FileError."""
    with opened(upload) as file:
        return sample_from(file, encoding=upload.encoding, sheet=upload.sheet)


@transaction.atomic
def read_as(upload: Import, encoding: str, *, by: Actor) -> None:
    """The same file with other letters: its columns are looked at anew, nothing of it is lost.
    Raises FileError where it can't be read so; then it is read as before."""
    if encoding not in ENCODINGS:
        raise FileError(UNKNOWN_ENCODING)
    try:
        with opened(upload) as file:
            sample_from(file, encoding=encoding)
    except UnicodeError:
        raise FileError(OTHER_ENCODING.format(encoding=ENCODINGS[encoding])) from None
    waiting = Import.objects.filter(pk=upload.pk, status=ImportStatus.UPLOADED)
    if waiting.exclude(encoding=encoding).update(encoding=encoding):
        auditing.record("import.read_again", by=by, project=upload.project, target=upload)


@transaction.atomic
def read_sheet(upload: Import, sheet: str, *, by: Actor) -> None:
    """Another sheet of the same workbook. Raises FileError where it can't be read; then the sheet
    is read that was read before."""
    with opened(upload) as file:
        sample_from(file, sheet=sheet)
    waiting = Import.objects.filter(pk=upload.pk, status=ImportStatus.UPLOADED)
    if waiting.exclude(sheet=sheet).update(sheet=sheet):
        auditing.record("import.read_again", by=by, project=upload.project, target=upload)


def sample_from(file: BinaryIO, *, encoding: str = "", sheet: str = "") -> Sample:
    """Raises FileError."""
    with _in_time(file) as top:
        layout = read_layout(top, encoding=encoding, sheet=sheet)
        read = list(islice(enumerate(Rows(top, layout), layout.first_row), SAMPLE))
    numbers, rows, faults = [], [], []
    for number, row in read:
        if isinstance(row, Fault):
            faults.append((number, row.reason))
        elif any(row):
            numbers.append(number)
            rows.append(row)
    return Sample(layout=layout, numbers=numbers, rows=rows, faults=faults)


def guess_mapping(upload: Import, sample: Sample) -> ColumnMapping:
    kind = ImportKind(upload.kind)
    return guess(
        sample.layout.labels,
        sample.rows,
        kind=kind,
        known=known_properties(upload.project, kind),
        earlier=chosen_before(upload.project, kind),
    )


@dataclass(frozen=True)
class JudgedSample:
    """Number and reason of those rows of the sample that would not come in, or not as a whole."""

    refused: Sequence[tuple[int, str]]
    incomplete: Sequence[tuple[int, str]]


def judge_sample(sample: Sample, reader: RowReader) -> JudgedSample:
    refused = list(sample.faults)
    incomplete: list[tuple[int, str]] = []
    for number, row in zip(sample.numbers, sample.rows, strict=True):
        try:
            reader.line(number, list(row))
        except RowRefusedError as problem:
            (incomplete if problem.rest else refused).append((number, str(problem)))
    return JudgedSample(refused=sorted(refused), incomplete=incomplete)


@dataclass(frozen=True)
class CountedReason:
    reason: str
    count: int
    where: str  # the rows that it is about, like "rows 7, 12, 30 and 6 more"


def reasons_counted(refused: Sequence[tuple[int, str]]) -> list[CountedReason]:
    """The most frequent first."""
    rows: dict[str, list[int]] = {}
    for number, reason in refused:
        rows.setdefault(reason, []).append(number)
    counted = [CountedReason(reason, len(n), rows_in_words(n)) for reason, n in rows.items()]
    return sorted(counted, key=lambda one: -one.count)
