"""Rows, by the thousand: the good go to the staging table, the wrong to the refused rows."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from campaigns.audience.imports.event_rows import EventRows
from campaigns.audience.imports.list_rows import Members
from campaigns.audience.imports.mapping import ColumnMapping
from campaigns.audience.imports.people_rows import People, RowRefusedError
from campaigns.audience.imports.reading import LONGEST_EXCERPT, Fault, Rows
from campaigns.models import Import, ImportKind

BLOCK = 1_000  # rows
MOST_IN_MEMORY = 2_000_000  # characters


Row = list[str] | Fault
NumberedRows = Sequence[tuple[int, Sequence[str]]]


class RowReader(Protocol):
    columns: tuple[str, ...]

    def plain_lines(self, rows: NumberedRows) -> list[str]:
        """What `line` says of each of them, or "" where that is to be asked."""

    def line(self, number: int, cells: list[str]) -> str:
        """Raises RowRefusedError."""


class Refused(Protocol):
    def add(self, number: int, reason: str, cells: Sequence[str], /) -> None: ...

    def add_incomplete(self, number: int, reason: str, cells: Sequence[str], /) -> None: ...


def reader_of(upload: Import, mapping: ColumnMapping, *, default_country: str) -> RowReader:
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

    def blocks(self) -> Iterator[str]:
        """Lines for the staging table, those of about a thousand rows at a time."""
        rows: list[Row] = []
        waiting = 0
        for self.last_row, row in enumerate(self._rows, self._rows.first_row):  # noqa: B020
            rows.append(row)
            waiting += LONGEST_EXCERPT if isinstance(row, Fault) else sum(map(len, row))
            if len(rows) == BLOCK or waiting > MOST_IN_MEMORY:
                yield self._lines(rows)
                rows, waiting = [], 0
        yield self._lines(rows)

    def _lines(self, rows: Sequence[Row]) -> str:
        first = self.last_row - len(rows) + 1
        whole = [(n, row) for n, row in enumerate(rows, first) if row and isinstance(row, list)]
        lines = self._reader.plain_lines(whole)
        if len(whole) == len(rows) and all(lines):
            self.rows_read += len(rows)
            return "".join(lines)
        plain = {number: line for (number, _), line in zip(whole, lines, strict=True) if line}
        self.rows_read += len(plain)
        return "".join(
            plain.get(number) or self._checked(number, row)
            for number, row in enumerate(rows, first)
        )

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
