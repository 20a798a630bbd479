"""The texts of a workbook, which its cells name by number.

Read only as far as somebody asks: the first rows of a sheet need the first texts. They lie in a
file on disk, since a million people have millions of different ones.
"""

import os
import tempfile
from array import array
from functools import lru_cache
from typing import IO, Any

from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.workbooks.recognizing import DAMAGED
from campaigns.audience.imports.workbooks.values_as_text import text_of
from campaigns.audience.imports.workbooks.xml_events import MAIN, Attributes, Events

LONGEST = 1024 * 1024  # bytes; a row of more is refused
CACHED = 10_000
TEXT, ITEM, READING = f"{MAIN}t", f"{MAIN}si", f"{MAIN}rPh"  # rPh: how to speak Japanese names


class SharedTexts:
    def __init__(self, source: IO[bytes] | None) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._ends = array("Q", [0])
        self._new: list[bytes] = []
        self._parts: list[str] = []
        self._size = 0
        self._is_reading = False
        events = Events(source, begins=self._begins, ends=self._ends_here) if source else None
        self._events = iter(events) if events else iter(())
        self._parser: Any = events.parser if events else None
        self.text = lru_cache(CACHED)(self._text)

    def _text(self, number: int) -> str:
        """Raises FileError."""
        while number >= len(self._ends) - 1:
            if next(self._events, self) is self:
                raise FileError(DAMAGED)
            self._file.write(b"".join(self._new))
            self._file.flush()
            self._new.clear()
        begin, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._file.fileno(), min(end - begin, LONGEST), begin).decode(
            errors="ignore"
        )

    def _begins(self, name: str, _: Attributes) -> None:
        if name == TEXT and not self._is_reading:
            self._parser.CharacterDataHandler = self._takes
        elif name == READING:
            self._is_reading = True

    def _takes(self, text: str) -> None:
        if self._size < LONGEST:
            self._size += len(text)
            self._parts.append(text)

    def _ends_here(self, name: str) -> None:
        if name == TEXT:
            self._parser.CharacterDataHandler = None
        elif name == READING:
            self._is_reading = False
        elif name == ITEM:
            text = text_of("".join(self._parts)).encode()
            self._parts.clear()
            self._size = 0
            self._new.append(text)
            self._ends.append(self._ends[-1] + len(text))
