"""Rows, by the thousand: the good go to the staging table, the wrong to the refused rows."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from campaigns.audience.imports import saving
from campaigns.audience.imports.event_rows import EventRows
from campaigns.audience.imports.list_rows import Members
from campaigns.audience.imports.mapping import ColumnMapping
from campaigns.audience.imports.people_rows import Newcomers, People, RowRefusedError
from campaigns.audience.imports.reading import Fault, Row, Rows
from campaigns.audience.imports.staging import Block
from campaigns.models import Import, ImportKind

BLOCK = 1_000  # rows


class RowReader(Protocol):
    columns: tuple[str, ...]

    def plain_lines(self, numbers: Sequence[int], rows: Sequence[Sequence[str]]) -> Sequence[str]:
        """What `line` says of each of them, or "" where that is to be asked."""

    def line(self, number: int, cells: list[str]) -> str:
        """Raises RowRefusedError."""


class Refused(Protocol):
    def add(self, number: int, reason: str, cells: Sequence[str], /) -> None: ...

    def add_incomplete(self, number: int, reason: str, cells: Sequence[str], /) -> None: ...


def reader_of(
    upload: Import,
    mapping: ColumnMapping,
    *,
    default_country: str,
    newcomers: Newcomers | None = None,
) -> RowReader:
    if upload.kind == ImportKind.LIST:
        return Members(mapping, default_country=default_country)
    if upload.kind == ImportKind.EVENTS:
        return EventRows(mapping, project=upload.project, default_country=default_country)
    zone = upload.project.time_zone
    return People(
        mapping,
        default_country=default_country,
        time_zone=zone,
        only_whole_rows=upload.only_whole_rows,
        newcomers=newcomers,
    )


class Checking:
    """`last_row` is the number of the row that was looked at last, as a spreadsheet counts."""

    def __init__(self, rows: Rows, reader: RowReader, refusals: Refused) -> None:
        self._rows, self._reader, self._refusals = rows, reader, refusals
        self.last_row = 1
        self.rows_read = 0

    @property
    def columns(self) -> tuple[str, ...]:
        return self._reader.columns

    def blocks(self) -> Iterator[Block]:
        first = self._rows.first_row
        for read in self._rows.blocks():
            at = 0
            while at < len(read):
                most = min(BLOCK, saving.CHUNK - (first - 1) % saving.CHUNK)
                rows = read[at : at + most]
                yield first, self._lines(range(first, first + len(rows)), rows)
                at, first = at + most, first + len(rows)
                self.last_row = first - 1

    def _lines(self, numbers: Sequence[int], rows: Sequence[Row]) -> Sequence[str]:
        numbered = zip(numbers, rows, strict=True)
        whole = {number: row for number, row in numbered if row and isinstance(row, list)}
        lines = self._reader.plain_lines([*whole], [*whole.values()])
        if len(whole) == len(rows) and all(lines):
            self.rows_read += len(rows)
            return lines
        plain = {number: line for number, line in zip(whole, lines, strict=True) if line}
        self.rows_read += len(plain)
        return [
            line
            for number, row in zip(numbers, rows, strict=True)
            if (line := plain.get(number) or self._checked(number, row))
        ]

    def _checked(self, number: int, row: Row) -> str:
        if isinstance(row, Fault):
            self._refuse(number, row.reason, [row.excerpt])
            return ""
        if not any(row):
            return ""
        try:
            line = self._reader.line(number, row)
        except RowRefusedError as problem:
            if not problem.rest:
                self._refuse(number, str(problem), row)
                return ""
            self._refusals.add_incomplete(number, str(problem), row)
            line = problem.rest
        self.rows_read += 1
        return line

    def _refuse(self, number: int, reason: str, cells: list[str]) -> None:
        self.rows_read += 1
        self._refusals.add(number, reason, cells)
