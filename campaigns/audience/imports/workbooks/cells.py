"""The rows of a sheet as texts, each with its number; only one block of the sheet is in memory."""

from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Any

from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.workbooks.opening import Styles
from campaigns.audience.imports.workbooks.recognizing import DAMAGED
from campaigns.audience.imports.workbooks.texts import READING, TEXT, SharedTexts
from campaigns.audience.imports.workbooks.values_as_text import (
    number_in_words,
    text_of,
)
from campaigns.audience.imports.workbooks.xml_events import MAIN, Attributes, Events

MOST_COLUMNS = 16_384  # of a sheet
MOST_ROWS = 1_048_576
LONGEST_ROW = 1024 * 1024  # characters; what goes beyond is refused where rows are judged
ROW, CELL, VALUE, END = f"{MAIN}row", f"{MAIN}c", f"{MAIN}v", f"{MAIN}sheetData"
WORDS = {"0": "FALSE", "1": "TRUE"}
DIGITS = "0123456789"

Row = tuple[int, list[str]]


class SheetRows:
    """Of blank rows nothing comes; neither do blank cells at the end of a row."""

    def __init__(self, source: IO[bytes], *, styles: Styles, texts: SharedTexts) -> None:
        self._events = Events(source, begins=self._begins, ends=self._ends)
        self._parser: Any = self._events.parser
        self._texts = texts
        self._number = lru_cache(20_000)(
            lambda raw, style: number_in_words(raw, style, styles)  # days come again and again
        )
        self._rows: deque[Row] = deque()
        self._last_row = 0
        self._cells: list[str] = []
        self._size = 0
        self._column, self._kind, self._style = 0, "n", 0
        self._parts: list[str] = []
        self._is_reading = self._has_ended = False

    @property
    def bytes_read(self) -> int:
        return self._events.bytes_read

    def __iter__(self) -> Iterator[Row]:
        """Raises FileError."""
        for _ in self._events:
            while self._rows:
                yield self._rows.popleft()
            if self._has_ended:
                return
        raise FileError(DAMAGED)  # it breaks off

    def _begins(self, name: str, attributes: Attributes) -> None:
        if name == CELL:
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
            self._column = self._column_of(attributes.get("r"))
        elif name == VALUE or (name == TEXT and not self._is_reading):
            self._parser.CharacterDataHandler = self._takes
        elif name == ROW:
            self._cells, self._column, self._size = [], 0, 0
            given = int(attributes.get("r", 0))
            self._last_row = max(given, self._last_row + 1)
            if self._last_row > MOST_ROWS:
                raise FileError(DAMAGED)
        elif name == READING:
            self._is_reading = True

    def _takes(self, text: str) -> None:
        if self._size < LONGEST_ROW:
            self._size += len(text)
            self._parts.append(text)

    def _column_of(self, place: str | None) -> int:
        column = column_called(place.rstrip(DIGITS)) if place else self._column + 1
        if not 0 < column <= MOST_COLUMNS:
            raise FileError(DAMAGED)
        return column

    def _ends(self, name: str) -> None:
        if name == CELL:
            if self._parts:
                self._put()
        elif name in (VALUE, TEXT):
            self._parser.CharacterDataHandler = None
        elif name == ROW:
            if self._cells:
                self._rows.append((self._last_row, self._cells))
        elif name == READING:
            self._is_reading = False
        elif name == END:
            self._has_ended = True

    def _put(self) -> None:
        raw = self._parts[0] if len(self._parts) == 1 else "".join(self._parts)
        self._parts.clear()
        if self._size < LONGEST_ROW and (text := self._read(raw)):
            self._size += len(text)
            missing = self._column - len(self._cells)
            if missing > 0:
                self._cells.extend([""] * missing)
            self._cells[self._column - 1] = text

    def _read(self, raw: str) -> str:
        match self._kind:
            case "s":
                return self._texts.text(int(raw))
            case "n":
                return self._number(raw, self._style)
            case "b":
                return WORDS.get(raw, raw)
            case "d":
                return raw.replace("T", " ").removesuffix(" 00:00:00")
            case _:
                return text_of(raw)


@lru_cache(MOST_COLUMNS)
def column_called(letters: str) -> int:
    """1 for A; 0 for what is no column."""
    if not (letters.isascii() and letters.isupper() and len(letters) <= 3):
        return 0
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number
