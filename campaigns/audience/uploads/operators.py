"""What a program asks of a person's property without knowing its value: to put texts into a list or
take them out, to count up or down, to forget it.

It stands where a value would, as an object with one name: {"$add": ["Pune"]}.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.audience.imports.values import MOST_TEXTS, ValueRefusedError
from campaigns.audience.uploads.typed_values import (
    LARGEST,
    NUMBER,
    TEXTS,
    Value,
    read_number,
    read_texts,
)

NO_OPERATOR = "It is an object, and none of $add, $remove, $set, $delete, $incr, $decr alone."
NO_TEXTS = "There is no list of texts behind {name}."
NO_NUMBER = "There is no number above 0 behind {name}."
NOT_DELETED = "There is neither 1 nor true behind $delete."


@dataclass(frozen=True, slots=True)
class Operator:
    """`needs`: the type that the property must have; empty where any will do. `begins`: whether it
    makes a property that wasn't there."""

    needs: str
    begins: bool
    change: Callable[[Value | None], Value | None]
    """From a value of that type to the new one; None where there is none."""


def read_operator(given: Mapping[str, Any]) -> Operator:
    """Raises ValueRefusedError."""
    if len(given) != 1:
        raise ValueRefusedError(NO_OPERATOR)
    ((name, operand),) = given.items()
    match name:
        case "$add" | "$remove" | "$set":
            return _of_texts(name, _texts(name, operand))
        case "$incr" | "$decr":
            by = _number(name, operand)
            return _counting(by if name == "$incr" else -by)
        case "$delete":
            if operand is not True and operand not in (1, "1", "true"):
                raise ValueRefusedError(NOT_DELETED)
            return Operator("", begins=False, change=lambda _value: None)
    raise ValueRefusedError(NO_OPERATOR)


def _of_texts(name: str, texts: list[str]) -> Operator:
    """Of too many texts the oldest go."""
    if name == "$set":
        return Operator(TEXTS, begins=bool(texts), change=lambda _value: texts or None)
    if name == "$add":
        return Operator(TEXTS, begins=bool(texts), change=lambda value: _added(value, texts))
    return Operator(TEXTS, begins=False, change=lambda value: _without(value, texts))


def _added(value: Value | None, texts: list[str]) -> Value | None:
    there = value if isinstance(value, list) else []
    return list(dict.fromkeys([*there, *texts]))[-MOST_TEXTS:] or None


def _without(value: Value | None, texts: list[str]) -> Value | None:
    there = value if isinstance(value, list) else []
    return [text for text in there if text not in texts] or None


def _counting(by: float) -> Operator:
    def counted(value: Value | None) -> Value | None:
        there = value if isinstance(value, int | float) else 0
        return there + by if abs(there + by) < LARGEST else value

    return Operator(NUMBER, begins=True, change=counted)


def _texts(name: str, operand: object) -> list[str]:
    if not isinstance(operand, list):
        raise ValueRefusedError(NO_TEXTS.format(name=name))
    return read_texts(operand)


def _number(name: str, operand: object) -> float:
    if isinstance(operand, bool) or not isinstance(operand, int | float) or operand <= 0:
        raise ValueRefusedError(NO_NUMBER.format(name=name))
    return read_number(operand)
