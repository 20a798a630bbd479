"""Which country somebody's number is of."""

from dataclasses import dataclass

from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition, Person, Statement
from providers.phones.countries import countries
from providers.phones.country_names import NAMES
from providers.phones.country_of import country_of, is_from_sql

OPERATORS = {"equals": "is", "does_not_equal": "is not", "one_of": "is one of"}
EVERY = tuple(country.code for country in countries())
SHOWN = 3


@dataclass(frozen=True, slots=True)
class FromCountry(Condition):
    wanted: tuple[str, ...]
    said: str
    is_so: bool = True

    def sql(self, _statement: Statement) -> str:
        found = is_from_sql("p.phone", self.wanted)
        return found if self.is_so else f"NOT {found}"

    def holds(self, person: Person) -> bool:
        return (country_of(person.fields.get("phone", "")) in self.wanted) == self.is_so

    def words(self) -> str:
        return f"their number's country {self.said}"

    def seen(self, person: Person) -> str:
        code = country_of(person.fields.get("phone", ""))
        return NAMES.get(code, code) if code else "no country known"


def read(given: Given) -> Condition:
    operator = given.choice("is", [*OPERATORS, "set", "not_set"])
    if operator not in OPERATORS:
        is_set = operator == "set"
        return FromCountry(EVERY, "is known" if is_set else "is not known", is_set)
    if operator == "one_of":
        wanted = tuple(_country(given, "values", code) for code in given.texts("values"))
    else:
        wanted = (_country(given, "value", given.text("value")),)
    named = ", ".join(NAMES.get(code, code) for code in wanted[:SHOWN])
    more = f" and {len(wanted) - SHOWN:,} more" if len(wanted) > SHOWN else ""
    said = f"{OPERATORS[operator]} {named}{more}"
    return FromCountry(wanted, said, operator != "does_not_equal")


def _country(given: Given, key: str, code: str) -> str:
    if code not in EVERY:
        words = f"“{code[:40]}” is no country's code of two capital letters, like IN."
        raise given.fault(key, words)
    return code
