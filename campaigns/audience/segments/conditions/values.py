"""Whose value a condition asks for: a field of every profile, or a property, the project's own or
an event's.

A value of another type than the property's counts as missing, whoever wrote it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition, Person, Statement
from campaigns.models import PropertyType
from campaigns.models.event import IN_WORDS

FIELDS = {"name": "name", "email": "e-mail", "identity": "identity", "language": "language"}
LONGEST_NAME = LONGEST_SEEN = 120


@dataclass(frozen=True, slots=True)
class Value:
    """`is_field`: a column of profiles, always a text. `row` is what has the properties."""

    name: str
    is_field: bool = False
    row: str = "p"

    def json(self, statement: Statement) -> str:
        return f"({self.row}.properties -> {statement.value(self.name)})"

    def written(self, statement: Statement) -> str:
        """As JSON or a text, whatever it is; of a property."""
        return f"({self.row}.properties ->> {statement.value(self.name)})"

    def text(self, statement: Statement) -> str:
        """NULL where it is missing or empty."""
        if self.is_field:
            return f"NULLIF(p.{self.name}, '')"
        name = statement.value(self.name)
        return (
            f"CASE WHEN jsonb_typeof({self.row}.properties -> {name}) = 'string'"
            f" THEN NULLIF({self.row}.properties ->> {name}, '') END"
        )

    def of(self, person: Person) -> Any:
        return person.fields.get(self.name) if self.is_field else person.properties.get(self.name)

    def text_of(self, person: Person) -> str | None:
        value = self.of(person)
        return value if isinstance(value, str) and value else None

    def seen(self, person: Person) -> str:
        return f"{self.label}: {value_words(self.of(person))}"

    @property
    def label(self) -> str:
        return FIELDS[self.name] if self.is_field else IN_WORDS.get(self.name, self.name)


def value_words(found: Any, *, longest: int = LONGEST_SEEN) -> str:
    if isinstance(found, bool):
        return "yes" if found else "no"
    if found is None or found == "":
        return "nothing known"
    words = ", ".join(map(str, found)) if isinstance(found, list) else str(found)
    return words if len(words) <= longest else f"{words[:longest]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class IsSet(Condition):
    """Whether somebody has a value of the type that is asked for: `sql_of` is NULL, and `found_by`
    None, where they have not."""

    value: Value
    wanted: bool
    sql_of: Callable[[Value, Statement], str]
    found_by: Callable[[Value, Person], object]

    def sql(self, statement: Statement) -> str:
        return f"({self.sql_of(self.value, statement)}) IS {'NOT ' if self.wanted else ''}NULL"

    def holds(self, person: Person) -> bool:
        return (self.found_by(self.value, person) is not None) == self.wanted

    def words(self) -> str:
        return f"{self.value.label} is {'' if self.wanted else 'not '}set"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


def read_value(given: Given, kind: PropertyType) -> Value:
    if kind == PropertyType.TEXT and given.has("field") and given.known.row == "p":
        return Value(given.choice("field", FIELDS), is_field=True)
    name = given.text("property")
    found = given.known.properties.get(name)
    if found is None:
        raise given.fault("property", f"There is no property “{name[:LONGEST_NAME]}”.")
    if found != kind:
        there = PropertyType(found).label.lower()
        raise given.fault("property", f"“{name}” is of another type: {there}.")
    return Value(name, row=given.known.row)
