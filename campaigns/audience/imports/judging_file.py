"""What an import would make of a file by its own guesses. Asks no database, writes nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from campaigns.audience.imports.cautioning import mixed_columns, warnings_of
from campaigns.audience.imports.checking import Checking
from campaigns.audience.imports.column_names import KEYS, Target
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.lost_plus import lost_plus
from campaigns.audience.imports.mapping import Column, ColumnMapping, guess
from campaigns.audience.imports.people_rows import People
from campaigns.audience.imports.reading import Layout, Rows
from campaigns.audience.imports.staging import SEPARATOR
from campaigns.audience.imports.uploading import sample_from
from campaigns.models import ImportKind

NO_KEY = "No column can be the identity, and none is a phone that could stand in for it."
_NOT_SHOWN = ("position", "match_key")


@dataclass
class JudgedFile:
    """Takes the place of the refused rows' file: what is refused is told, not written."""

    good: int = 0
    refused: list[dict[str, object]] = field(default_factory=list)
    incomplete: list[dict[str, object]] = field(default_factory=list)
    first: dict[str, object] = field(default_factory=dict)
    identities: set[str] = field(default_factory=set)

    def add(self, number: int, reason: str, _cells: object) -> None:
        self.refused.append({"row": number, "reason": reason})

    def add_incomplete(self, number: int, reason: str, _cells: object) -> None:
        self.incomplete.append({"row": number, "reason": reason})

    def take(self, line: str, columns: tuple[str, ...]) -> None:
        cells = dict(zip(columns, line.split(SEPARATOR), strict=True))
        self.good += 1
        self.identities.add(cells["identity"])
        if not self.first:
            self.first = _shown(cells)


def judge_file(path: Path, *, country: str) -> dict[str, object]:
    """One object for JSON; with "error" where the whole file is refused. Raises OSError."""
    try:
        with path.open("rb") as file:
            return {"file": str(path), **_judged(file, country)}
    except FileError as problem:
        return {"file": str(path), "error": str(problem)}


def _judged(file: BinaryIO, country: str) -> dict[str, object]:
    sample = sample_from(file)
    layout = sample.layout
    mapping = guess(layout.labels, sample.rows, kind=ImportKind.PEOPLE, known={})
    if all(mapping.index_of(key) is None for key in KEYS):
        raise FileError(NO_KEY)
    judged = JudgedFile()
    checking = Checking(
        Rows(file, layout), People(mapping, default_country=country, time_zone="UTC"), judged
    )
    for _, lines in checking.blocks():
        for line in lines:
            judged.take(line, checking.columns)
    return {
        **_read_as(layout, mapping),
        "warnings": [
            *warnings_of(mapping, sample.rows),
            *lost_plus(mapping, sample.rows, numbers=sample.numbers, country=country),
            *mixed_columns(mapping, sample.rows, numbers=sample.numbers),
        ],
        **_counted(checking, judged),
    }


def _read_as(layout: Layout, mapping: ColumnMapping) -> dict[str, object]:
    return {
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        **({"sheet": layout.sheet} if layout.sheet else {}),
        "columns": [_described(column) for column in mapping.columns],
    }


def _counted(checking: Checking, judged: JudgedFile) -> dict[str, object]:
    return {
        "rows": checking.rows_read,
        "good": judged.good,
        "refused": judged.refused,
        **({"incomplete": judged.incomplete} if judged.incomplete else {}),
        "repeated": judged.good - len(judged.identities),
        "first": judged.first,
    }


def _described(column: Column) -> dict[str, str | None]:
    described = {"name": column.label, "as": column.target.value or "ignored"}
    if column.target != Target.PROPERTY:
        return {**described, "type": None}
    return {**described, "type": column.value_type.value, "property": column.property_name}


def _shown(cells: Mapping[str, str]) -> dict[str, object]:
    fields = {name: cell for name, cell in cells.items() if name not in _NOT_SHOWN}
    return {"phone": "", "name": "", **fields, "properties": json.loads(cells["properties"])}
