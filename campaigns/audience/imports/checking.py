"""Row by row: what is good goes to the staging table, what is wrong to the refused rows."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from campaigns.audience.imports.event_rows import EventRows
from campaigns.audience.imports.list_rows import Members
from campaigns.audience.imports.mapping import ColumnMapping
from campaigns.audience.imports.people_rows import People, RowRefusedError
from campaigns.audience.imports.reading import Fault, Rows
from campaigns.models import Import, ImportKind

BLOCK = 1_000  # rows
MOST_IN_MEMORY = 2_000_000  # characters


class RowReader(Protocol):
    columns: tuple[str, ...]

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
        lines: list[str] = []
        waiting = 0
        for self.last_row, row in enumerate(self._rows, self._rows.first_row):  # noqa: B020
            if line := self._checked(row):
                lines.append(line)
                waiting += len(line)
            if self.last_row % BLOCK == 0 or waiting > MOST_IN_MEMORY:
                yield "".join(lines)
                lines, waiting = [], 0
        yield "".join(lines)

    def _checked(self, row: list[str] | Fault) -> str:
        if isinstance(row, Fault):
            self._refuse(row.reason, [row.excerpt])
            return ""
        if not any(row):
            return ""
        try:
            line = self._reader.line(self.last_row, row)
        except RowRefusedError as problem:
            if not problem.rest:
                self._refuse(str(problem), row)
                return ""
            self._refusals.add_incomplete(self.last_row, str(problem), row)
            line = problem.rest
        self.rows_read += 1
        return line

    def _refuse(self, reason: str, cells: list[str]) -> None:
        self.rows_read += 1
        self._refusals.add(self.last_row, reason, cells)
