"""Yes or no."""

from dataclasses import dataclass

from campaigns.audience.segments.conditions.values import Value, read_value
from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition, Person, Statement
from campaigns.models import PropertyType

ANSWERS: dict[str, tuple[bool | None, str]] = {
    "yes": (True, "is yes"),
    "no": (False, "is no"),
    "not_set": (None, "is not set"),
}


@dataclass(frozen=True, slots=True)
class Answered(Condition):
    value: Value
    answer: str

    def sql(self, statement: Statement) -> str:
        wanted, found = ANSWERS[self.answer][0], self.value.json(statement)
        if wanted is None:
            return f"COALESCE(jsonb_typeof({found}) <> 'boolean', true)"
        return f"COALESCE({found} = '{'true' if wanted else 'false'}'::jsonb, false)"

    def holds(self, person: Person) -> bool:
        found = self.value.of(person)
        return (found if isinstance(found, bool) else None) is ANSWERS[self.answer][0]

    def words(self) -> str:
        return f"{self.value.label} {ANSWERS[self.answer][1]}"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


def read(given: Given) -> Condition:
    value = read_value(given, PropertyType.BOOLEAN)
    return Answered(value, given.choice("is", ANSWERS))
