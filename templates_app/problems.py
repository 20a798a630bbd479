"""What is wrong, or doubtful, with a template or with the values for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`code` is the rule's name, `place` the part it is about ("body", "button.0", a slot's key),
    `message` says in plain words what is wrong and the way out."""

    code: str
    severity: Severity
    place: str
    message: str


def error(code: str, place: str, message: str) -> Problem:
    return Problem(code=code, severity=Severity.ERROR, place=place, message=message)


def warning(code: str, place: str, message: str) -> Problem:
    return Problem(code=code, severity=Severity.WARNING, place=place, message=message)


def errors_in(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]
