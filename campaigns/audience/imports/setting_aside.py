"""The file in which lines of people who are all new wait until all of their file is read.

Chunk by chunk, each in the order of the identities, so that neighbours in the index are written one
after the other. No name leads to the file: whatever becomes of its process, it is gone with it.
"""

import mmap
import os
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import accumulate
from types import TracebackType

from campaigns.audience.imports import saving
from campaigns.audience.imports.staging import SEPARATOR, Block

PIECE, AT_ONCE = 128 * 1024, 1_000  # bytes that are read, lines that are written
MOST_REPEATED = 100_000  # identities that are held in memory
MOST_CHARACTERS = 16_000_000  # of a chunk, which is in memory, where rows repeat some times over
_NUMBERS = 1 << 64  # of a hash: from minus to plus the half of it
_PARTS = 256  # one of which is in memory at a time
_BYTES = 8


class TooMuchForMemoryError(Exception):
    """Rows so wide, or repeated so often, that it would grow with the file."""


class SetAside:
    """`repeated` counts lines that gave way to a later one about the same person."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._hashes = tempfile.TemporaryFile()  # noqa: SIM115
        self._places: dict[int, tuple[int, int]] = {}  # of each chunk: start and size
        self._counts: dict[int, int] = {}
        self._chunk: int | None = None
        self._lines: list[str] = []
        self._characters = 0
        self.repeated = 0

    def add(self, blocks: Iterable[Block], _columns: Sequence[str]) -> bool:
        """False if there was none. Raises TooMuchForMemoryError."""
        first = None
        for first, lines in blocks:
            chunk = (first - 1) // saving.CHUNK * saving.CHUNK
            if chunk != self._chunk:
                self._put_away()
                self._chunk = chunk
            self._lines += lines
            self._characters += sum(map(len, lines))
            if self._characters > MOST_CHARACTERS:
                raise TooMuchForMemoryError
        return first is not None

    def _put_away(self) -> None:
        if self._chunk is not None and self._lines:
            people = {line.partition(SEPARATOR)[0]: line for line in self._lines}
            self.repeated += len(self._lines) - len(people)
            array("q", sorted(map(hash, people))).tofile(self._hashes)
            self._write(self._chunk, people.values())
        self._lines, self._characters = [], 0

    def _write(self, chunk: int, lines: Collection[str]) -> None:
        start = self._file.seek(0, os.SEEK_END)
        in_order = sorted(lines)
        for at in range(0, len(in_order), AT_ONCE):
            self._file.write("".join(in_order[at : at + AT_ONCE]).encode())
        self._file.flush()  # it is read past this buffer
        self._places[chunk] = start, self._file.tell() - start
        self._counts[chunk] = len(in_order)

    def count(self, chunk: int) -> int:
        return self._counts.get(chunk, 0)

    def pieces(self, chunk: int) -> Iterator[bytes]:
        """Several threads at once may read."""
        start, size = self._places[chunk]
        for at in range(start, start + size, PIECE):
            yield os.pread(self._file.fileno(), min(PIECE, start + size - at), at)

    def drop_repeated(self) -> None:
        """When all lines are there. Raises TooMuchForMemoryError."""
        self._put_away()
        if repeated := self._hashes_that_repeat():
            later: set[str] = set()
            for chunk in sorted(self._places, reverse=True):
                self._drop_earlier(chunk, repeated, later)

    def _drop_earlier(self, chunk: int, repeated: Collection[int], later: set[str]) -> None:
        text = b"".join(self.pieces(chunk)).decode()
        lines = [f"{line}\n" for line in text.split("\n")[:-1]]
        known = [identity for identity in map(_identity, lines) if hash(identity) in repeated]
        kept = [line for line in lines if _identity(line) not in later]
        if len(kept) < len(lines):
            self.repeated += len(lines) - len(kept)
            self._write(chunk, kept)
        later.update(known)

    def _hashes_that_repeat(self) -> set[int]:
        """All of them at once would not fit into memory: part by part."""
        self._hashes.flush()
        repeated: set[int] = set()
        with closing(_parts(self._hashes.fileno(), [*self._counts.values()])) as parts:
            for part in parts:
                repeated |= _twice(part)
                if len(repeated) > MOST_REPEATED:
                    raise TooMuchForMemoryError
        return repeated

    def __enter__(self) -> "SetAside":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._hashes.close()


def _identity(line: str) -> str:
    return line.partition(SEPARATOR)[0]


def _parts(file: int, counts: Sequence[int]) -> Generator["array[int]", None, None]:
    """Those of a span of numbers, of all chunks, in each of which they are sorted."""
    if not counts:  # nothing can't be mapped
        return
    ends = [*accumulate(counts)]
    starts = [0, *ends[:-1]]
    mapped = mmap.mmap(file, 0, access=mmap.ACCESS_READ)
    with mapped, memoryview(mapped) as raw, raw.cast("q") as hashes:
        for n in range(1, _PARTS + 1):
            limit = n * (_NUMBERS // _PARTS) - _NUMBERS // 2
            upto = [
                bisect_left(hashes, limit, start, end)
                for start, end in zip(starts, ends, strict=True)
            ]
            part = array("q")
            for start, end in zip(starts, upto, strict=True):
                part.frombytes(raw[start * _BYTES : end * _BYTES])
            yield part
            starts = upto


def _twice(numbers: Sequence[int]) -> set[int]:
    if len(set(numbers)) == len(numbers):
        return set()
    once: set[int] = set()
    twice: set[int] = set()
    for number in numbers:
        (twice if number in once else once).add(number)
    return twice
