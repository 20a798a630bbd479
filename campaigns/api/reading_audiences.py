"""Whom a campaign takes and leaves out, as a program writes it → the parts of its audience."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from campaigns.audience.choosing import MOST_PARTS, TOO_MANY
from campaigns.models import Audience, AudiencePart, Campaign, CustomList, Segment, Slice
from providers.api.problems import WrongPart, wrong_value
from providers.models import Project

MOST_NUMBER = 2**63 - 1
ONE_THING = "It names a “list” or a “segment”; or, to be left out, a “campaign” and its “slice”."
NOT_HERE = "There is no such {} in this project."
SIDES = ("take", "leave_out")
NO_AUDIENCE = "It has “everybody”, true or false, and the lists “take” and “leave_out”."
EVERYBODY_TAKEN = "Everybody is taken already."

_ROWS: Mapping[str, "QuerySet[Any]"] = {
    "list": CustomList.objects.all(),
    "segment": Segment.objects.all(),
    "campaign": Campaign.objects.without_versions(),
}
_FIELDS = {"list": "custom_list_id", "segment": "segment_id", "campaign": "earlier_id"}


@dataclass(frozen=True, slots=True)
class Named:
    """One part. `path` leads to it."""

    path: str
    is_left_out: bool
    part: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return next(kind for kind in _FIELDS if kind in self.part)

    @property
    def number(self) -> int:
        number: int = self.part[self.kind]
        return number


def read_audience(
    project: Project, given: Mapping[str, Any], wrong: list[WrongPart]
) -> tuple[Audience, list[AudiencePart]]:
    """What is wrong comes to `wrong`."""
    everybody = given.get("everybody") or False
    sides = {side: given.get(side) or [] for side in SIDES}
    if problem := _problem(given, everybody, sides):
        wrong.append(wrong_value("audience", problem))
        return Audience.NOT_CHOSEN, []
    if everybody and sides["take"]:
        wrong.append(wrong_value("audience.take", EVERYBODY_TAKEN))
    parts = _parts(project, list(_named(sides, wrong)), wrong)
    if not given:
        return Audience.NOT_CHOSEN, parts
    return Audience.EVERYBODY if everybody else Audience.SOME, parts


def _problem(given: Mapping[str, Any], everybody: Any, sides: Mapping[str, Any]) -> str:
    known = given.keys() <= {"everybody", *SIDES}
    if not known or not isinstance(everybody, bool):
        return NO_AUDIENCE
    if not all(isinstance(parts, list) for parts in sides.values()):
        return NO_AUDIENCE
    return TOO_MANY if sum(map(len, sides.values())) > MOST_PARTS else ""


def _named(sides: Mapping[str, list[Any]], wrong: list[WrongPart]) -> Iterator[Named]:
    for side, parts in sides.items():
        for number, part in enumerate(parts):
            path, is_left_out = f"audience.{side}.{number}", side == "leave_out"
            if _names_one_thing(part, is_left_out=is_left_out):
                yield Named(path, is_left_out, part)
            else:
                wrong.append(wrong_value(path, ONE_THING))


def _names_one_thing(part: Any, *, is_left_out: bool) -> bool:
    match part:
        case {"list": int(number)} | {"segment": int(number)} if len(part) == 1:
            pass
        case {"campaign": int(number), "slice": str(named)} if len(part) == 2:
            if not is_left_out or named not in Slice.values:
                return False
        case _:
            return False
    return not isinstance(number, bool) and 0 < number <= MOST_NUMBER


def _parts(project: Project, named: list[Named], wrong: list[WrongPart]) -> list[AudiencePart]:
    there = {
        kind: there_of(project, kind, [one.number for one in named if one.kind == kind])
        for kind in _FIELDS
    }
    wrong += [
        wrong_value(one.path, NOT_HERE.format(one.kind))
        for one in named
        if one.number not in there[one.kind]
    ]
    return [
        AudiencePart(
            is_left_out=one.is_left_out,
            slice=one.part.get("slice", ""),
            **{_FIELDS[one.kind]: one.number},
        )
        for one in named
    ]


def there_of(project: Project, kind: str, numbers: Iterable[int]) -> set[int]:
    """Which of these lists, segments or campaigns the project has."""
    wanted = set(numbers)
    mine = _ROWS[kind].filter(project=project, pk__in=wanted)
    return set(mine.values_list("pk", flat=True)) if wanted else set()
