"""A part of a workbook as a stream: what begins in it, what ends, and the text between.

The parser is the one that defusedxml has made: entities and document types end the reading. Handed
straight to expat, its events come without a tree being made, and nothing of it is kept.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.workbooks.recognizing import DAMAGED

BLOCK = 64 * 1024  # bytes
LONGEST_TAG = 1024 * 1024  # bytes that may be taken without anything beginning or ending
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

Attributes = dict[str, str]


class Events:
    """Calls `begins` and `ends` while it is read, block by block."""

    def __init__(
        self,
        source: IO[bytes],
        *,
        begins: Callable[[str, Attributes], None],
        ends: Callable[[str], None],
    ) -> None:
        self._source = source
        self.parser: Any = DefusedXMLParser(forbid_dtd=True).parser
        self.parser.ordered_attributes = False
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = begins, ends
        self.parser.CharacterDataHandler = self.parser.DefaultHandlerExpand = None
        self.bytes_read = 0

    def __iter__(self) -> Iterator[None]:
        """After each block. Raises FileError."""
        while block := self._read():
            self.bytes_read += len(block)
            self._parse(block)
            if self.bytes_read - self.parser.CurrentByteIndex > LONGEST_TAG:
                raise FileError(DAMAGED)
            yield

    def _read(self) -> bytes:
        try:
            return self._source.read(BLOCK)
        except (BadZipFile, OSError, EOFError, zlib.error):
            raise FileError(DAMAGED) from None

    def _parse(self, block: bytes) -> None:
        try:
            self.parser.Parse(block)
        except (ExpatError, DefusedXmlException):
            raise FileError(DAMAGED) from None
