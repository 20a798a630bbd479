"""A profile as the engine sees it: what is blank is not there, and nothing is without bounds.

A property that is missing, null or blank stays *missing* through every filter until `default`
catches it; printing it raises, so that nobody gets "Hi ," by a silent gap.
"""

import math
from collections.abc import Iterator, Mapping

from liquid.exceptions import UndefinedError
from liquid.undefined import Undefined

from templates_app.values.cleaning import shows_nothing
from templates_app.values.filters import PARTS_MAX, length_of
from templates_app.values.making import MAKING, OverBudgetError, check_length

BITS_MAX = 128  # of a whole number


class Missing(Undefined):
    """A property that this person does not have."""

    __slots__ = ()

    def __str__(self) -> str:
        raise UndefinedError(self.name, token=self.token)


class Properties(Mapping[str, object]):
    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> object:
        value = _bounded(self._values.get(key))
        MAKING.get().spend(length_of(value))
        return Missing(str(key), token=None) if _is_blank(value) else value

    def __contains__(self, key: object) -> bool:
        return not isinstance(self[str(key)], Missing)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __str__(self) -> str:
        raise UndefinedError("profile", token=None)

    # As a mapping, everything that it holds would be compared.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def _bounded(value: object) -> object:
    if isinstance(value, dict):
        return Properties(value) if value else None
    if not isinstance(value, list):
        return _scalar(value)
    if len(value) > PARTS_MAX:
        raise OverBudgetError
    return [_scalar(part) for part in value]


def _scalar(value: object) -> object:
    if isinstance(value, str):
        check_length(len(value))
    elif isinstance(value, int) and value.bit_length() > BITS_MAX:
        raise OverBudgetError
    return value if isinstance(value, str | bool | int | float) else None


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return shows_nothing(value)
    if isinstance(value, float):
        return not math.isfinite(value)
    return value is None or value == []
