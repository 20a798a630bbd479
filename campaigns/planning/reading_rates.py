"""A rate card as somebody hands it in: a CSV file of country, category, price and currency.

It is taken as a whole or not at all: every refusal names the row and the way out.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from io import StringIO
from itertools import islice

from providers.phones.countries import countries
from providers.phones.country_names import NAMES
from providers.refusals import Refusal

LARGEST = 1_000_000  # bytes
MOST_ROWS = 2_000  # every country, every category, and room
MOST_NAMED = 5
TOO_LARGE = "The file is too large: a rate card has at most 1 MB."
COLUMNS = ("country", "category", "price", "currency")
PRICE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
CURRENCY = re.compile(r"[A-Z]{3}")


class Billed(StrEnum):
    """The categories that Meta bills by; campaigns send the first two."""

    MARKETING = "MARKETING"
    UTILITY = "UTILITY"
    AUTHENTICATION = "AUTHENTICATION"
    SERVICE = "SERVICE"


class RateCardError(Refusal):
    """What is wrong with the file."""

    code = "rate_card.unreadable"


@dataclass(frozen=True, slots=True)
class Rates:
    """Country → category → price, as text."""

    currency: str
    prices: dict[str, dict[str, str]]


@dataclass(slots=True)
class _Reading:
    prices: dict[str, dict[str, str]] = field(default_factory=dict)
    first_row: dict[tuple[str, str], int] = field(default_factory=dict)
    currencies: dict[str, int] = field(default_factory=dict)  # and where each stands first
    faults: list[str] = field(default_factory=list)

    def take(self, number: int, row: dict[str, str]) -> None:
        found = list(_faults_of(row))
        self.faults += [f"Row {number}: {fault}" for fault in found]
        if found:
            return
        country, category = _country(row["country"]), row["category"].upper()
        self.currencies.setdefault(row["currency"].upper(), number)
        first = self.first_row.setdefault((country, category), number)
        if first != number:
            name = f"{NAMES.get(country, country)}, {category.capitalize()}"
            self.faults.append(f"Row {number}: {name} stands in row {first} already.")
        self.prices.setdefault(country, {})[category] = row["price"]


def read_rates(raw: bytes) -> Rates:
    """Raises RateCardError."""
    reading = _Reading()
    for number, row in _rows(_text(raw)):
        reading.take(number, row)
    _refuse(reading.faults)
    if len(reading.currencies) > 1:
        (one, here), (other, there), *_ = reading.currencies.items()
        raise RateCardError(
            f"Row {here} is in {one} and row {there} in {other}. A rate card has one currency."
        )
    if not reading.prices:
        raise RateCardError("There is no price in the file. Write one row a country and category.")
    return Rates(next(iter(reading.currencies)), reading.prices)


def _text(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise RateCardError(TOO_LARGE)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RateCardError(
            "The file is no CSV file in UTF-8. In a spreadsheet choose “Save as”, then “CSV UTF-8”."
        ) from None


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """With their numbers as a spreadsheet shows them; blank ones are passed by."""
    head, *rows = _cells(text) or [[]]
    names = [name.strip().casefold() for name in head]
    if missing := [column for column in COLUMNS if column not in names]:
        raise RateCardError(
            f"The column “{missing[0]}” is missing. The first row names the columns: "
            f"{', '.join(COLUMNS)}."
        )
    if len(rows) > MOST_ROWS:
        raise RateCardError(
            f"The file has more than {MOST_ROWS:,} rows. A rate card has one a country and"
            " category."
        )
    for number, cells in enumerate(rows, start=2):
        if any(cell.strip() for cell in cells):
            filled = [*cells, *[""] * len(names)]
            yield number, {name: cell.strip() for name, cell in zip(names, filled, strict=False)}


def _cells(text: str) -> list[list[str]]:
    """Read no further than the first row that is too many."""
    first = text.partition("\n")[0]
    try:
        lines = StringIO(text, newline="")
        rows = csv.reader(lines, delimiter=";" if first.count(";") > first.count(",") else ",")
        return list(islice(rows, 1 + MOST_ROWS + 1))
    except csv.Error:
        raise RateCardError("The file can't be read as CSV. Save it as CSV UTF-8 again.") from None


def _faults_of(row: dict[str, str]) -> Iterator[str]:
    if not row["country"]:
        yield "the country is missing. Write its two letters, like IN."
    elif not _country(row["country"]):
        yield f"“{row['country'][:40]}” is no country. Write its two letters, like IN."
    if row["category"].upper() not in Billed.__members__:
        known = ", ".join(Billed).lower()
        yield f"“{row['category'][:40]}” is no category. Write one of {known}."
    if not PRICE.fullmatch(row["price"]):
        yield f"“{row['price'][:40]}” is no price. Write digits with a point, like 0.7846."
    if not CURRENCY.fullmatch(row["currency"].upper()):
        yield f"“{row['currency'][:40]}” is no currency. Write its three letters, like INR."


def _country(text: str) -> str:
    """Its two letters; empty where it is none."""
    by_word = {each.code: each.code for each in countries()}
    by_word |= {each.name.upper(): each.code for each in countries()}
    return by_word.get(text.upper(), "")


def _refuse(faults: Sequence[str]) -> None:
    if not faults:
        return
    more = len(faults) - MOST_NAMED
    rest = [f"{more:,} more rows have to be mended, too."] if more > 0 else []
    raise RateCardError(" ".join([*faults[:MOST_NAMED], *rest]))
