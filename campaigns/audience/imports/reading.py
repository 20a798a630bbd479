"""A CSV file as somebody's spreadsheet wrote it: what it is, and its rows one by one.

Memory stays flat whatever the file holds. Nothing here knows a profile.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import BinaryIO

from campaigns.audience.imports.neutralizing import is_our_own, restored

BLOCK = 256 * 1024  # bytes
LONGEST_LINE = 1024 * 1024  # bytes
MOST_COLUMNS = 300
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
UTF16 = "The file is in UTF-16. In your spreadsheet choose “CSV UTF-8” when saving."
OLD_MAC = "The file has the line ends of an old Macintosh. Choose “CSV UTF-8” when saving."
LONG_HEADER = "The row of column names is too long. Is this a CSV file?"
NOT_CSV = "This is {what}, not a CSV file. Open it in a spreadsheet and save it as “CSV UTF-8”."

NOT_UTF8 = "The row holds characters that are not UTF-8. Save the file as “CSV UTF-8”."
NUL = "The row holds a NUL character."
LINE_TOO_LONG = "The row is longer than 1 MB."
CELL_TOO_LONG = "A cell is longer than 131,072 characters, or a quote is opened and never closed."
OPEN_QUOTE = "A quote is opened and not closed, or the row has too many or too few cells."
STRAY_BREAK = "A line break stands in a cell without quotes around it."

_MAGIC = {
    b"PK\x03\x04": "an Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"\x1f\x8b": "a compressed file",
    b"%PDF": "a PDF",
    b"{": "a JSON file",
    b"[": "a JSON file",
    b"<": "a web page or XML file",
}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
DELIMITERS = ",;\t"
_SEP_LINE = re.compile(rb"^sep=([,;\t])\r?\n", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_NUMBER = re.compile(r"'?\+?\d{7,}")


class FileError(Exception):
    """Why a file can't be read at all, with the way out, in words for who uploaded it."""


@dataclass(frozen=True)
class Layout:
    delimiter: str
    header: tuple[str, ...]  # as written, without blanks around
    starts_at: int  # bytes before the first row

    @property
    def labels(self) -> tuple[str, ...]:
        """The header, with something to call a column that has no name."""
        return tuple(name or f"Column {n}" for n, name in enumerate(self.header, start=1))


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that can't even be split into cells."""

    reason: str
    excerpt: str


@dataclass
class _Source:
    """The file's lines as text, and what is to be said about those just taken.

    Decoded block by block: line by line takes as long as all the rest of the reading.
    """

    file: BinaryIO
    bytes_read: int
    taken: list[str] = field(default_factory=list)
    given_back: deque[str] = field(default_factory=deque)
    fault: str = ""

    def __post_init__(self) -> None:
        self._new_lines = self._lines()

    def __iter__(self) -> Iterator[str]:
        while self.given_back:
            line = self.given_back.popleft()
            self.fault = self.fault or _fault_of(line)
            self.taken.append(line)
            yield line
        for line in self._new_lines:
            self.taken.append(line)
            yield line

    def _lines(self) -> Iterator[str]:
        for block in self._blocks():
            if isinstance(block, str):
                self.fault = LINE_TOO_LONG
                yield block
                continue
            text = block.decode(errors="replace")
            if "\0" in text or "\ufffd" in text:
                yield from self._suspicious(block)
            else:
                yield from StringIO(text, newline="\n")

    def _suspicious(self, block: bytes) -> Iterator[str]:
        for raw in BytesIO(block):
            text = raw.decode(errors="replace")
            if text.encode() != raw or "\0" in text:
                self.fault = _fault_of(text)
            yield text

    def _blocks(self) -> Iterator[bytes | str]:
        """Whole lines by the block; of an endless line an excerpt, as text."""
        begun = b""
        while block := self._read():
            lines, newline, begun = (begun + block).rpartition(b"\n")
            if newline:
                yield lines + newline
            if len(begun) > LONGEST_LINE:
                yield _excerpt(begun).replace('"', " ") + "\n"
                begun = self._skip_line()
        if begun:
            yield begun

    def _skip_line(self) -> bytes:
        """To behind the next line break; what follows it in the block."""
        while block := self._read():
            _, newline, begun = block.partition(b"\n")
            if newline:
                return begun
        return b""

    def _read(self) -> bytes:
        block = self.file.read(BLOCK)
        self.bytes_read += len(block)
        return block

    def give_back_all_but_first(self) -> str:
        """So that one row's open quote doesn't swallow those below it."""
        first, *others = self.taken
        self.given_back.extendleft(reversed(others))
        return first

    def start_row(self) -> None:
        self.taken.clear()
        self.fault = ""


def _fault_of(line: str) -> str:
    if "\0" in line:
        return NUL
    return NOT_UTF8 if "\ufffd" in line else ""


def _excerpt(raw: bytes) -> str:
    return raw[: 4 * LONGEST_EXCERPT].decode(errors="replace")[:LONGEST_EXCERPT]


def read_layout(file: BinaryIO) -> Layout:
    """Look at the top of the file. Raises FileError."""
    file.seek(0)
    head = file.read(LONGEST_LINE)
    _refuse_other_formats(head)
    start = len(_UTF8_MARK) if head.startswith(_UTF8_MARK) else 0
    sep = _SEP_LINE.match(head, start)
    file.seek(sep.end() if sep else start)
    top = _top_row(file)
    delimiter = sep[1].decode() if sep else _sniff(top)
    layout = Layout(delimiter=delimiter, header=_header(top, delimiter), starts_at=file.tell())
    if not any(line.strip() for line in iter(lambda: file.readline(LONGEST_LINE), b"")):
        raise FileError(NO_ROWS)
    return layout


def _refuse_other_formats(head: bytes) -> None:
    if head.startswith(_UTF16_MARKS) or head[:200].count(b"\0") > len(head[:200]) / 4:
        raise FileError(UTF16)
    text = head.removeprefix(_UTF8_MARK).lstrip()
    if not text:
        raise FileError(EMPTY_FILE)
    for mark, what in _MAGIC.items():
        if text.startswith(mark):
            raise FileError(NOT_CSV.format(what=what))
    if b"\r" in head and b"\n" not in head:
        raise FileError(OLD_MAC)


def _top_row(file: BinaryIO) -> str:
    """The first row that is not empty, with every line that its quotes span."""
    raw = b""
    while not raw.strip() or raw.count(b'"') % 2:
        line = file.readline(LONGEST_LINE)
        raw = raw.lstrip() + line
        if not line or len(raw) >= LONGEST_LINE:
            raise FileError(LONG_HEADER)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise FileError(NOT_UTF8_FILE) from None


def _sniff(top: str) -> str:
    outside_quotes = _QUOTED.sub("", top)
    return max(DELIMITERS, key=outside_quotes.count)


def _header(top: str, delimiter: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader(top.splitlines(keepends=True), delimiter=delimiter))
    except csv.Error:
        raise FileError(LONG_HEADER) from None
    if len(cells) > MOST_COLUMNS:
        raise FileError(TOO_MANY_COLUMNS)
    if any(_NUMBER.fullmatch(cell.strip()) for cell in cells):
        raise FileError(NO_HEADER)
    names = [" ".join(cell.replace("\0", "").split()) for cell in cells]
    return tuple(restored(names) if is_our_own(names) else names)


class Rows:
    """The rows below the header: a list of cells, [] for an empty row, or a Fault.

    `bytes_read` says how far the file has been read.
    """

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        file.seek(layout.starts_at)
        self._source = _Source(file, bytes_read=layout.starts_at)
        self._layout = layout

    @property
    def bytes_read(self) -> int:
        return self._source.bytes_read

    def __iter__(self) -> Iterator[list[str] | Fault]:
        rows = self._as_written()
        if not is_our_own(self._layout.header):
            return rows
        return (row if isinstance(row, Fault) else restored(row) for row in rows)

    def _as_written(self) -> Iterator[list[str] | Fault]:
        source, width = self._source, len(self._layout.header)
        reader = self._reader()
        while True:
            source.start_row()
            try:
                cells = next(reader)
            except StopIteration:
                if not source.given_back:
                    return
                reader = self._reader()
                continue
            except csv.Error as problem:
                yield self._broken(_in_plain_words(problem))
                reader = self._reader()
                continue
            if len(source.taken) == 1 and len(cells) == width and not source.fault:
                yield cells
                continue
            yield self._judged(cells, width)
            if source.given_back:
                reader = self._reader()

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._source, delimiter=self._layout.delimiter)

    def _judged(self, cells: list[str], width: int) -> list[str] | Fault:
        if self._source.fault:
            return self._broken(self._source.fault)
        if not any(cells):
            return []
        if len(self._source.taken) > 1 and not self._is_whole(width):
            return self._broken(OPEN_QUOTE)
        if len(cells) > width and not any(cells[width:]):
            return cells[:width]
        if len(cells) != width:
            few_or_many = f"The row has {len(cells)} cells, the first row has {width}."
            return Fault(few_or_many, _shown(self._source.taken[0]))
        return cells

    def _is_whole(self, width: int) -> bool:
        """Whether a row over several lines is well quoted, or swallows the rows below it."""
        lines, delimiter = self._source.taken, self._layout.delimiter
        try:
            cells = next(csv.reader(lines, delimiter=delimiter, strict=True))
        except csv.Error:
            return False
        return len(cells) == width

    def _broken(self, reason: str) -> Fault:
        return Fault(reason, _shown(self._source.give_back_all_but_first()))


def _shown(line: str) -> str:
    return line.replace("\0", "").strip()[:LONGEST_EXCERPT]


def _in_plain_words(problem: csv.Error) -> str:
    return STRAY_BREAK if "new-line" in str(problem) else CELL_TOO_LONG
