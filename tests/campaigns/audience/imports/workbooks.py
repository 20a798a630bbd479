"""Excel workbooks, made for a test, and parts of them changed by hand."""

import os
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.xml.constants import SHARED_STRINGS

CONTENTS, TEXTS = "[Content_Types].xml", "xl/sharedStrings.xml"
SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = "xl/workbook.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

Rows = Sequence[Sequence[Any]]


def workbook(
    sheets: Mapping[str, Rows] | Rows,
    *,
    hidden: Sequence[str] = (),
    merged: Sequence[str] = (),
    formats: Mapping[str, str] | None = None,
    counts_from_1904: bool = False,
) -> bytes:
    """`formats` of cells like B2; `merged` and `formats` are those of the first sheet."""
    book = Workbook()
    if counts_from_1904:
        book.epoch = CALENDAR_MAC_1904
    book.remove(book.active)
    for name, rows in (sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    first = book.worksheets[0]
    for area in merged:
        first.merge_cells(area)
    for place, code in (formats or {}).items():
        first[place].number_format = code
    raw = BytesIO()
    book.save(raw)
    return raw.getvalue()


def with_parts(raw: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    """The same workbook, with some of its parts as given."""
    changed = BytesIO()
    with ZipFile(BytesIO(raw)) as old, ZipFile(changed, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return changed.getvalue()


def with_rows(xml: str, *, top: str = "") -> bytes:
    """A workbook whose sheet holds this, as other programs may write it."""
    sheet = f"{top}<worksheet {MAIN}><sheetData>{xml}</sheetData></worksheet>"
    return with_parts(workbook([["identity"]]), {SHEET: sheet})


def with_texts(raw: bytes, items: str) -> bytes:
    """Whose cells of kind s name these texts by number, as Excel writes them."""
    with ZipFile(BytesIO(raw)) as archive:
        contents = archive.read(CONTENTS).decode()
    part = f'<Override PartName="/{TEXTS}" ContentType="{SHARED_STRINGS}"/></Types>'
    texts = f"<sst {MAIN}>{items}</sst>"
    return with_parts(raw, {CONTENTS: contents.replace("</Types>", part), TEXTS: texts})


def with_names(raw: bytes, count: int) -> bytes:
    """Of whose one sheet so many more names tell."""
    with ZipFile(BytesIO(raw)) as archive:
        told = archive.read(WORKBOOK).decode()
    named = re.search(r'(<sheet [^>]*name=")[^"]*("[^>]*/>)', told)
    assert named
    more = "".join(f"{named[1]}Sheet {number}{named[2]}" for number in range(count))
    return padded(with_parts(raw, {WORKBOOK: told.replace(named[0], named[0] + more)}))


def with_blank_rows(megabytes: int) -> bytes:
    """Few people, and behind them rows without cells."""
    rows = '<row><c t="str"><v>identity</v></c></row><row><c t="str"><v>u-1</v></c></row>'
    blank = f'<row spans="{" " * 1_010}"/>'
    return padded(with_rows(rows + blank * 1024 * megabytes), megabytes * 12_000)


def padded(raw: bytes, size: int = 100_000) -> bytes:
    """With so many bytes that can't be packed, so that it is not too dense."""
    return with_parts(raw, {f"xl/media/{size}.png": os.urandom(size)})
