"""What each column of a file becomes: guessed from its name and first rows, then confirmed."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import models

from campaigns.audience.imports.neutralizing import OWN_COLUMNS
from campaigns.audience.imports.property_names import (
    LONGEST_NAME,
    is_property_name,
    property_name_of,
)
from campaigns.audience.imports.values import ValueType, guess_type
from campaigns.models import ImportKind, ProfileProperty, PropertyType
from providers.models import Project
from providers.refusals import Refusal

MOST_PROPERTIES = 256


class Target(models.TextChoices):
    IGNORED = "", "Leave out"
    IDENTITY = "identity", "Identity"
    PHONE = "phone", "Phone"
    NAME = "name", "Name"
    EMAIL = "email", "E-mail"
    LANGUAGE = "language", "Language"
    TIME_ZONE = "time_zone", "Time zone"
    SUBSCRIBED = "subscribed", "MSG-whatsapp"
    BLOCKED = "blocked", "MSG-dndWhatsApp"
    PROPERTY = "property", "A property of your own"


KEYS = (Target.IDENTITY, Target.PHONE)
_KNOWN = {
    "identity": Target.IDENTITY,
    "objectid": Target.IDENTITY,
    "phone": Target.PHONE,
    "phonenumber": Target.PHONE,
    "mobile": Target.PHONE,
    "mobilenumber": Target.PHONE,
    "whatsapp": Target.PHONE,
    "whatsappnumber": Target.PHONE,
    "name": Target.NAME,
    "fullname": Target.NAME,
    "email": Target.EMAIL,
    "emailaddress": Target.EMAIL,
    "language": Target.LANGUAGE,
    "lang": Target.LANGUAGE,
    "locale": Target.LANGUAGE,
    "timezone": Target.TIME_ZONE,
    "tz": Target.TIME_ZONE,
    "msgwhatsapp": Target.SUBSCRIBED,
    "msgdndwhatsapp": Target.BLOCKED,
}
# What templates call everybody's own fields: {{ profile.name }}.
RESERVED_NAMES = frozenset({"identity", "name", "phone", "email", "language", "time_zone"})


def field_called(label: str) -> Target | None:
    """What a column of this name is for everybody; None for what only its owner knows."""
    return _KNOWN.get(re.sub(r"[^a-z]", "", label.lower()))


class MappingError(Refusal):
    """What is wrong with somebody's choices, by column index (None: with all of them)."""

    code = "import.columns"

    def __init__(self, problems: Mapping[int | None, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True)
class Column:
    label: str
    target: Target = Target.IGNORED
    property_name: str = ""
    value_type: ValueType = ValueType.TEXT


@dataclass(frozen=True)
class ColumnMapping:
    columns: tuple[Column, ...]

    def as_json(self) -> dict[str, object]:
        return {"columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Sequence[Mapping[str, str]]]) -> "ColumnMapping":
        return cls(
            tuple(
                Column(
                    label=column["label"],
                    target=Target(column["target"]),
                    property_name=column["property_name"],
                    value_type=ValueType(column["value_type"]),
                )
                for column in stored["columns"]
            )
        )

    def index_of(self, target: Target) -> int | None:
        return next((n for n, column in enumerate(self.columns) if column.target == target), None)

    def properties(self) -> list[tuple[int, Column]]:
        return [
            (n, column) for n, column in enumerate(self.columns) if column.target == Target.PROPERTY
        ]


def known_properties(project: Project) -> dict[str, PropertyType]:
    rows = ProfileProperty.objects.filter(project=project).values_list("name", "type")
    return {name: PropertyType(value_type) for name, value_type in rows}


def guess(
    labels: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    kind: ImportKind,
    known: Mapping[str, PropertyType],
) -> ColumnMapping:
    """A first proposal. Whoever uploaded the file may change all of it."""
    targets = _guess_targets(labels)
    if kind == ImportKind.LIST:
        key = next((target for target in KEYS if target in targets), Target.IDENTITY)
        targets = [target if target == key else Target.IGNORED for target in targets]
    return ColumnMapping(
        tuple(
            _guess_column(label, target, [row[n].strip() for row in rows], known)
            for n, (label, target) in enumerate(zip(labels, targets, strict=True))
        )
    )


def _guess_targets(labels: Sequence[str]) -> list[Target]:
    taken: set[Target] = set()
    targets = []
    for label in labels:
        target = field_called(label) or Target.PROPERTY
        if target in taken or label in OWN_COLUMNS:
            target = Target.IGNORED
        taken |= {target} - {Target.PROPERTY}
        targets.append(target)
    if Target.IDENTITY not in taken:
        first = next((n for n, target in enumerate(targets) if target == Target.PROPERTY), None)
        if first is not None:
            targets[first] = Target.IDENTITY
    return targets


def _guess_column(
    label: str, target: Target, cells: list[str], known: Mapping[str, PropertyType]
) -> Column:
    if target != Target.PROPERTY:
        return Column(label, target)
    given = [cell for cell in cells if cell]
    spelled = {name.lower(): name for name in known}
    proposed = property_name_of(label) or label[:LONGEST_NAME]
    name = spelled.get(label.lower()) or spelled.get(proposed.lower(), proposed)
    guessed = guess_type(given)
    if name in known and guessed.property_type != known[name]:
        guessed = ValueType(known[name].value)
    return Column(label, target, property_name=name, value_type=guessed)


def check(mapping: ColumnMapping, *, kind: ImportKind, known: Mapping[str, PropertyType]) -> None:
    """Raises MappingError."""
    problems = _column_problems(mapping, known) | _missing_keys(mapping, kind)
    if problems:
        raise MappingError(problems)


def _missing_keys(mapping: ColumnMapping, kind: ImportKind) -> dict[int | None, str]:
    if kind == ImportKind.LIST:
        if all(mapping.index_of(key) is None for key in KEYS):
            return {None: "Choose the column that holds the identities or the phones."}
        return {}
    if mapping.index_of(Target.IDENTITY) is None:
        return {None: "Choose the column that holds the identities: your own key for each person."}
    return {}


def _column_problems(
    mapping: ColumnMapping, known: Mapping[str, PropertyType]
) -> dict[int | None, str]:
    problems: dict[int | None, str] = {}
    for n, column in enumerate(mapping.columns):
        before = mapping.columns[:n]
        if column.target == Target.PROPERTY:
            problem = _property_problem(column, before, known)
        else:
            problem = _twice(column, before)
        if problem:
            problems[n] = problem
    if len(mapping.properties()) > MOST_PROPERTIES:
        problems[None] = f"A file can fill at most {MOST_PROPERTIES} properties."
    return problems


def _unfit(name: str) -> str:
    if proposed := property_name_of(name):
        return f"A property can't be called so. “{proposed}” would do."
    return "Give the property a name of letters, digits and blanks."


def _twice(column: Column, before: Iterable[Column]) -> str:
    if column.target and any(other.target == column.target for other in before):
        return f"Another column is “{column.target.label}” already. Choose one of them."
    return ""


def _property_problem(
    column: Column, before: Iterable[Column], known: Mapping[str, PropertyType]
) -> str:
    name = column.property_name
    if name not in known and not is_property_name(name):
        return _unfit(name)
    if name.lower() in RESERVED_NAMES:
        return f"“{name}” is a field that everybody has. Choose it on the left or another name."
    if Counter(c.property_name for c in before if c.target == Target.PROPERTY)[name]:
        return f"Another column fills “{name}” already. Choose another name."
    if name in known and known[name] != column.value_type.property_type:
        return f"“{name}” holds {known[name].label.lower()} already. Choose another name or type."
    return ""
