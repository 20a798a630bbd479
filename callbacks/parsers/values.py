"""Single values of a payload, made storable: text, digits, numbers; and what must be there.

Gupshup writes one and the same field as text, as a number or not at all.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeAlias

Fields: TypeAlias = Mapping[str, object]

# Characters. Longer text is cut; a longer identifier or address is refused, as a cut one would
# be somebody else's.
ID = 100
WORD = 200
AGENT = 512
TYPE = 30
PROSE = 16_384
URL = 4_096
PHONE = 15  # digits, as E.164 has it
PERSON_ID = re.compile(r"[A-Za-z]{2}\.[A-Za-z0-9._-]{1,128}", re.ASCII)

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PHONE_PUNCTUATION = str.maketrans("", "", "+-(). \t\r\n\xa0")


class NotUnderstood(Exception):  # noqa: N818
    """Why an element is not what it looks like, in words that repeat no value of it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the payload itself does not say."""

    at: datetime
    click_zone: tzinfo


def word(value: object, limit: int = WORD) -> str | None:
    """Text or a number as stripped text; None where nothing is left."""
    if value is None:
        return None
    if type(value) is not str:
        value = _digits_of_number(value)
    value = value.strip()
    if not value:
        return None
    return storable(value if len(value) <= limit else value[:limit])


def prose(value: object) -> str | None:
    """What a person wrote, with its blanks and line ends."""
    if type(value) is not str:
        value = _digits_of_number(value)
    return storable(value[:PROSE]) or None


def address(value: object) -> str | None:
    """A URL, or None where it is missing or too long to be one."""
    text = word(value, URL + 1)
    return None if text is None or len(text) > URL else text


def phone(value: object) -> str | None:
    """Digits only; None for what has letters (a business-scoped id), is too long or all zeros."""
    if type(value) is not str:
        value = _digits_of_number(value)
    if len(value) > WORD:
        return None
    if not (value.isascii() and value.isdigit()):
        value = value.translate(_PHONE_PUNCTUATION)
    usable = value.isascii() and value.isdigit() and len(value) <= PHONE and value.strip("0")
    return value if usable else None


def person_id(value: object) -> str | None:
    """A business-scoped id as it came; None for anything else."""
    text = word(value) if type(value) is str else None
    return text if text and PERSON_ID.fullmatch(text) else None


def first_object(value: object) -> Fields:
    """The object itself, or the first of a list; an empty one where there is none."""
    rows = value if isinstance(value, list) else [value]
    return next((row for row in rows if isinstance(row, dict)), {})


def number(value: object, *, within: float) -> float | None:
    """A finite number, or text of one, between -within and within."""
    if type(value) is str and len(value) <= WORD:
        try:
            value = float(value)
        except ValueError:
            return None
    if type(value) is int or type(value) is float:
        return float(value) if -within <= value <= within else None
    return None


def storable(text: str) -> str:
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    return _LONE_SURROGATE.sub("\ufffd", text)


def required(value: str | None, name: str, *, needed: str) -> str:
    if value is None:
        raise NotUnderstood(f"{name} is missing or empty: {needed}")
    return value


def _digits_of_number(value: object) -> str:
    """True, lists, objects and NaN give nothing."""
    if type(value) is int:
        return str(value)
    if type(value) is float and math.isfinite(value):
        return str(int(value)) if value.is_integer() else str(value)
    return ""
