"""Numbers. A text that looks like one is not one."""

import operator as compare
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from campaigns.audience.segments.conditions.values import IsSet, Value, read_value
from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition, Person, Statement
from campaigns.models import PropertyType

OPERATORS: Mapping[str, tuple[str, str, Callable[[Decimal, Decimal], bool]]] = {
    "equals": ("=", "is", compare.eq),
    "does_not_equal": ("<>", "is not", compare.ne),
    "less": ("<", "is less than", compare.lt),
    "at_most": ("<=", "is at most", compare.le),
    "more": (">", "is more than", compare.gt),
    "at_least": (">=", "is at least", compare.ge),
}


def number_of(value: Value, person: Person) -> Decimal | None:
    found = value.of(person)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return Decimal(found) if isinstance(found, int) else Decimal(repr(found))


def number_sql(value: Value, statement: Statement) -> str:
    """The cast stands behind its guard: AND has no order, CASE does."""
    found = value.json(statement)
    return f"(CASE WHEN jsonb_typeof({found}) = 'number' THEN {found}::numeric END)"


@dataclass(frozen=True, slots=True)
class Compared(Condition):
    value: Value
    operator: str
    wanted: Decimal

    def sql(self, statement: Statement) -> str:
        sign, if_missing = OPERATORS[self.operator][0], self.operator == "does_not_equal"
        have, want = number_sql(self.value, statement), statement.value(self.wanted)
        return f"COALESCE({have} {sign} {want}::numeric, {'true' if if_missing else 'false'})"

    def holds(self, person: Person) -> bool:
        have = number_of(self.value, person)
        if have is None:
            return self.operator == "does_not_equal"
        return OPERATORS[self.operator][2](have, self.wanted)

    def words(self) -> str:
        return f"{self.value.label} {OPERATORS[self.operator][1]} {self.wanted:f}"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


@dataclass(frozen=True, slots=True)
class Between(Condition):
    """Both ends are in."""

    value: Value
    least: Decimal
    most: Decimal

    def sql(self, statement: Statement) -> str:
        have = number_sql(self.value, statement)
        least, most = statement.value(self.least), statement.value(self.most)
        return f"COALESCE({have} BETWEEN {least}::numeric AND {most}::numeric, false)"

    def holds(self, person: Person) -> bool:
        have = number_of(self.value, person)
        return have is not None and self.least <= have <= self.most

    def words(self) -> str:
        return f"{self.value.label} is from {self.least:f} to {self.most:f}"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


def read(given: Given) -> Condition:
    value = read_value(given, PropertyType.NUMBER)
    operator = given.choice("is", [*OPERATORS, "between", "set", "not_set"])
    if operator in OPERATORS:
        return Compared(value, operator, given.number("value"))
    if operator == "between":
        return _between(value, given)
    return IsSet(value=value, wanted=operator == "set", sql_of=number_sql, found_by=number_of)


def _between(value: Value, given: Given) -> Between:
    least, most = given.number("from"), given.number("to")
    if least > most:
        raise given.fault("from", "The first number is larger than the second.")
    return Between(value, least, most)
