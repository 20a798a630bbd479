"""Reading one part of a rule strictly: each fault with its place and a sentence."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from campaigns.audience.segments.spans import FIRST_YEAR, LAST_YEAR, MOST_OF, Clock, Span
from campaigns.models import PropertyType

LONGEST_TEXT, MOST_TEXTS = 512, 1_000
LARGEST_NUMBER = 10**15
A_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch  # `date` reads weeks, too


class RuleFault(ValueError):  # noqa: N818 -- what is wrong with a rule, not with us
    """`path` says where, like `conditions.2.value`."""

    def __init__(self, path: str, words: str) -> None:
        super().__init__(words)
        self.path, self.words = path, words


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """One of its properties may have come with two types."""

    number: int
    properties: frozenset[tuple[str, PropertyType]] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What a project has that a rule may name: properties by name, the others by number."""

    properties: Mapping[str, PropertyType] = field(default_factory=dict)
    lists: Mapping[int, str] = field(default_factory=dict)
    campaigns: Mapping[int, str] = field(default_factory=dict)
    segments: Mapping[int, tuple[str, Any]] = field(default_factory=dict)  # name, its document
    events: Mapping[str, KnownEvent] = field(default_factory=dict)
    row: str = "p"  # whose properties they are, in SQL: a profile's
    inside: tuple[int, ...] = ()  # the segments that are being read, the outermost first


@dataclass(frozen=True, slots=True)
class Given:
    """A dictionary of a document; keys that nobody takes are refused at the end."""

    raw: dict[str, Any]
    path: str
    known: Known
    taken: set[str] = field(default_factory=set)

    def has(self, key: str) -> bool:
        return key in self.raw

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, words: str) -> RuleFault:
        return RuleFault(self.at(key), words)

    def take(self, key: str) -> Any:
        self.taken.add(key)
        if key not in self.raw:
            raise self.fault(key, "This is missing.")
        return self.raw[key]

    def end(self) -> None:
        for key in self.raw:
            if key not in self.taken:
                raise self.fault(key[:40], "Nothing of this name belongs here.")

    def choice(self, key: str, choices: Iterable[str]) -> str:
        value, choices = self.take(key), list(choices)
        if not isinstance(value, str) or value not in choices:
            raise self.fault(key, f"This must be one of: {', '.join(choices)}.")
        return value

    def text(self, key: str) -> str:
        return self._text(key, self.take(key))

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.take(key)
        if not isinstance(values, list) or not 1 <= len(values) <= MOST_TEXTS:
            raise self.fault(key, f"This must be a list of 1 to {MOST_TEXTS:,} texts.")
        return tuple(self._text(key, value) for value in values)

    def number(self, key: str) -> Decimal:
        value = self.take(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(key, "This must be a number.")
        if not abs(value) <= LARGEST_NUMBER:  # nor what is no number at all, NaN
            raise self.fault(key, "This number is too large.")
        return Decimal(repr(value))

    def dictionary(self, key: str, raw: object) -> "Given":
        """What stands there, or in a list there, to be read in turn."""
        if not isinstance(raw, dict):
            raise self.fault(key, "This must be a JSON object.")
        return Given(raw, self.at(key), self.known)

    def whole(self, key: str, *, most: int, least: int = 1) -> int:
        value = _whole(self.take(key))
        if value is None or not least <= value <= most:
            raise self.fault(key, f"This must be a whole number from {least} to {most:,}.")
        return value

    def day(self, key: str) -> date:
        return self._day(key, self.take(key))

    def days(self, key: str) -> tuple[date, date]:
        value = self.take(key)
        if not isinstance(value, list) or len(value) != 2:
            raise self.fault(key, "This must be two days, the earlier one first.")
        first, last = (self._day(key, one) for one in value)
        if first > last:
            raise self.fault(key, "The first day is later than the second.")
        return first, last

    def one_of(self, key: str, known: Mapping[int, Any], what: str) -> int:
        number = _whole(self.take(key))
        if number is None or number not in known:
            raise self.fault(key, f"This {what} does not exist (any more). Choose another.")
        return number

    def _text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.fault(key, "This must be a text.")
        if not value.strip():
            raise self.fault(key, "Nothing is written here yet.")
        if len(value) > LONGEST_TEXT:
            raise self.fault(key, f"This text is longer than {LONGEST_TEXT} characters.")
        if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
            raise self.fault(key, "This text has a character that no text can have.")
        return value

    def _day(self, key: str, value: object) -> date:
        try:
            day = date.fromisoformat(value if isinstance(value, str) and A_DAY(value) else "")
        except ValueError:
            raise self.fault(key, "This must be a day, like 2026-01-31.") from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.fault(key, f"This day must be from {FIRST_YEAR} to {LAST_YEAR}.")
        return day


def _whole(value: object) -> int | None:
    """JSON makes no difference between 3 and 3.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class When:
    """A span that a rule names, made at the moment of use, and its words."""

    span: Callable[[Clock], Span]
    words: str


def read_when(given: Given, *, may_end: bool = True) -> When | None:
    """“When” of what happened: in the last N, or between two days; None is ever."""
    if not given.has("when"):
        return None
    raw = given.take("when")
    if not isinstance(raw, dict):
        raise given.fault("when", "This must say “last” and “unit”, or “between”.")
    inner = Given(raw, given.at("when"), given.known)
    if may_end and inner.has("between"):
        first, last = inner.days("between")
        inner.end()
        return When(lambda clock: Span.of_days(clock, first, last), f"between {first} and {last}")
    amount, unit = read_amount(inner, "last")
    inner.end()
    return When(
        lambda clock: Span.last(clock, amount, unit), f"in the last {amount_words(amount, unit)}"
    )


def read_amount(given: Given, key: str) -> tuple[int, str]:
    unit = given.choice("unit", MOST_OF)
    return given.whole(key, most=MOST_OF[unit]), unit


def amount_words(amount: int, unit: str) -> str:
    return f"{amount:,} {unit if amount > 1 else unit[:-1]}"
