"""Files with templates in Meta's form, judged one by one, and whatever else such a file may be."""

from dataclasses import dataclass
from pathlib import Path

from templates_app.incoming.documents import (
    Document,
    UnreadableError,
    parse_document,
    problems_of_document,
)
from templates_app.rules.problems import Problem, Severity, error, errors_in

FILE_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFile:
    """`document` is None where the file holds no template that can be read."""

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


def judge_file(file: str, *, submitting: bool) -> JudgedFile:
    try:
        document = read_file(file)
    except UnreadableError as unreadable:
        return JudgedFile(file=file, document=None, problems=(unreadable.problem,))
    problems = problems_of_document(document, submitting=submitting)
    return JudgedFile(file=file, document=document, problems=tuple(problems))


def read_file(file: str) -> Document:
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
    return parse_document(source)
