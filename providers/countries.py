"""The countries that have phone numbers, by name, for people to choose from."""

from dataclasses import dataclass
from functools import lru_cache

from phonenumbers import SUPPORTED_REGIONS, country_code_for_region
from phonenumbers.geodata.locale import LOCALE_DATA

NOT_IN_LOCALE_DATA = {"AC": "Ascension Island", "TA": "Tristan da Cunha", "XK": "Kosovo"}


@dataclass(frozen=True)
class Country:
    code: str  # ISO 3166, two letters
    name: str
    calling_code: int

    def __str__(self) -> str:
        return f"{self.name} (+{self.calling_code})"


@lru_cache(maxsize=1)
def countries() -> tuple[Country, ...]:
    """All of them by name, in English."""
    found = [
        Country(code=code, name=_name_of(code), calling_code=country_code_for_region(code))
        for code in SUPPORTED_REGIONS
    ]
    return tuple(sorted(found, key=lambda country: country.name))


def _name_of(code: str) -> str:
    names = LOCALE_DATA.get(code)
    if names is None:
        return NOT_IN_LOCALE_DATA.get(code, code)
    name: str = names["en"]
    return str(names[name[1:]]) if name.startswith("*") else name
