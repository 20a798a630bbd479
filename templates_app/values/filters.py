"""The filters that a text may use, each as quick as its text is long.

What they take is bounded before they run: nothing here sees more than TEXT_MAX characters, and what
would make more is counted first. A property that is missing goes through all of them, until
`default` catches it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import add, mul, sub
from urllib.parse import quote_plus

from liquid.undefined import Undefined

from templates_app.values.cleaning import shows_nothing
from templates_app.values.instants import told_in
from templates_app.values.making import MAKING, OverBudgetError, check_length
from templates_app.values.numbers import (
    absolute,
    ceiling,
    counting,
    divide,
    floor,
    grouped,
    money,
    rounded,
)

PARTS_MAX = 100  # of a list, or of a text that is split
ENTRY = 64  # characters: what an entry of a list costs beside its text
LINK_MAX = 2_048
FORMAT_MAX = 60
FORMAT = re.compile(r"(?:[^%]|%[-^]?[aAbBdDeFHIjlmMpPSTuyYzZ%])*", re.DOTALL)
NOW = ("now", "today")


class UnfitError(ValueError):
    """This person's value is nothing that the filter could work with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """`least` and `most`: how many values it takes after its colon. `check` says of a value that is
    the same for everybody what is wrong with it, empty if nothing is."""

    run: Callable[..., object]
    least: int = 0
    most: int = 0
    check: Callable[[object], str] = lambda _: ""


def text_of(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    raise UnfitError


def length_of(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(len(part) if isinstance(part, str) else 1 for part in value) + ENTRY * len(value)
    return 1


def default(value: object, other: object) -> object:
    if isinstance(value, str):
        return other if shows_nothing(value) else value
    is_empty = value is None or value is False or value == [] or isinstance(value, Undefined)
    return other if is_empty else value


def append(value: object, more: object) -> str:
    first, second = text_of(value), text_of(more)
    check_length(len(first) + len(second))
    return first + second


def prepend(value: object, more: object) -> str:
    return append(more, value)


def replace(value: object, old: object, new: object = "") -> str:
    text, gone, come = text_of(value), text_of(old), text_of(new)
    if not gone:
        raise UnfitError
    check_length(len(text) + text.count(gone) * (len(come) - len(gone)))
    return text.replace(gone, come)


def split(value: object, separator: object) -> list[str]:
    text, mark = text_of(value), text_of(separator)
    if not mark:
        raise UnfitError
    parts = text.split(None if mark == " " else mark, PARTS_MAX)
    if len(parts) > PARTS_MAX:
        raise OverBudgetError
    return parts


def join(value: object, separator: object = " ") -> str:
    parts, mark = [text_of(part) for part in _list(value)], text_of(separator)
    check_length(sum(map(len, parts)) + len(mark) * len(parts))
    return mark.join(parts)


def first(value: object) -> object:
    return next(iter(_list(value)), "")


def last(value: object) -> object:
    return next(reversed(_list(value)), "")


def size(value: object) -> int:
    return len(value) if isinstance(value, list) else len(text_of(value))


def slice_(value: object, start: object, length: object = 1) -> str:
    text, begin = text_of(value), _whole(start)
    begin = max(begin + len(text), 0) if begin < 0 else begin
    return text[begin : begin + max(_whole(length), 0)]


def truncate(value: object, length: object = 50, end: object = "...") -> str:
    text, most, mark = text_of(value), _whole(length), text_of(end)
    return text if len(text) <= most else text[: max(most - len(mark), 0)] + mark


def truncate_words(value: object, length: object = 15, end: object = "...") -> str:
    most = min(max(_whole(length), 1), PARTS_MAX)
    words = text_of(value).split(None, most)
    return " ".join(words[:most]) + (text_of(end) if len(words) > most else "")


def url_encode(value: object) -> str:
    text = text_of(value)
    if len(text) > LINK_MAX:
        raise OverBudgetError
    return quote_plus(text)


def date(value: object, form: object) -> str:
    if problem := wrong_format(form):
        raise UnfitError(problem)
    moment = _moment_of(value)
    # What is no date is told as it is.
    return text_of(value) if moment is None else moment.strftime(str(form))


def wrong_format(form: object) -> str:
    if not isinstance(form, str):
        return 'needs a form in quotes: date: "%-d %B %Y"'
    if len(form) > FORMAT_MAX:
        return f"takes a form of {FORMAT_MAX} characters at most"
    if not FORMAT.fullmatch(form):
        return f"takes a form like “%-d %B %Y, %H:%M”, not “{form}”"
    return ""


def wrong_separator(value: object) -> str:
    return "" if value != "" else "needs to know what to look for: write it between the quotes"


def _moment_of(value: object) -> datetime | None:
    zone = MAKING.get().zone
    if value in NOW:
        return datetime.now(zone)
    if isinstance(value, str) and not (value.isdecimal() and len(value) <= 10):
        return told_in(value, zone=zone)
    try:
        return datetime.fromtimestamp(int(text_of(value)), zone)
    except (ValueError, OverflowError, OSError):
        return None


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise UnfitError
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnfitError
    return max(min(value, 10**9), -(10**9))


FILTERS = {
    "default": Filter(run=default, least=1, most=1),
    "date": Filter(run=date, least=1, most=1, check=wrong_format),
    "upcase": Filter(run=lambda value: text_of(value).upper()),
    "downcase": Filter(run=lambda value: text_of(value).lower()),
    "capitalize": Filter(run=lambda value: text_of(value).capitalize()),
    "strip": Filter(run=lambda value: text_of(value).strip()),
    "append": Filter(run=append, least=1, most=1),
    "prepend": Filter(run=prepend, least=1, most=1),
    "replace": Filter(run=replace, least=1, most=2),
    "remove": Filter(run=replace, least=1, most=1, check=wrong_separator),
    "truncate": Filter(run=truncate, most=2),
    "truncatewords": Filter(run=truncate_words, most=2),
    "slice": Filter(run=slice_, least=1, most=2),
    "split": Filter(run=split, least=1, most=1, check=wrong_separator),
    "join": Filter(run=join, most=1),
    "first": Filter(run=first),
    "last": Filter(run=last),
    "size": Filter(run=size),
    "url_encode": Filter(run=url_encode),
    "number": Filter(run=grouped, most=1),
    "money": Filter(run=money, most=1),
    "plus": Filter(run=counting(add), least=1, most=1),
    "minus": Filter(run=counting(sub), least=1, most=1),
    "times": Filter(run=counting(mul), least=1, most=1),
    "divided_by": Filter(run=counting(divide), least=1, most=1),
    "at_least": Filter(run=counting(max), least=1, most=1),
    "at_most": Filter(run=counting(min), least=1, most=1),
    "round": Filter(run=rounded, most=1),
    "ceil": Filter(run=ceiling),
    "floor": Filter(run=floor),
    "abs": Filter(run=absolute),
}
