"""Files with templates in Meta's form, judged one by one, and whatever else such a file may be."""

from dataclasses import dataclass
from pathlib import Path

from templates_app.incoming.documents import (
    Document,
    UnreadableError,
    documents_of,
    problems_of_document,
)
from templates_app.rules.problems import Problem, Severity, error, errors_in

FILE_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFile:
    """One template of a file. `document` is None where it is none that can be read."""

    file: str
    document: Document | None
    problems: tuple[Problem, ...]

    @property
    def is_valid(self) -> bool:
        return not errors_in(self.problems)

    def as_json(self) -> dict[str, object]:
        kind = self.document.kind if self.document else None
        return {
            "file": self.file,
            "name": self.document.name if self.document else None,
            "type": kind.value if kind else None,
            "valid": self.is_valid,
            "errors": self._codes(Severity.ERROR),
            "warnings": self._codes(Severity.WARNING),
            "messages": [
                {"code": problem.code, "place": problem.place, "message": problem.message}
                for problem in self.problems
            ],
        }

    def _codes(self, severity: Severity) -> list[str]:
        """Each once, in the order of the form."""
        codes = (problem.code for problem in self.problems if problem.severity is severity)
        return list(dict.fromkeys(codes))


def judge_file(file: str, *, submitting: bool) -> list[JudgedFile]:
    """Each template in it."""
    try:
        found = read_file(file)
    except UnreadableError as unreadable:
        found = [unreadable]
    return [_judged(file, one, submitting=submitting) for one in found]


def _judged(file: str, found: Document | UnreadableError, *, submitting: bool) -> JudgedFile:
    if isinstance(found, UnreadableError):
        return JudgedFile(file=file, document=None, problems=(found.problem,))
    problems = problems_of_document(found, submitting=submitting)
    return JudgedFile(file=file, document=found, problems=tuple(problems))


def read_file(file: str) -> list[Document | UnreadableError]:
    """Never more of it than a template may have. Raises UnreadableError."""
    try:
        with Path(file).open("rb") as opened:
            source = opened.read(FILE_MAX + 1)
    except (OSError, ValueError) as failure:
        why = failure.strerror if isinstance(failure, OSError) else "no such name"
        raise UnreadableError(
            error("FILE_UNREADABLE", "file", f"This file can't be read: {why}.")
        ) from None
    if len(source) > FILE_MAX:
        raise UnreadableError(
            error("FILE_TOO_LARGE", "file", "Above 1 MiB: no template is that large.")
        )
    return documents_of(source)
