"""The countries that have phone numbers, by name, for people to choose from."""

from dataclasses import dataclass
from functools import lru_cache

from phonenumbers import SUPPORTED_REGIONS, country_code_for_region

from providers.phones.country_names import NAMES


@dataclass(frozen=True)
class Country:
    code: str  # ISO 3166, two letters
    name: str
    calling_code: int

    def __str__(self) -> str:
        return f"{self.name} (+{self.calling_code})"

    @property
    def flag(self) -> str:
        """Its two letters as regional indicators, which phones and browsers show as a flag."""
        return "".join(chr(ord(letter) - ord("A") + 0x1F1E6) for letter in self.code)


@lru_cache(maxsize=1)
def countries() -> tuple[Country, ...]:
    """All of them by name, in English."""
    found = [
        Country(code=code, name=NAMES.get(code, code), calling_code=country_code_for_region(code))
        for code in SUPPORTED_REGIONS
    ]
    return tuple(sorted(found, key=lambda country: country.name))
