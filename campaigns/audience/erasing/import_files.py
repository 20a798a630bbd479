"""People in files of imports that are kept: rows that were refused, and uploads that wait for their
columns. An import under way is left alone: it may hold people who are gone already, and whoever it
brings back has been imported anew."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO, TextIOWrapper

from django.core.files import File
from django.core.files.storage import default_storage

from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.importing import opened
from campaigns.audience.imports.queueing import cancel
from campaigns.audience.imports.reading import MOST_COLUMNS, Rows, read_layout
from campaigns.models import ErasedProfile, Erasure, Import, ImportStatus, Profile
from providers.phones.numbers import PhoneError, read_phone
from providers.watch.actors import SYSTEM

FEWEST_DIGITS = 7
HELD_SOMEBODY = "It held somebody who was erased. Take them out of the file and upload it again."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whoever is to be erased, as a file may name them: by identity, by e-mail, by phone."""

    texts: frozenset[str]
    keys: frozenset[int]
    country: str

    def are_in(self, cells: Iterable[str]) -> bool:
        plain = [cell.strip().lstrip("'").casefold() for cell in cells]
        return any(cell in self.texts or _key(cell, self.country) in self.keys for cell in plain)


@lru_cache(maxsize=10_000)
def _key(cell: str, country: str) -> int | None:
    if sum(sign.isdecimal() for sign in cell) < FEWEST_DIGITS:
        return None
    try:
        return read_phone(cell, default_country=country).match_key
    except PhoneError:
        return None


def leave_out(erasure: Erasure) -> None:
    """Twice is harmless."""
    wanted = _wanted(erasure)
    uploads = Import.objects.filter(project=erasure.project_id)
    for upload in uploads.exclude(refused_file=""):
        with suppress(FileNotFoundError):
            _leave_out_refused(upload, wanted)
    for upload in uploads.filter(status=ImportStatus.UPLOADED):
        if _names_any(upload, wanted) and cancel(upload, by=SYSTEM):
            uploads.filter(pk=upload.pk).update(problem=HELD_SOMEBODY)


def _wanted(erasure: Erasure) -> Wanted:
    numbers = ErasedProfile.objects.waiting().filter(erasure=erasure).values("profile_id")
    people = Profile.objects.filter(pk__in=numbers, project=erasure.project_id)
    rows = list(people.values_list("identity", "email", "match_key"))
    return Wanted(
        texts=frozenset(text.casefold() for row in rows for text in row[:2] if text),
        keys=frozenset(key for *_, key in rows if key is not None),
        country=erasure.project.default_country,
    )


def _leave_out_refused(upload: Import, wanted: Wanted) -> None:
    with upload.refused_file.open("rb") as file:
        delimiter = read_layout(file.file).delimiter
        file.seek(0)
        rows = list(
            csv.reader(TextIOWrapper(file, encoding="utf-8-sig", newline=""), delimiter=delimiter)
        )
    kept = [rows[0], *(row for row in rows[1:] if not wanted.are_in(row))]
    if len(kept) == len(rows):
        return
    old = str(upload.refused_file.name)
    upload.refused_file.save(old, _as_file(kept, delimiter), save=False)
    Import.objects.filter(pk=upload.pk).update(refused_file=upload.refused_file.name)
    default_storage.delete(old)


def _as_file(rows: Sequence[Sequence[str]], delimiter: str) -> "File[bytes]":
    raw = BytesIO()
    text = TextIOWrapper(raw, encoding="utf-8-sig", newline="", write_through=True)
    csv.writer(text, delimiter=delimiter).writerows(rows)
    text.detach()
    return File(raw)


def _names_any(upload: Import, wanted: Wanted) -> bool:
    try:
        with opened(upload) as file:
            return any(wanted.are_in(cells) for cells in _cells(upload, file))
    except FileError:  # gone, or nothing that could be read
        return False


def _cells(upload: Import, file: object) -> Iterator[list[str]]:
    """Of a workbook those of all its sheets, whichever was to be imported."""
    layout = read_layout(file, encoding=upload.encoding, sheet=upload.sheet)  # type: ignore[arg-type]
    anything = replace(layout, header=("",) * MOST_COLUMNS, starts_at=0)
    layouts = [replace(anything, sheet=sheet) for sheet in layout.sheets] or [layout]
    for one in layouts:
        rows = Rows(file, one)  # type: ignore[arg-type]
        yield from (row for row in rows if isinstance(row, list))
