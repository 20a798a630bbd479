"""What becomes of each template of an import, a line each."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`stops` names the campaigns that end with the change, `problems` what keeps it from being
    sent, `no_sample` the places that lack one, `pk` is the template's once it is there."""

    name: str
    language: str = ""
    kind: str = ""
    outcome: Outcome
    why: str = ""
    problems: tuple[str, ...] = ()
    warnings: int = 0
    no_sample: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    pk: int | None = None


def written(lines: Iterable[Line]) -> list[dict[str, object]]:
    return [asdict(line) for line in lines]


def read(report: Iterable[Mapping[str, Any]]) -> list[Line]:
    known = {item.name for item in fields(Line)}
    return [
        Line(**{key: _value(key, value) for key, value in raw.items() if key in known})
        for raw in report
    ]


def _value(key: str, value: object) -> Any:
    if key == "outcome":
        return Outcome(str(value))
    return tuple(value) if isinstance(value, list) else value
