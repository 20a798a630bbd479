"""A workbook's sheets, and how its cells are to be read.

openpyxl reads what is intricate: which part is what, which formats show dates, in which of the two
systems days are counted. Rows and texts, of which there may be millions, are read in cells.py and
texts.py: openpyxl takes more than twice as long for them, and keeps all texts in memory.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from warnings import catch_warnings, simplefilter
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import Stylesheet
from openpyxl.xml.constants import ARC_STYLE, SHARED_STRINGS, XLSM, XLTM
from openpyxl.xml.functions import fromstring

from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.workbooks.recognizing import (
    DAMAGED,
    NO_WORKBOOK,
    WITH_MACROS,
    checked_archive,
)

NO_SHEETS = "The workbook has no sheet with cells."
MOST_SHEETS = 200
TOO_MANY_SHEETS = (
    f"The workbook has more than {MOST_SHEETS} sheets. Copy the one that you need into a new "
    "workbook, or save it as “CSV UTF-8”, and upload that."
)
NO_SUCH_SHEET = "The workbook has no sheet of this name. Choose one of the list."
# What openpyxl raises where a part is not as it should be.
BROKEN = (
    *(ParseError, DefusedXmlException, BadZipFile, OSError, EOFError),
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError),
)
_ZEROS = re.compile(r"0+")
_FIRST_OF_ITS_OWN = 164  # below it, formats mean the same in all workbooks


@dataclass(frozen=True)
class Sheet:
    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True)
class Styles:
    """What the number in a cell means, by the index of the cell's style."""

    epoch: datetime
    dates: frozenset[int]
    durations: frozenset[int]
    zeros: Mapping[int, int]  # how many digits are shown at least, as in 00000


@dataclass(frozen=True)
class Workbook:
    archive: ZipFile
    sheets: tuple[Sheet, ...]
    styles: Styles
    texts_part: str | None

    def sheet(self, name: str) -> Sheet:
        """By its name, or the first that is shown. Raises FileError."""
        if name:
            found = next((sheet for sheet in self.sheets if sheet.name == name), None)
            if found is None:
                raise FileError(NO_SUCH_SHEET)
            return found
        return next((sheet for sheet in self.sheets if not sheet.is_hidden), self.sheets[0])


def open_workbook(file: BinaryIO) -> Workbook:
    """Raises FileError."""
    archive = checked_archive(file)
    try:
        with catch_warnings():  # of what it leaves out, which is nothing that we read
            simplefilter("ignore")
            return _read(archive)
    except BROKEN:
        raise FileError(DAMAGED) from None


def _read(archive: ZipFile) -> Workbook:
    reader: Any = ExcelReader.__new__(ExcelReader)  # its own way in opens the archive unchecked
    reader.archive, reader.valid_files = archive, archive.namelist()
    reader.keep_links = reader.keep_vba = False
    reader.read_only = reader.data_only = True
    reader.read_manifest()
    if reader.package.find(XLSM) or reader.package.find(XLTM):
        raise FileError(WITH_MACROS)
    try:
        reader.read_workbook()
    except OSError:
        raise FileError(NO_WORKBOOK) from None
    texts = reader.package.find(SHARED_STRINGS)
    return Workbook(
        archive=archive,
        sheets=_sheets(reader),
        styles=_styles(archive, reader.wb.epoch),
        texts_part=texts.PartName[1:] if texts else None,
    )


def _sheets(reader: Any) -> tuple[Sheet, ...]:
    sheets = tuple(
        Sheet(name=sheet.name, part=rel.target, is_hidden=sheet.state != "visible")
        for sheet, rel in reader.parser.find_sheets()
        if rel.Type.endswith("/worksheet") and rel.target in reader.valid_files
    )
    if len(sheets) > MOST_SHEETS:
        raise FileError(TOO_MANY_SHEETS)
    if not sheets:
        raise FileError(NO_SHEETS)
    return sheets


def _styles(archive: ZipFile, epoch: datetime) -> Styles:
    if ARC_STYLE not in archive.namelist():
        return Styles(epoch, frozenset(), frozenset(), {})
    sheet: Any = Stylesheet.from_tree(fromstring(archive.read(ARC_STYLE)))
    own = dict(enumerate(sheet.number_formats, _FIRST_OF_ITS_OWN))
    formats = [own.get(style.numFmtId, "") for style in sheet.cell_styles]
    return Styles(
        epoch=epoch,
        dates=frozenset(sheet.date_formats),
        durations=frozenset(sheet.timedelta_formats),
        zeros={n: len(shown) for n, shown in enumerate(formats) if _ZEROS.fullmatch(shown)},
    )
