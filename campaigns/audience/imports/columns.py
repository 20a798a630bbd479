"""Many rows at once, column by column: what a column repeats is read once, and a column in which
all is plain is only looked at."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from campaigns.audience.imports.staging import SEPARATOR

WRONG = "\x1e"  # stands in no line of the staging table

Look = Callable[[Sequence[str]], Sequence[str] | None]


def no_look(_cells: Sequence[str]) -> None:
    return None


@dataclass(frozen=True, slots=True)
class ColumnReader:
    """`read` gives WRONG for what can't be read. `look` gives a whole column without its blanks as
    `read` would, or None where it can't say so at a glance, or where a cell has blanks around."""

    index: int
    read: Callable[[str], str]
    blank: str = ""
    look: Look = no_look

    def column(self, columns: Sequence[Sequence[str]]) -> Sequence[str]:
        cells = columns[self.index]
        given = [*filter(None, cells)] if "" in cells else cells
        seen = self.look(given) if given else None
        if seen is not None:
            return seen if given is cells else self._between_blanks(cells, seen)
        stripped = {cell: cell.strip() for cell in {*cells}}
        read = {cell: self.read(words) if words else self.blank for cell, words in stripped.items()}
        return [read[cell] for cell in cells]

    def _between_blanks(self, cells: Sequence[str], seen: Sequence[str]) -> Sequence[str]:
        each = iter(seen)
        return [next(each) if cell else self.blank for cell in cells]


def lines_of(
    heads: Sequence[Iterable[str]],
    rows: Sequence[Sequence[str]],
    fields: Sequence[ColumnReader],
    properties: Sequence[ColumnReader],
    *,
    end: str,
) -> Sequence[str]:
    """For the table in which they go, with columns before and an `end` that don't come from cells;
    "" for a row with anything wrong."""
    if not rows:
        return ()
    columns = [*zip(*rows, strict=True)]
    staged = [*heads, *(field.column(columns) for field in fields)]
    objects = _objects([each.column(columns) for each in properties], len(rows), end)
    lines = [*map(SEPARATOR.join, zip(*staged, objects, strict=True))]
    if WRONG not in "".join(lines):
        return lines
    return ["" if WRONG in line else line for line in lines]


def _objects(members: Sequence[Sequence[str]], count: int, end: str) -> list[str]:
    """JSON, from each row's members; blank ones are left out."""
    if not members:
        return ["{}" + end] * count
    rows: Iterable[Iterable[str]] = zip(*members, strict=True)
    if any("" in column for column in members):
        rows = (filter(None, row) for row in rows)
    return [f"{{{text}}}{end}" for text in map(",".join, rows)]
