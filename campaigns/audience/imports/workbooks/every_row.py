"""All that stands in a workbook, whatever of it was to be imported."""

from collections.abc import Iterator
from typing import BinaryIO

from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.workbooks.cells import SheetRows
from campaigns.audience.imports.workbooks.opening import BROKEN, open_workbook
from campaigns.audience.imports.workbooks.recognizing import DAMAGED
from campaigns.audience.imports.workbooks.texts import SharedTexts


def every_row(file: BinaryIO) -> Iterator[list[str]]:
    """Of each part once, however many sheets name it. Raises FileError."""
    book = open_workbook(file)
    try:
        texts = SharedTexts(book.archive.open(book.texts_part) if book.texts_part else None)
        for part in dict.fromkeys(sheet.part for sheet in book.sheets):
            rows = SheetRows(book.archive.open(part), styles=book.styles, texts=texts)
            yield from (cells for _, cells in rows)
    except BROKEN:
        raise FileError(DAMAGED) from None
