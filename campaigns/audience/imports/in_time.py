"""A file that is read for so long and no longer.

A small workbook may unpack to very much, and may do so again for each of its sheets: what bounds
the work is the clock, asked wherever something is taken from the file.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from time import monotonic
from typing import BinaryIO, cast

from campaigns.audience.imports.file_error import FileError

TAKES_TOO_LONG = (
    "It takes too long to read this file. Remove blank rows, and sheets that you don't need, or "
    "save it as “CSV UTF-8”, and upload that."
)


class _OverError(Exception):
    """No FileError: of a sheet that can't be read another one may be taken, but not now."""


@contextmanager
def in_time(file: BinaryIO, *, seconds: float) -> Iterator[BinaryIO]:
    """The same file. Raises FileError where more of it is asked for after so many seconds."""
    try:
        yield cast("BinaryIO", _InTime(file, monotonic() + seconds))
    except _OverError:
        raise FileError(TAKES_TOO_LONG) from None


class _InTime(RawIOBase):
    """What is below it is closed by whoever has opened it."""

    def __init__(self, file: BinaryIO, ends: float) -> None:
        self._file, self._ends = file, ends

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, at: int, whence: int = 0, /) -> int:
        return self._file.seek(at, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, most: int = -1, /) -> bytes:
        if monotonic() > self._ends:
            raise _OverError
        return self._file.read(most)
