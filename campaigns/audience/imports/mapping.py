"""What each column of a file becomes: guessed from its name and first rows, then confirmed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from campaigns.audience.imports.column_names import (
    KEYS,
    Target,
    event_fields_called,
    field_called,
    fields_called,
)
from campaigns.audience.imports.likely_keys import can_be_keys
from campaigns.audience.imports.neutralizing import OWN_COLUMNS
from campaigns.audience.imports.property_names import (
    LONGEST_NAME,
    is_property_name,
    property_name_of,
)
from campaigns.audience.imports.values import ValueType, closest, fits, guess_type
from campaigns.models import Import, ImportKind, ProfileProperty, PropertyType
from providers.models import Project
from providers.refusals import Refusal
from templates_app.values.person import STANDARD_FIELDS

MOST_PROPERTIES = 256
REMEMBERED = 20  # imports


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
    event_name: str = ""  # of all rows, where no column holds it

    def as_json(self) -> dict[str, object]:
        columns = [asdict(column) for column in self.columns]
        return {"columns": columns, "event_name": self.event_name}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ColumnMapping":
        return cls(
            event_name=stored.get("event_name", ""),
            columns=tuple(
                Column(
                    label=column["label"],
                    target=Target(column["target"]),
                    property_name=column["property_name"],
                    value_type=ValueType(column["value_type"]),
                )
                for column in stored["columns"]
            ),
        )

    def index_of(self, target: Target) -> int | None:
        return next((n for n, column in enumerate(self.columns) if column.target == target), None)

    def properties(self) -> list[tuple[int, Column]]:
        return [
            (n, column) for n, column in enumerate(self.columns) if column.target == Target.PROPERTY
        ]


NOTHING_EARLIER: Mapping[str, Column] = {}


def chosen_before(project: Project, kind: ImportKind) -> dict[str, Column]:
    """Columns by their labels, as the project's last imports read them: properties that were given
    another name, and how dates are spelled.
    """
    mappings = Import.objects.filter(project=project, kind=kind).exclude(mapping={}).order_by("-pk")
    columns: dict[str, Column] = {}
    for mapping in mappings.values_list("mapping", flat=True)[:REMEMBERED]:
        for _, column in ColumnMapping.from_json(mapping).properties():
            columns.setdefault(column.label, column)
    return columns


def known_properties(project: Project, kind: ImportKind) -> dict[str, PropertyType]:
    """Whose type is settled. One of an event may have several."""
    if kind == ImportKind.EVENTS:
        return {}
    rows = ProfileProperty.objects.filter(project=project).values_list("name", "type")
    return {name: PropertyType(value_type) for name, value_type in rows}


def guess(
    labels: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    kind: ImportKind,
    known: Mapping[str, PropertyType],
    earlier: Mapping[str, Column] = NOTHING_EARLIER,
) -> ColumnMapping:
    """A first proposal. Whoever uploaded the file may change all of it. `earlier`: columns by their
    labels, as somebody chose them before.
    """
    targets = _guess_targets(labels, kind)
    if kind == ImportKind.EVENTS and Target.AT not in targets:
        _choose_time(targets, rows)
    if Target.IDENTITY not in targets:
        _choose_key(targets, rows)
    if kind == ImportKind.LIST:
        key = next((target for target in KEYS if target in targets), Target.IDENTITY)
        targets = [target if target == key else Target.IGNORED for target in targets]
    return ColumnMapping(
        tuple(
            _guess_column(label, target, [row[n].strip() for row in rows], known, earlier)
            for n, (label, target) in enumerate(zip(labels, targets, strict=True))
        )
    )


def _guess_targets(labels: Sequence[str], kind: ImportKind) -> list[Target]:
    fields = (event_fields_called if kind == ImportKind.EVENTS else fields_called)(labels)
    return [
        Target.IGNORED
        if label in OWN_COLUMNS or _is_second(label, labels[:n])
        else field or Target.PROPERTY
        for n, (label, field) in enumerate(zip(labels, fields, strict=True))
    ]


def _choose_time(targets: list[Target], rows: Sequence[Sequence[str]]) -> None:
    """The first column of dates."""
    for n, target in enumerate(targets):
        cells = [row[n].strip() for row in rows if row[n].strip()]
        if target == Target.PROPERTY and guess_type(cells).property_type == PropertyType.DATE:
            targets[n] = Target.AT
            return


def _choose_key(targets: list[Target], rows: Sequence[Sequence[str]]) -> None:
    """The first column that is nothing else; beside a phone only where it can be a key at all."""
    first = next((n for n, target in enumerate(targets) if target == Target.PROPERTY), None)
    if first is None:
        return
    if Target.PHONE not in targets or can_be_keys([row[first].strip() for row in rows]):
        targets[first] = Target.IDENTITY


def _is_second(label: str, before: Sequence[str]) -> bool:
    """Called like a field that an earlier column fills."""
    field = field_called(label)
    return field is not None and any(field_called(other) == field for other in before)


def _guess_column(
    label: str,
    target: Target,
    cells: list[str],
    known: Mapping[str, PropertyType],
    earlier: Mapping[str, Column],
) -> Column:
    given = [cell for cell in cells if cell]
    if target == Target.AT:
        return Column(label, target, value_type=guess_type(given))
    if target != Target.PROPERTY:
        return Column(label, target)
    spelled = {name.lower(): name for name in known}
    proposed = property_name_of(label) or label[:LONGEST_NAME]
    guessed = guess_type(given)
    before = earlier.get(label)
    if before and (settled := known.get(before.property_name)):
        value_type = _as_before(given, before.value_type, guessed, settled)
        return Column(label, target, before.property_name, value_type)
    name = spelled.get(label.lower()) or spelled.get(proposed.lower(), proposed)
    if name in known and guessed.property_type != known[name]:
        guessed = closest(given, known[name])
    return Column(label, target, property_name=name, value_type=guessed)


def _as_before(
    given: list[str], before: ValueType, guessed: ValueType, settled: PropertyType
) -> ValueType:
    """Rows that were refused come back with more slips than their file had: what was chosen then
    holds, unless these are clearly spelled in another way."""
    if settled not in (before.property_type, guessed.property_type):
        return closest(given, settled)
    if before.property_type != settled:
        return guessed
    return before if guessed.property_type != settled or fits(given, before) else guessed


def check(mapping: ColumnMapping, *, kind: ImportKind, known: Mapping[str, PropertyType]) -> None:
    """Raises MappingError."""
    problems = _column_problems(mapping, kind, known) | _missing_keys(mapping, kind)
    if kind == ImportKind.EVENTS and None not in problems:
        problems |= _missing_of_events(mapping)
    if problems:
        raise MappingError(problems)


def _missing_keys(mapping: ColumnMapping, kind: ImportKind) -> dict[int | None, str]:
    if kind == ImportKind.LIST:
        if all(mapping.index_of(key) is None for key in KEYS):
            return {None: "Choose the column that holds the identities or the phones."}
        return {}
    if all(mapping.index_of(key) is None for key in KEYS):
        return {
            None: "Choose the column that holds the identities, your own key for each person. "
            "Without one, choose a phone: then that is the key."
        }
    return {}


def _missing_of_events(mapping: ColumnMapping) -> dict[int | None, str]:
    if mapping.index_of(Target.AT) is None:
        return {None: "Choose the column that says when it happened."}
    if mapping.index_of(Target.EVENT) is None and not mapping.event_name:
        return {None: "Choose the column with the names of the events, or write one name for all."}
    return {}


def _column_problems(
    mapping: ColumnMapping, kind: ImportKind, known: Mapping[str, PropertyType]
) -> dict[int | None, str]:
    problems: dict[int | None, str] = {}
    for n, column in enumerate(mapping.columns):
        before = mapping.columns[:n]
        if column.target == Target.PROPERTY:
            problem = _property_problem(column, before, kind, known)
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
    column: Column,
    before: Iterable[Column],
    kind: ImportKind,
    known: Mapping[str, PropertyType],
) -> str:
    name = column.property_name
    if name not in known and not is_property_name(name):
        return _unfit(name)
    if kind != ImportKind.EVENTS and name.lower() in STANDARD_FIELDS:
        return f"“{name}” is a field that everybody has. Choose it on the left or another name."
    if Counter(c.property_name for c in before if c.target == Target.PROPERTY)[name]:
        return f"Another column fills “{name}” already. Choose another name."
    if name in known and known[name] != column.value_type.property_type:
        return f"“{name}” holds {known[name].label.lower()} already. Choose another name or type."
    return ""
