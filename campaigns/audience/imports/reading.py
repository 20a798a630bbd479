"""A CSV file as somebody's spreadsheet wrote it: what it is, and its rows one by one.

Memory stays flat whatever the file holds. Of people it knows only what their columns are called.
A workbook is read as the CSV that a spreadsheet would save of one of its sheets.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import chain, islice
from typing import BinaryIO

from campaigns.audience.imports.column_names import fields_called
from campaigns.audience.imports.encoding import UTF8, InUtf8, Utf8, encoding_of
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.neutralizing import OWN_SHEET, is_our_own, restored
from campaigns.audience.imports.workbooks.as_csv import SheetAsCsv
from campaigns.audience.imports.workbooks.recognizing import is_workbook

BLOCK = 64 * 1024  # bytes: the rows of larger ones leave the processor's caches
LONGEST_LINE = 1024 * 1024  # bytes
MOST_COLUMNS = 300
MOST_ROWS, MOST_IN_MEMORY = 1_000, 2_000_000  # rows and characters that are handed on together
LONGEST_EXCERPT = 500  # characters of a broken row that its owner gets to see again

EMPTY_FILE = "The file is empty."
NO_ROWS = "The file has column names, but no rows below them."
NO_HEADER = (
    "The first row looks like data. Put the column names into the first row: identity, Phone, …"
)
TOO_MANY_COLUMNS = f"The file has more than {MOST_COLUMNS} columns. Remove those you don't need."
NOT_UTF8_FILE = (
    "The column names are not in UTF-8. In your spreadsheet choose “CSV UTF-8” when saving."
)
LONG_HEADER = "The row of column names is too long. Is this a CSV file?"
NOT_CSV = "This is {what}, not a CSV file. Open it in a spreadsheet and save it as “CSV UTF-8”."

NOT_UTF8 = "The row holds characters that are not UTF-8. Save the file as “CSV UTF-8”."
NUL = "The row holds a NUL character."
LINE_TOO_LONG = "The row is longer than 1 MB."
CELL_TOO_LONG = "A cell is longer than 131,072 characters, or a quote is opened and never closed."
OPEN_QUOTE = "A quote is opened and not closed, or the row has too many or too few cells."
WRONG_NUMBER_OF_CELLS = "The row has {found} cells, the first row has {expected}."
STRAY_BREAK = "A line break stands in a cell without quotes around it."

_MAGIC = {
    b"\x1f\x8b": "a compressed file",
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document",
    b"{": "a JSON file",
    b"[": "a JSON file",
    b"<": "a web page or XML file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"BEGIN:VCARD": "a file of contacts (vCard)",
}
_UTF8_MARK = b"\xef\xbb\xbf"
DELIMITERS = ",;\t|"
MOST_COVERS = 10  # sheets that are looked at until one has rows
TOP_ROWS = 10  # among which the column names are looked for
# A spreadsheet that saves such a line anew quotes it, or fills it up with blank cells.
_SEP_LINE = re.compile(rb'"?sep= ?([,;\t|:^~])"?[ ,;\t|]*(?:\r\n?|\n|\Z)', re.IGNORECASE)
_ROW = re.compile(rb'(?:[^"\r\n]++|"[^"]*+")*+(\r\n?|\n|\Z)')
_LINE_END = re.compile(rb"\r\n?|\n")
_BLANK = b' ,;|\t"\r\n'
_END_MARK = "\x1f"
_END_OF_FILE = b"\x1a"  # as old programs write it
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_NUMBER = re.compile(r"'?\+?\d{7,}")
_VALUE = re.compile(r"['=+]?[+-]?[\d#@]|\S+@\S")  # what no column is called
_UNSEEN = dict.fromkeys(map(ord, "\0\u200b\ufeff"))  # in a name, also a second mark of UTF-8


@dataclass(frozen=True)
class Layout:
    delimiter: str
    header: tuple[str, ...]  # as written, without blanks around
    starts_at: int  # bytes before the first row
    first_row: int = 2  # its number, as a spreadsheet counts
    has_old_line_ends: bool = False  # a carriage return alone, as Macintoshes wrote
    encoding: str = UTF8
    sheet: str = ""  # of a workbook
    sheets: Mapping[str, str] = field(default_factory=dict)  # all of them, with words

    @property
    def labels(self) -> tuple[str, ...]:
        """The header, with something to call a column that has no name."""
        return tuple(name or f"Column {n}" for n, name in enumerate(self.header, start=1))


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that can't even be split into cells."""

    reason: str
    excerpt: str


Row = list[str] | Fault


@dataclass
class _Source:
    """The file's lines as text, and what is to be said about those just taken.

    Decoded block by block: line by line takes as long as all the rest of the reading.
    """

    file: Utf8
    bytes_read: int
    taken: list[str] = field(default_factory=list)
    given_back: deque[str] = field(default_factory=deque)
    fault: str = ""
    has_lone_returns: bool = False

    def __post_init__(self) -> None:
        self._new_blocks, self._new_lines = self._blocks(), self._lines()
        self._ahead: bytes | str | None = None  # a block that was only looked at
        self._untaken = 0  # lines of the block that is being taken

    def __iter__(self) -> Iterator[str]:
        while self.given_back:
            line = self.given_back.popleft()
            self.fault = self.fault or _fault_of(line)
            self.taken.append(line)
            yield line
        for line in self._new_lines:
            self.taken.append(line)
            yield line
        if self.taken:  # a row that begins in the last line wants one more
            self.fault = self.fault or OPEN_QUOTE

    @property
    def is_between_blocks(self) -> bool:
        return not (self._untaken or self.given_back)

    def lines_ahead(self) -> Sequence[str]:
        """All lines of the next block, which stay there; none where they have to be taken one by
        one."""
        if self.has_lone_returns or not self.is_between_blocks:
            return ()
        if self._ahead is None:
            self._ahead = next(self._new_blocks, None)
        return _plain_lines(self._ahead) if isinstance(self._ahead, bytes) else ()

    def pass_by(self) -> None:
        """What was looked at is taken as a whole."""
        self._ahead = None

    def _lines(self) -> Iterator[str]:
        while block := self._ahead or next(self._new_blocks, None):
            self._ahead, self._untaken = None, 1
            if isinstance(block, str):
                self.fault = LINE_TOO_LONG
                yield block
            elif lines := _plain_lines(block):
                self._untaken = len(lines)
                for line in lines:
                    self._untaken -= 1
                    yield line
            else:
                yield from self._suspicious(block)
        self._untaken = 0

    def _suspicious(self, block: bytes) -> Iterator[str]:
        text = block.decode(errors="replace")
        if "\0" in text or "\ufffd" in text:
            yield from self._with_strange_signs(block)
        else:
            self.has_lone_returns = True
            yield from StringIO(text, newline="")

    def _with_strange_signs(self, block: bytes) -> Iterator[str]:
        for raw in block.splitlines(keepends=True):
            self.has_lone_returns |= raw.endswith(b"\r")
            text = raw.decode(errors="replace")
            is_recoded = isinstance(self.file, InUtf8)
            if "\0" in text or ("\ufffd" in text if is_recoded else text.encode() != raw):
                self.fault = _fault_of(text)
            yield text

    def _blocks(self) -> Iterator[bytes | str]:
        """Whole lines by the block; of an endless line an excerpt, as text."""
        begun = b""
        while block := self._read():
            begun += block
            # A return at the very end may be the first half of a line end.
            end = max(begun.rfind(b"\n"), begun.rfind(b"\r", 0, -1)) + 1
            if end:
                yield begun[:end]
                begun = begun[end:]
            if len(begun) > LONGEST_LINE:
                yield _excerpt(begun).replace('"', " ") + "\n"
                begun = self._skip_line()
        if begun := begun.rstrip(_END_OF_FILE):
            yield begun

    def _skip_line(self) -> bytes:
        """To behind the next line break; what follows it in the block."""
        while block := self._read():
            if end := _LINE_END.search(block):
                return block[end.end() :]
        return b""

    def _read(self) -> bytes:
        block = self.file.read(BLOCK)
        self.bytes_read = self.file.tell()
        return block

    def give_back_all_but_first(self) -> str:
        """So that one row's open quote doesn't swallow those below it."""
        first, *others = self.taken
        self.given_back.extendleft(reversed(others))
        return first


def _plain_lines(block: bytes) -> Sequence[str]:
    """None where a sign or a line end asks for a closer look."""
    text = block.decode(errors="replace")
    if "\0" in text or "\ufffd" in text or text.count("\r") != text.count("\r\n"):
        return ()
    return StringIO(text, newline="\n").readlines()


def _fault_of(line: str) -> str:
    if "\0" in line:
        return NUL
    return NOT_UTF8 if "\ufffd" in line else ""


def _excerpt(raw: bytes) -> str:
    return raw[: 4 * LONGEST_EXCERPT].decode(errors="replace")[:LONGEST_EXCERPT]


def read_layout(file: BinaryIO, *, encoding: str = "", sheet: str = "") -> Layout:
    """Look at the top of the file, in the encoding or at the sheet that somebody has chosen.
    Raises FileError."""
    file.seek(0)
    head = file.read(LONGEST_LINE)
    if is_workbook(head):
        rows = SheetAsCsv(file, sheet=sheet)
        return _layout_of_sheet(rows) if sheet else _layout_of_first(file, rows)
    _refuse_other_formats(head)
    encoding = encoding or encoding_of(file)
    return replace(_layout_of(_in_utf8(file, encoding)), encoding=encoding)


def _layout_of_sheet(rows: SheetAsCsv) -> Layout:
    return replace(_layout_of(rows), sheet=rows.sheet.name, sheets=rows.sheets)


def _layout_of_first(file: BinaryIO, rows: SheetAsCsv) -> Layout:
    """Of the first sheet, or, where that has no rows, like a cover, of the next that has some."""
    try:
        return _layout_of_sheet(rows)
    except FileError as error:
        shown = [one.name for one in rows.book.sheets if not one.is_hidden]
        for name in shown[1:MOST_COVERS]:
            with suppress(FileError):
                return _layout_of_sheet(SheetAsCsv(file, sheet=name, book=rows.book))
        raise error from None


def _layout_of(text: Utf8) -> Layout:
    text.seek(0)
    head = text.read(LONGEST_LINE)[:LONGEST_LINE]
    _refuse_other_formats(head)
    start = len(_UTF8_MARK) if head.startswith(_UTF8_MARK) else 0
    sep = _SEP_LINE.match(head, start)
    top = _top_row(head, sep.end() if sep else start, sep[1].decode() if sep else "")
    text.seek(top.ends_at)
    if not any(block.strip() for block in iter(lambda: text.read(BLOCK), b"")):
        raise FileError(NO_ROWS)
    return Layout(
        delimiter=top.delimiter,
        header=_header(top.cells, is_marked=_is_marked(text)),
        starts_at=top.ends_at,
        first_row=top.number + 1,
        has_old_line_ends=top.line_end == b"\r",
    )


def _in_utf8(file: BinaryIO, encoding: str) -> Utf8:
    return file if encoding == UTF8 else InUtf8(file, encoding)


def _text_of(file: BinaryIO, layout: Layout) -> Utf8:
    if layout.sheet:
        return SheetAsCsv(file, sheet=layout.sheet)
    return _in_utf8(file, layout.encoding)


def _refuse_other_formats(head: bytes) -> None:
    text = head.removeprefix(_UTF8_MARK).lstrip()
    if not text:
        raise FileError(EMPTY_FILE)
    for mark, what in _MAGIC.items():
        if text.startswith(mark):
            raise FileError(NOT_CSV.format(what=what))


@dataclass(frozen=True)
class _TopRow:
    number: int
    cells: list[str]
    delimiter: str
    ends_at: int
    line_end: bytes

    @property
    def filled(self) -> int:
        return sum(map(bool, self.cells))

    @property
    def names_fields(self) -> bool:
        return any(fields_called(self.cells))

    @property
    def is_all_names(self) -> bool:
        return self.filled > 1 and not any(_VALUE.match(cell) for cell in self.cells)


def _top_row(head: bytes, start: int, delimiter: str) -> _TopRow:
    """The row of column names: the first that is not blank, or the one below a report's titles,
    which fill few cells."""
    rows, above = list[_TopRow](), 0  # cells of the fullest row so far
    try:
        for row in islice(_top_rows(head, start, delimiter), TOP_ROWS):
            if (above <= 1 or 2 * above <= row.filled) and row.names_fields:
                return row
            rows.append(row)
            above = max(above, row.filled)
    except FileError:  # a row of people is told apart from those that can be read
        if above <= 1:
            raise
    if not rows:
        raise FileError(EMPTY_FILE)
    below = next((row for row in rows if row.filled > 1), rows[0])
    return below if below.is_all_names else rows[0]


def _top_rows(head: bytes, start: int, delimiter: str) -> Iterator[_TopRow]:
    number = 0
    while start < len(head):
        row = _ROW.match(head, start)
        if row is None or row.end() == LONGEST_LINE:
            raise FileError(LONG_HEADER)
        number, start = number + 1, row.end()
        if row[0].strip(_BLANK):
            yield _split(row, number, delimiter)


def _split(row: re.Match[bytes], number: int, delimiter: str) -> _TopRow:
    try:
        text = row[0].decode()
    except UnicodeDecodeError:
        raise FileError(NOT_UTF8_FILE) from None
    delimiter = delimiter or _sniff(text)
    try:
        cells = next(_cells_of(StringIO(text, newline=""), delimiter))
    except csv.Error:
        raise FileError(LONG_HEADER) from None
    named = [" ".join(cell.translate(_UNSEEN).split()) for cell in cells]
    return _TopRow(number, named, delimiter, row.end(), row[1])


def _cells_of(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Some programs write a blank behind each delimiter, before the quotes too."""
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def _sniff(top: str) -> str:
    outside_quotes = _QUOTED.sub("", top)
    return max(DELIMITERS, key=outside_quotes.count)


def _is_marked(text: Utf8) -> bool:
    """A workbook of ours says itself which of its cells are texts."""
    return isinstance(text, SheetAsCsv) and text.sheet.name == OWN_SHEET


def _header(cells: list[str], *, is_marked: bool) -> tuple[str, ...]:
    if len(cells) > MOST_COLUMNS:
        raise FileError(TOO_MANY_COLUMNS)
    if any(_NUMBER.fullmatch(cell) for cell in cells):
        raise FileError(NO_HEADER)
    return tuple(restored(cells) if is_our_own(cells) and not is_marked else cells)


class Rows:
    """The rows below the header: a list of cells, [] for an empty row, or a Fault.

    `bytes_read` says how far the file has been read.
    """

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        text = _text_of(file, layout)
        self._is_marked = _is_marked(text)
        text.seek(layout.starts_at)
        self._source = _Source(text, bytes_read=layout.starts_at)
        self._layout = layout
        self._short_row: list[str] | None = None  # the last that was filled up
        self.first_row = layout.first_row

    @property
    def bytes_read(self) -> int:
        return self._source.bytes_read

    def __iter__(self) -> Iterator[Row]:
        return chain.from_iterable(self.blocks())

    def blocks(self) -> Iterator[Sequence[Row]]:
        """As many rows at a time as are read at one go, in which nothing stands out; or some of
        those that are looked at one by one."""
        is_neutral = is_our_own(self._layout.header) and not self._is_marked
        one_by_one = self._whole_rows()
        while rows := self._plain_rows() or self._some_of(one_by_one):
            yield [*map(_restored, rows)] if is_neutral else rows

    def _plain_rows(self) -> Sequence[list[str]]:
        """All of the next block, where each is one line and has all its cells."""
        lines = self._source.lines_ahead()
        rows = _rows_of(lines, self._layout) if lines else ()
        if rows:
            self._source.pass_by()
        return rows

    def _some_of(self, rows: Iterator[Row]) -> Sequence[Row]:
        some, size = list[Row](), 0
        for row in rows:
            some.append(row)
            size += LONGEST_EXCERPT if isinstance(row, Fault) else sum(map(len, row))
            if len(some) == MOST_ROWS or size > MOST_IN_MEMORY or self._source.is_between_blocks:
                break
        return some

    def _whole_rows(self) -> Iterator[Row]:
        """Where lines end otherwise, a return alone may be a line end or stand in a cell.

        It is taken for a line end where both rows beside it have all their cells.
        """
        held: tuple[Row, str, bool] | None = None
        is_torn = False  # off the row above
        for row in self._rows():
            if not self._source.has_lone_returns:
                yield row
                continue
            if held:
                above, line, is_short = held
                is_torn_below = is_short or row is self._short_row
                yield Fault(STRAY_BREAK, line) if is_torn or is_torn_below else above
                held, is_torn = None, is_torn_below
            if self._ends_in_lone_return():
                held = row, self._line(), row is self._short_row
            else:
                yield Fault(STRAY_BREAK, self._line()) if is_torn else row
                is_torn = False
        if held:
            yield Fault(STRAY_BREAK, held[1]) if is_torn else held[0]

    def _ends_in_lone_return(self) -> bool:
        taken = self._source.taken
        return not self._layout.has_old_line_ends and bool(taken) and taken[-1].endswith("\r")

    def _line(self) -> str:
        return _shown("".join(self._source.taken))

    def _rows(self) -> Iterator[Row]:
        source, width = self._source, len(self._layout.header)
        taken = source.taken
        reader = self._reader()
        while True:
            taken.clear()
            source.fault = ""
            try:
                cells = next(reader)
            except StopIteration:
                if not source.given_back:
                    return
                reader = self._reader()
                continue
            except csv.Error:
                yield self._broken(CELL_TOO_LONG)
                reader = self._reader()
                continue
            if len(taken) == 1 and len(cells) == width and not source.fault:
                yield cells
                continue
            yield self._judged(cells, width)
            if source.given_back:
                reader = self._reader()

    def _reader(self) -> Iterator[list[str]]:
        return _cells_of(self._source, self._layout.delimiter)

    def _judged(self, cells: list[str], width: int) -> Row:
        if self._source.fault:
            return self._broken(self._source.fault)
        if not any(cell.strip() for cell in cells):
            return []
        if len(self._source.taken) > 1 and not self._is_whole(width):
            return self._broken(OPEN_QUOTE)
        if len(cells) > width and not any(cells[width:]):
            return cells[:width]
        # Of our own rows only those are short that could not be split into cells.
        if len(cells) > width or (len(cells) < width and is_our_own(self._layout.header)):
            reason = WRONG_NUMBER_OF_CELLS.format(found=len(cells), expected=width)
            return Fault(reason, _shown(self._source.taken[0]))
        if len(cells) < width:
            self._short_row = cells = cells + [""] * (width - len(cells))
        return cells

    def _is_whole(self, width: int) -> bool:
        """Whether a row over several lines is well quoted, or swallows the rows below it."""
        lines, delimiter = self._source.taken, self._layout.delimiter
        try:
            cells = next(csv.reader(lines, delimiter=delimiter, strict=True))
        except csv.Error:
            return False
        if len(cells) < width:
            return all(line.count(delimiter) < width - 1 for line in lines[1:])
        return not any(cells[width:])

    def _broken(self, reason: str) -> Fault:
        return Fault(reason, _shown(self._source.give_back_all_but_first()))


def _rows_of(lines: Sequence[str], layout: Layout) -> Sequence[list[str]]:
    """None where a row takes several lines, or has not all its cells. A quote that is opened in the
    last line would swallow the end mark."""
    try:
        *rows, end = _cells_of([*lines, _END_MARK], layout.delimiter)
    except csv.Error:
        return ()
    is_plain = end == [_END_MARK] and set(map(len, rows)) == {len(layout.header)}
    return rows if is_plain and len(rows) == len(lines) else ()


def _restored(row: Row) -> Row:
    return row if isinstance(row, Fault) else restored(row)


def _shown(line: str) -> str:
    return line.replace("\0", "").strip()[:LONGEST_EXCERPT]
