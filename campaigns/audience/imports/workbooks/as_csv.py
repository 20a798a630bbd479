"""A sheet as the CSV file that a spreadsheet would save of it, made while it is read.

So a workbook goes through the same pages and rules as every other file, and its rows keep their
numbers.
"""

import csv
from collections.abc import Iterator
from io import SEEK_END, StringIO
from itertools import islice
from typing import BinaryIO

from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.workbooks.cells import SheetRows
from campaigns.audience.imports.workbooks.opening import BROKEN, Workbook, open_workbook
from campaigns.audience.imports.workbooks.recognizing import DAMAGED
from campaigns.audience.imports.workbooks.texts import SharedTexts

ROWS = 500  # made at one go
DELIMITER = ","
FIRST_LINE = f"sep={DELIMITER}\n"  # so that nobody has to guess


class SheetAsCsv:
    """Enough of a binary file for reading it from the top; `tell` is how far the workbook is read,
    in bytes of its file."""

    def __init__(self, file: BinaryIO, *, sheet: str, book: Workbook | None = None) -> None:
        """Of a `book` that was opened before, or of the file's."""
        self._file = file
        self.book = book or open_workbook(file)
        self.sheet = self.book.sheet(sheet)
        self._size = file.seek(0, SEEK_END)
        self._begin()

    def _begin(self) -> None:
        book, part = self.book, self.sheet.part
        self._part_size = max(book.archive.getinfo(part).file_size, 1)
        try:
            source = book.archive.open(part)
            texts = SharedTexts(book.archive.open(book.texts_part) if book.texts_part else None)
        except BROKEN:
            raise FileError(DAMAGED) from None
        self._rows = SheetRows(source, styles=book.styles, texts=texts)
        self._lines = self._as_lines()
        self._ready = b""
        self._is_at_end = False

    @property
    def sheets(self) -> dict[str, str]:
        """Names, with the words to choose them by; those that are shown first."""
        sheets = sorted(self.book.sheets, key=lambda sheet: sheet.is_hidden)
        return {one.name: f"{one.name} (hidden)" if one.is_hidden else one.name for one in sheets}

    def seek(self, at: int) -> None:
        """To a byte of the CSV that is not far from its beginning."""
        self._begin()
        while len(self._ready) < at and (more := next(self._lines, b"")):
            self._ready += more
        self._ready = self._ready[at:]

    def read(self, _least: int) -> bytes:
        """As many rows as are made at one go, whatever was asked for."""
        ready, self._ready = self._ready, b""
        return ready or next(self._lines, b"")

    def tell(self) -> int:
        if self._is_at_end:
            return self._size
        return min(self._rows.bytes_read * self._size // self._part_size, self._size - 1)

    def _as_lines(self) -> Iterator[bytes]:
        rows, row_before, text = iter(self._rows), 0, StringIO(FIRST_LINE)
        text.read()
        try:
            while block := list(islice(rows, ROWS)):
                writer = csv.writer(text, delimiter=DELIMITER, lineterminator="\n")
                for number, cells in block:
                    text.write("\n" * (number - row_before - 1))
                    writer.writerow(cells)
                    row_before = number
                yield text.getvalue().encode(errors="replace")
                text = StringIO()
        except (ValueError, KeyError):
            raise FileError(DAMAGED) from None
        self._is_at_end = True
