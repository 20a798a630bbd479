"""What stands in a file, before it is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FETCHED = 2_000  # rows at a time


class Number(str):
    """As it is written, and no text: a spreadsheet may calculate with it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Content:
    """Cells as they are to be written, those that begin like a formula made harmless. `total` is
    None where counting would take as long as writing."""

    head: Sequence[str]
    rows: Iterator[Sequence[str]]
    total: int | None
