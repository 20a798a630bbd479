"""Counting with numbers as profiles have them: exact, and never with one that nobody could read.

A number comes in as one or as its text and leaves as a text. A whole number stays whole, as in
Liquid: 7 divided by 2 is 3, and 7.0 divided by 2 is 3.5.
"""

import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

NUMBER_MAX = 10**18
NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
PLACES_MAX = 10
EXACT = Context(prec=60)

Number = int | Decimal


class NoNumberError(ValueError):
    """What this person has there is no number, or none that anybody could read."""


def number_of(value: object) -> Number:
    if isinstance(value, str):
        text = value.strip() if len(value) < 60 else ""
        if found := NUMBER.fullmatch(text):
            return Decimal(text) if found[1] else int(text)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = value if isinstance(value, int) else Decimal(str(value))
        _check_size(number)
        return number
    raise NoNumberError


def told(number: Number) -> str:
    """In digits: 25, 12.5, never 1E+3."""
    _check_size(number)
    if isinstance(number, int):
        return str(number)
    whole, _, rest = f"{_rounded(number, PLACES_MAX):f}".partition(".")
    return f"{whole}.{rest.rstrip('0') or '0'}"


def counting(run: Callable[[Any, Any], Any]) -> Callable[[object, object], str]:
    def count(value: object, other: object) -> str:
        with localcontext(EXACT):
            return told(run(number_of(value), number_of(other)))

    return count


def divide(number: Number, other: Number) -> Number:
    if isinstance(number, int) and isinstance(other, int):
        return number // other
    return Decimal(number) / other


def rounded(value: object, places: object = 0) -> str:
    """Halves go up, as people do it."""
    digits = _places(places)
    number = number_of(value)
    if isinstance(number, int):
        return str(number)
    return f"{_rounded(number, digits):f}" if digits else str(_whole(number, ROUND_HALF_UP))


def ceiling(value: object) -> str:
    return str(_whole(number_of(value), ROUND_CEILING))


def floor(value: object) -> str:
    return str(_whole(number_of(value), ROUND_FLOOR))


def absolute(value: object) -> str:
    number = number_of(value)
    return told(-number if number < 0 else number)


def grouped(value: object, places: object = 0) -> str:
    """1,234,567.50, with so many digits after the point."""
    return f"{_rounded(Decimal(number_of(value)), _places(places)):,f}"


def money(value: object, sign: object = "") -> str:
    """The sign before it, and two digits after the point unless it is whole. Rupees are grouped as
    India reads them: ₹12,34,567.50."""
    amount = Decimal(number_of(value))
    text = grouped(abs(amount), 0 if amount == amount.to_integral_value() else 2)
    if not isinstance(sign, str) or len(sign) > 10:
        raise NoNumberError
    if sign.strip() in ("₹", "Rs", "Rs.", "INR"):
        text = _in_lakhs(text.replace(",", ""))
    return f"{'-' if amount < 0 else ''}{sign}{text}"


def _in_lakhs(digits: str) -> str:
    whole, point, rest = digits.partition(".")
    head, tail = whole[:-3], whole[-3:]
    pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(pairs), tail]) + point + rest


def _places(value: object) -> int:
    if not isinstance(value, int) or value not in range(PLACES_MAX + 1):
        raise NoNumberError
    return value


def _check_size(number: Number) -> None:
    if not -NUMBER_MAX <= number <= NUMBER_MAX:
        raise NoNumberError


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)


def _whole(number: Number, rounding: str) -> int:
    return int(Decimal(number).to_integral_value(rounding))
