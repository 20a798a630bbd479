"""What is wrong, or doubtful, with a template or with the values for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


# Meta wants samples of whoever submits a template; of an approved one it may give none.
SAMPLE_CODES = frozenset({"VAR_EXAMPLE", "URL_EXAMPLE", "HDR_MEDIA_EXAMPLE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`code` is the rule's name, `place` the part it is about ("body", "button.0", a slot's key),
    `message` says in plain words what is wrong and the way out."""

    code: str
    severity: Severity
    place: str
    message: str

    @property
    def with_place(self) -> str:
        """For a list away from the field, where "take out 13" would leave open of what."""
        place = place_in_words(self.place)
        return f"{place[:1].upper()}{place[1:]}: {self.message}" if place else self.message


def error(code: str, place: str, message: str) -> Problem:
    return Problem(code=code, severity=Severity.ERROR, place=place, message=message)


def warning(code: str, place: str, message: str) -> Problem:
    return Problem(code=code, severity=Severity.WARNING, place=place, message=message)


def place_in_words(place: str) -> str:
    """card.1.button.0 → card 2, button 1."""
    words: list[str] = []
    for part in place.split("."):
        if part.isdecimal() and words:
            words[-1] += f" {int(part) + 1}"
        else:
            words.append(part)
    return ", ".join(words)


def without_sample(problems: Iterable[Problem]) -> list[str]:
    """The places that lack one, in words."""
    return [place_in_words(each.place) for each in problems if each.code in SAMPLE_CODES]


def errors_in(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]
