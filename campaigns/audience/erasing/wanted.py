"""Whoever is to be erased, as a file may name them: by identity, by e-mail, by phone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from providers.phones.numbers import PhoneError, read_phone

FEWEST_DIGITS = 7
TAIL = 6  # digits, which no way of writing a phone changes or parts
_NO_DIGITS = re.compile(r"\D+")
_PLAIN = re.compile(r"\+?[\d ()/-]*\d")  # with nothing behind the number
_PARTS = re.compile(r"[,;\t|\"\r\n]+")  # of a line that could not be split as it should be

Person = tuple[str, str, int | None]  # identity, e-mail, match key


@dataclass(frozen=True, slots=True)
class Wanted:
    texts: frozenset[str]
    keys: frozenset[int]
    tails: frozenset[str]  # of the keys
    country: str

    def are_in(self, cells: Iterable[str]) -> bool:
        return any(self._are(cell.strip().lstrip("'").casefold()) for cell in cells if cell)

    def are_in_line(self, line: str) -> bool:
        return self.are_in(_PARTS.split(line))

    def _are(self, cell: str) -> bool:
        if cell in self.texts:
            return True
        return self._may_be_phone(cell) and _key(cell, self.country) in self.keys

    def _may_be_phone(self, cell: str) -> bool:
        """To read one takes a hundred times as long."""
        digits = _NO_DIGITS.sub("", cell)
        if len(digits) < FEWEST_DIGITS:
            return False
        if not digits.isascii():
            digits = "".join(str(int(digit)) for digit in digits)
        if _PLAIN.fullmatch(cell):
            return digits[-TAIL:] in self.tails
        return any(digits[at : at + TAIL] in self.tails for at in range(len(digits) - TAIL + 1))


def wanted(people: Iterable[Person], *, country: str) -> Wanted:
    rows = list(people)
    keys = frozenset(key for *_, key in rows if key is not None)
    return Wanted(
        texts=frozenset(text.casefold() for row in rows for text in row[:2] if text),
        keys=keys,
        tails=frozenset(str(key)[-TAIL:] for key in keys),
        country=country,
    )


@lru_cache(maxsize=10_000)
def _key(cell: str, country: str) -> int | None:
    try:
        return read_phone(cell, default_country=country).match_key
    except PhoneError:
        return None
