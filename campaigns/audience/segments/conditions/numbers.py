"""Numbers. A text that looks like one is not one."""

import json
import operator as compare
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from campaigns.audience.segments.conditions.values import IsSet, Value, read_value
from campaigns.audience.segments.given import Given
from campaigns.audience.segments.many import Many
from campaigns.audience.segments.rules import Condition, Person, Statement
from campaigns.audience.segments.spans import Clock
from campaigns.models import PropertyType

OPERATORS: Mapping[str, tuple[str, str, Callable[[Any, Any], bool]]] = {
    "equals": ("=", "is", compare.eq),
    "does_not_equal": ("<>", "is not", compare.ne),
    "less": ("<", "is less than", compare.lt),
    "at_most": ("<=", "is at most", compare.le),
    "more": (">", "is more than", compare.gt),
    "at_least": (">=", "is at least", compare.ge),
}
TESTS = (*OPERATORS, "between")


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
class Compared:
    """With one number. SQL and Python take what somebody has, NULL or None where nothing."""

    operator: str
    wanted: Decimal

    def sql(self, have: str, statement: Statement, *, times: str = "1") -> str:
        """`times` the number that is wanted, which is exact where dividing what is had is not."""
        sign, want = OPERATORS[self.operator][0], statement.value(self.wanted)
        if_missing = "true" if self.holds(None) else "false"
        return f"COALESCE({have} {sign} {want}::numeric * {times}, {if_missing})"

    def holds(self, have: Decimal | Fraction | None) -> bool:
        if have is None:
            return self.operator == "does_not_equal"
        return OPERATORS[self.operator][2](have, _beside(have, self.wanted))

    @property
    def words(self) -> str:
        return f"{OPERATORS[self.operator][1]} {self.wanted:f}"


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends are in."""

    least: Decimal
    most: Decimal

    def sql(self, have: str, statement: Statement, *, times: str = "1") -> str:
        least, most = statement.value(self.least), statement.value(self.most)
        ends = f"{least}::numeric * {times} AND {most}::numeric * {times}"
        return f"COALESCE({have} BETWEEN {ends}, false)"

    def holds(self, have: Decimal | Fraction | None) -> bool:
        if have is None:
            return False
        least, most = OPERATORS["at_least"][2], OPERATORS["at_most"][2]
        return least(have, _beside(have, self.least)) and most(have, _beside(have, self.most))

    @property
    def words(self) -> str:
        return f"is from {self.least:f} to {self.most:f}"


def _beside(have: Decimal | Fraction, wanted: Decimal) -> Decimal | Fraction:
    """Neither sort is compared with the other; and what has no end, as JSON may, is no fraction."""
    return Fraction(wanted) if isinstance(have, Fraction) else wanted


NumberTest = Compared | Between


@dataclass(frozen=True, slots=True)
class OfNumber(Condition):
    value: Value
    test: NumberTest

    def sql(self, statement: Statement) -> str:
        if isinstance(self.test, Compared) and self.test.operator == "equals":
            return self._has(self.test.wanted, statement)
        return self.test.sql(number_sql(self.value, statement), statement)

    def _has(self, wanted: Decimal, statement: Statement) -> str:
        """Of one number JSON itself can be asked. COALESCE keeps the planner from taking for rare
        whatever a document contains."""
        member = f"{{{json.dumps(self.value.name)}: {wanted:f}}}"
        return f"COALESCE({self.value.row}.properties @> {statement.value(member)}::jsonb, false)"

    def holds(self, person: Person) -> bool:
        return self.test.holds(number_of(self.value, person))

    def among(self, many: Many, clock: Clock) -> set[int]:
        """Where the nearest float to what is wanted is not what they have, it lies on the same side
        of it: only those who have that one are asked exactly."""
        if not isinstance(self.test, Compared):
            return Condition.among(self, many, clock)
        numbers, nearest = many.numbers(self.value.name), float(self.test.wanted)
        first, last = bisect_left(numbers.values, nearest), bisect_right(numbers.values, nearest)
        exactly, is_so = self.of_properties(clock), OPERATORS[self.test.operator][2]
        asked = (*numbers.places[first:last], *numbers.large)
        found = {place for place in asked if exactly(many.properties[place])}
        found.update(numbers.places[:first] if is_so(0, 1) else ())
        found.update(numbers.places[last:] if is_so(1, 0) else ())
        found.update(numbers.without if self.test.holds(None) else ())
        return found

    def words(self) -> str:
        return f"{self.value.label} {self.test.words}"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


def read(given: Given) -> Condition:
    value = read_value(given, PropertyType.NUMBER)
    operator = given.choice("is", [*TESTS, "set", "not_set"])
    if operator in TESTS:
        return OfNumber(value, read_test(given))
    return IsSet(value=value, wanted=operator == "set", sql_of=number_sql, found_by=number_of)


def read_test(given: Given) -> NumberTest:
    operator = given.choice("is", TESTS)
    if operator in OPERATORS:
        return Compared(operator, given.number("value"))
    least, most = given.number("from"), given.number("to")
    if least > most:
        raise given.fault("from", "The first number is larger than the second.")
    return Between(least, most)
