"""The rows that were not imported, or not as a whole, as a CSV that can be corrected and uploaded
again."""

import csv
import tempfile
from collections.abc import Sequence
from io import TextIOWrapper
from types import TracebackType

from django.core.files import File

from campaigns.audience.imports.neutralizing import OWN_COLUMNS, neutral
from campaigns.audience.imports.reading import Layout

IN_WITHOUT = "The row is in, without this:"


class Refusals:
    """Written to disk as they come, so that a file of wrong rows only costs no memory."""

    def __init__(self) -> None:
        self.count = 0
        self.incomplete = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._text = TextIOWrapper(self._file, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text)

    def begin(self, layout: Layout) -> None:
        """Without what an earlier reading has refused."""
        self._text.seek(0)
        self._text.truncate()
        self.count = self.incomplete = 0
        self._writer = csv.writer(self._text, delimiter=layout.delimiter)
        self._write([*OWN_COLUMNS, *layout.labels])

    def add(self, number: int, reason: str, cells: Sequence[str]) -> None:
        self.count += 1
        self._write([str(number), reason, *cells])

    def add_incomplete(self, number: int, reason: str, cells: Sequence[str]) -> None:
        """Of a row that came in without a value that is wrong."""
        self.incomplete += 1
        self._write([str(number), f"{IN_WITHOUT} {reason}", *cells])

    def _write(self, cells: Sequence[str]) -> None:
        self._writer.writerow([neutral(cell) for cell in cells])

    def as_file(self) -> "File[bytes]":
        self._text.flush()
        self._file.seek(0)
        return File(self._file)

    def __enter__(self) -> "Refusals":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._text.close()
