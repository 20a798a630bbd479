"""What JSON says of one value: its type, and what of it is kept.

Types are those of people's properties. Texts that are dates are kept as dates, everything else as
it comes: a number in quotes is a text.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any

from campaigns.audience.imports.property_names import (
    LONGEST_NAME,
    is_property_name,
    property_name_of,
)
from campaigns.audience.imports.values import (
    LONGEST_TEXT,
    MOST_TEXTS,
    ValueRefusedError,
    ValueType,
    reader_of,
)
from campaigns.models import PropertyType

Value = str | int | float | bool | list[str]
DateReader = Callable[[str], str]
Typed = tuple[str, Value] | None

LARGEST = 10**15
# Plain texts: to ask an enum for them, value by value, took a sixth of an upload.
TEXT, NUMBER, BOOLEAN, DATE, TEXTS = PropertyType.values
NESTED = "It is an object. Give its parts as properties of their own."
UNREADABLE = "It has a character in it that can't be stored."
LONG_NAME = f"Its name is longer than {LONGEST_NAME} characters."
NO_NAME = "Its name has neither a letter nor a digit."
# What is said of one record: thousands of names with their reasons would be many times as long as
# the record.
MOST_NAMED, OTHERS = 50, "…"
NOT_NAMED = f"More than {MOST_NAMED} were left out. The others are not named."


@dataclass(slots=True)
class Properties:
    values: dict[str, Value] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def keep(self, name: str, typed: tuple[str, Value]) -> None:
        """Raises ValueRefusedError."""
        check_name(name)
        self.types[name], self.values[name] = typed

    def leave_out(self, name: str, reason: str) -> None:
        if len(self.left_out) >= MOST_NAMED:
            self.left_out[OTHERS] = NOT_NAMED
            return
        self.left_out[name[:LONGEST_NAME].encode(errors="replace").decode()] = reason

    def drop(self, name: str, reason: str) -> None:
        """What was kept already."""
        del self.values[name], self.types[name]
        self.leave_out(name, reason)


def check_name(name: str) -> None:
    """Raises ValueRefusedError."""
    if problem := LONG_NAME if len(name) > LONGEST_NAME else _unfit(name):
        raise ValueRefusedError(problem)


@lru_cache(maxsize=10_000)
def _unfit(name: str) -> str:
    if is_property_name(name):
        return ""
    nearest = property_name_of(name)
    return f"A property can't be called so. “{nearest}” would do." if nearest else NO_NAME


@lru_cache(maxsize=100)
def dates_in(time_zone: str) -> DateReader:
    """Reads times that name no zone as those of this one."""
    return reader_of(ValueType.DATE, time_zone=time_zone)


def read_value(value: object, dates: DateReader) -> Typed:
    """None for what says nothing, as null and blank texts do. Raises ValueRefusedError."""
    match value:
        case str():
            return _text(value, dates)
        case bool():
            return BOOLEAN, value
        case int() | float():
            return NUMBER, read_number(value)
        case list():
            texts = read_texts(value)
            return (TEXTS, texts) if texts else None
        case None:
            return None
    raise ValueRefusedError(NESTED)


def _text(value: str, dates: DateReader) -> Typed:
    text = storable(value)
    if text[:4].isdecimal() or text[:3] == "$D_":
        try:
            return DATE, dates(text)[1:-1]
        except ValueRefusedError:
            pass
    return (TEXT, text) if text else None


def storable(value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise ValueRefusedError(f"It is longer than {LONGEST_TEXT} characters.")
    if not value.isprintable() and ("\0" in value or _has_half_a_sign(value)):
        raise ValueRefusedError(UNREADABLE)
    return value.strip()


def _has_half_a_sign(value: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in value)


def read_number(value: float) -> float:
    """Raises ValueRefusedError."""
    if isinstance(value, float) and not isfinite(value):
        raise ValueRefusedError("It is not a number.")
    if abs(value) >= LARGEST:
        raise ValueRefusedError("It is too large a number.")
    return value


def read_texts(values: list[Any]) -> list[str]:
    """Raises ValueRefusedError."""
    if not all(isinstance(value, str) for value in values):
        raise ValueRefusedError("Of lists only those of texts are kept.")
    texts = list(dict.fromkeys(text for value in values if (text := storable(value))))
    if len(texts) > MOST_TEXTS:
        raise ValueRefusedError(f"It has more than {MOST_TEXTS} texts.")
    return texts
