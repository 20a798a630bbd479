"""The part of an address behind its question mark → what it asks for, or a problem that names what
is wrong."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request

from providers.api.problems import Problem, WrongPart

LONGEST = 300  # characters of a text
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)

Reader = Callable[[str], Any]


class NotReadable(ValueError):  # noqa: N818 -- what somebody sent, not an error of ours
    """In words for whoever sent it."""


def read_query(request: Request, known: Mapping[str, Reader]) -> dict[str, Any]:
    """Without those that are not given. Raises Problem."""
    read: dict[str, Any] = {}
    wrong: list[WrongPart] = []
    for name, values in request.query_params.lists():
        if name not in known:
            wrong.append(WrongPart(name[:100], "unknown_parameter", "There is no such parameter."))
        elif len(values) > 1:
            wrong.append(WrongPart(name, "twice", "It stands there twice."))
        else:
            try:
                read[name] = known[name](values[0])
            except NotReadable as problem:
                wrong.append(WrongPart(name, "unreadable", str(problem)))
    if wrong:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        raise Problem(status, "query.wrong", "Some parameters are not right.", errors=wrong)
    return read


def a_text(given: str) -> str:
    if not given or len(given) > LONGEST or not given.isprintable():
        raise NotReadable(f"It is no text of 1 to {LONGEST} visible characters.")
    return given


def a_number(given: str) -> int:
    if not _NUMBER.fullmatch(given):
        raise NotReadable("It is no number.")
    return int(given)


def a_number_up_to(most: int) -> Reader:
    def read(given: str) -> int:
        number = a_number(given)
        if not 1 <= number <= most:
            raise NotReadable(f"It is no number from 1 to {most}.")
        return number

    return read


def one_among(words: Mapping[str, Any]) -> Reader:
    def read(given: str) -> Any:
        if given not in words:
            raise NotReadable(f"It is none of {', '.join(words)}.")
        return words[given]

    return read
