"""Lists of texts. What else stands in somebody's list, numbers or nothing, is passed by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from campaigns.audience.segments.conditions.texts import quoted
from campaigns.audience.segments.conditions.values import Value, read_value
from campaigns.audience.segments.folding import folded, folded_sql
from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition, Person, Statement
from campaigns.models import PropertyType

OPERATORS: Mapping[str, tuple[str, Callable[[set[str], set[str]], bool]]] = {
    "any_of": ("contains any of", lambda have, want: bool(have & want)),
    "all_of": ("contains all of", lambda have, want: want <= have),
    "none_of": ("contains none of", lambda have, want: not have & want),
}
TEXT = "(one #>> '{}')"  # of an element
FOLDED = f"({folded_sql(TEXT)})"


@dataclass(frozen=True, slots=True)
class Contains(Condition):
    value: Value
    operator: str
    wanted: tuple[str, ...]

    def sql(self, statement: Statement) -> str:
        texts = sorted({folded(text) for text in self.wanted})
        found = f"{_texts(self.value, statement)} AND {FOLDED} = ANY({statement.value(texts)})"
        if self.operator == "all_of":
            return f"(SELECT count(DISTINCT {FOLDED}) = {len(texts)} {found})"
        return f"{'NOT ' if self.operator == 'none_of' else ''}EXISTS (SELECT 1 {found})"

    def holds(self, person: Person) -> bool:
        have = {folded(text) for text in texts_of(self.value, person)}
        return OPERATORS[self.operator][1](have, {folded(text) for text in self.wanted})

    def words(self) -> str:
        return f"{self.value.label} {OPERATORS[self.operator][0]} {quoted(self.wanted)}"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


@dataclass(frozen=True, slots=True)
class HasTexts(Condition):
    value: Value
    wanted: bool

    def sql(self, statement: Statement) -> str:
        has = f"EXISTS (SELECT 1 {_texts(self.value, statement)})"
        return has if self.wanted else f"NOT {has}"

    def holds(self, person: Person) -> bool:
        return bool(texts_of(self.value, person)) == self.wanted

    def words(self) -> str:
        return f"{self.value.label} is {'' if self.wanted else 'not '}set"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


def texts_of(value: Value, person: Person) -> list[str]:
    found = value.of(person)
    listed = found if isinstance(found, list) else []
    return [text for text in listed if isinstance(text, str) and text]


def _texts(value: Value, statement: Statement) -> str:
    """FROM … WHERE: each text as `one`, still JSON."""
    found = value.json(statement)
    listed = f"CASE WHEN jsonb_typeof({found}) = 'array' THEN {found} ELSE '[]' END"
    is_text = f"jsonb_typeof(one) = 'string' AND {TEXT} <> ''"
    return f"FROM jsonb_array_elements({listed}) one WHERE {is_text}"


def read(given: Given) -> Condition:
    value = read_value(given, PropertyType.TEXTS)
    operator = given.choice("is", [*OPERATORS, "set", "not_set"])
    if operator in OPERATORS:
        return Contains(value, operator, given.texts("values"))
    return HasTexts(value, operator == "set")
