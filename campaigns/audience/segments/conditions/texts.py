"""Texts: properties, name, e-mail, identity, language. Capitals don't matter, accents do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.audience.segments.conditions.values import IsSet, Value, read_value
from campaigns.audience.segments.folding import folded, folded_sql
from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition, OfProperties, Person, Statement
from campaigns.audience.segments.spans import Clock
from campaigns.models import PropertyType
from providers.names.naming_some import some_quoted

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Operator:
    """`sql` is of {have}, folded, and {want}; `if_missing` is the answer where nothing is set."""

    words: str
    sql: str
    holds: Callable[[str, str], bool]
    if_missing: bool = False


OPERATORS: Mapping[str, Operator] = {
    "equals": Operator("is", "{have} = {want}", lambda have, want: have == want),
    "does_not_equal": Operator(
        "is not", "{have} <> {want}", lambda have, want: have != want, if_missing=True
    ),
    "contains": Operator("contains", "strpos({have}, {want}) > 0", lambda have, want: want in have),
    "starts_with": Operator(
        "starts with", "starts_with({have}, {want})", lambda have, want: have.startswith(want)
    ),
    "ends_with": Operator(
        "ends with",
        "right({have}, char_length({want})) = {want}",
        lambda have, want: have.endswith(want),
    ),
}


@dataclass(frozen=True, slots=True)
class Compared(Condition):
    value: Value
    operator: str
    wanted: str

    def sql(self, statement: Statement) -> str:
        operator = OPERATORS[self.operator]
        if self.operator == "equals":
            want = statement.value(folded(self.wanted))
            return _is(self.value, f"= {want}::text", statement, beside=[self.wanted])
        want = statement.value(folded(self.wanted)) + "::text"
        have = _folded(self.value, statement, beside=[self.wanted])
        answer = operator.sql.format(have=have, want=want)
        return f"COALESCE({answer}, {'true' if operator.if_missing else 'false'})"

    def holds(self, person: Person) -> bool:
        operator, have = OPERATORS[self.operator], self.value.text_of(person)
        if have is None:
            return operator.if_missing
        return operator.holds(folded(have), folded(self.wanted))

    def of_properties(self, clock: Clock) -> OfProperties:
        if self.value.is_field:
            return Condition.of_properties(self, clock)
        name, operator, want = self.value.name, OPERATORS[self.operator], folded(self.wanted)

        def holds(these: Mapping[str, Any]) -> bool:
            have = these.get(name)
            if type(have) is not str or not have:
                return operator.if_missing
            return operator.holds(folded(have), want)

        return holds

    def words(self) -> str:
        return f"{self.value.label} {OPERATORS[self.operator].words} “{self.wanted}”"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


@dataclass(frozen=True, slots=True)
class OneOf(Condition):
    value: Value
    wanted: tuple[str, ...]

    def sql(self, statement: Statement) -> str:
        want = statement.value([folded(text) for text in self.wanted])
        return _is(self.value, f"= ANY({want}::text[])", statement, beside=self.wanted)

    def holds(self, person: Person) -> bool:
        have = self.value.text_of(person)
        return have is not None and folded(have) in {folded(text) for text in self.wanted}

    def words(self) -> str:
        return f"{self.value.label} is one of {quoted(self.wanted)}"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


def quoted(texts: Sequence[str]) -> str:
    return some_quoted(texts, most=SHOWN)


def _is(value: Value, wanted: str, statement: Statement, *, beside: Sequence[str]) -> str:
    """Most people have another one: only of who has it is asked whether it is a text at all. None
    that is wanted is empty."""
    if value.is_field:
        return f"COALESCE({_folded(value, statement, beside=beside)} {wanted}, false)"
    have = folded_sql(value.written(statement), beside=beside)
    is_text = f"jsonb_typeof({value.json(statement)}) = 'string'"
    return f"CASE WHEN ({have}) {wanted} THEN {is_text} ELSE false END"


def _folded(value: Value, statement: Statement, *, beside: Sequence[str]) -> str:
    return f"({folded_sql(f'({value.text(statement)})', beside=beside)})"


def read(given: Given) -> Condition:
    value = read_value(given, PropertyType.TEXT)
    operator = given.choice("is", [*OPERATORS, "one_of", "set", "not_set"])
    if operator in OPERATORS:
        return Compared(value, operator, given.text("value"))
    if operator == "one_of":
        return OneOf(value, given.texts("values"))
    return IsSet(value=value, wanted=operator == "set", sql_of=Value.text, found_by=Value.text_of)
