"""How rows become a file: CSV of any length, or an Excel workbook of up to 200,000 rows.

A workbook's rows go to the disk as they come, too; what reads it does not do so well.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, Protocol

from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES

from campaigns.audience.imports.neutralizing import OWN_SHEET, restored
from campaigns.models import Export, ExportFormat
from campaigns.results.exports.content import Content, Number
from campaigns.results.exports.whom import ExportError

CONTENT_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS = 200_000
MOST_CHARACTERS = 32_767  # that a cell of a workbook holds
# Signs that XML does not have: with one of them in it, nobody can open a workbook.
NO_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
# What a spreadsheet would take for a sign that XML has not: _x000D_ is a return to it.
LIKE_A_SIGN = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
MOST_DIGITS = 15  # that a number of a workbook keeps
TOO_LONG = (
    f"An Excel workbook is written for {MOST_ROWS:,} rows at the most, and these are more. "
    "Export them as CSV, or fewer of them."
)


def file_name_of(export: Export) -> str:
    return f"{slugify(export.title) or 'export'}.{export.format}"


def refuse_too_long(form: ExportFormat, content: Content) -> None:
    """Where it is known how many rows there will be; else the writer refuses the first one too
    many. Raises ExportError."""
    if form is ExportFormat.XLSX and (content.total or 0) > MOST_ROWS:
        raise ExportError(TOO_LONG)


class Writer(Protocol):
    def write(self, rows: Iterable[Sequence[str]]) -> None: ...


@contextmanager
def writer_of(form: ExportFormat, raw: IO[bytes]) -> Iterator[Writer]:
    """The file is whole when it is left without an error. Raises ExportError."""
    if form is ExportFormat.XLSX:
        workbook = _Workbook()
        try:
            yield workbook
            workbook.save(raw)
        finally:
            workbook.discard()
        return
    text = TextIOWrapper(raw, encoding="utf-8", newline="")  # "utf-8-sig" is slower at each row
    try:
        text.write("\ufeff")
        yield _Csv(text)
        text.flush()
    finally:
        text.detach()


class _Csv:
    def __init__(self, text: TextIOWrapper) -> None:
        self._writer = csv.writer(text)

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        self._writer.writerows(rows)


class _Workbook:
    def __init__(self) -> None:
        self._workbook = Workbook(write_only=True)
        self._sheet = self._workbook.create_sheet(OWN_SHEET)
        self._written = -1  # without the head

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        for row in rows:
            self._written += 1
            if self._written > MOST_ROWS:
                raise ExportError(TOO_LONG)
            self._sheet.append([self._cell(value) for value in row])

    def save(self, raw: IO[bytes]) -> None:
        self._workbook.save(raw)

    def discard(self) -> None:
        """Rows lie in a file of openpyxl's until they are saved; of what is given up it goes now,
        and not with the worker."""
        writer = self._sheet._writer  # noqa: SLF001  # nothing else takes its file away
        if writer is None or not Path(writer.out).exists():
            return
        try:
            with suppress(OSError):  # where the disk is full it can't even end
                self._sheet.close()
        finally:
            writer.cleanup()

    def _cell(self, value: str) -> Any:
        """A number stays one where a workbook keeps all of its digits. A workbook says itself that
        a text is one, also when somebody edits it: it needs no sign in front, and an import, which
        knows our sheet by its name, takes none away."""
        if not value:
            return None  # costs nothing
        if isinstance(value, Number):
            return _number(value)
        (text,) = restored([NO_XML.sub("", value)[:MOST_CHARACTERS]])
        is_harmless = text == value and text[:1] != "=" and text not in ERROR_CODES
        text = LIKE_A_SIGN.sub("_x005F_", text)
        return text if is_harmless else self._marked(text)

    def _marked(self, text: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type, cell.quotePrefix = "s", True
        return cell


def _number(value: Number) -> Any:
    text = str(value)
    if sum(sign.isdigit() for sign in text) > MOST_DIGITS:
        return text
    return float(text) if set(text) & set(".eE") else int(text)
