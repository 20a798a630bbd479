"""What the right side of the editor shows: the phone, and what the rules say."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from templates_app.components import Wording
from templates_app.models import Kind, Template
from templates_app.preview import Preview
from templates_app.problems import Problem, Severity
from templates_app.readiness import problems_before_approval
from templates_app.rendering import prepare_samples

# What is merely not written yet: said quietly, for nobody has done anything wrong.
GAPS = frozenset(
    {
        "NAME_REQUIRED",
        "BODY_REQUIRED",
        "BTN_TEXT_REQUIRED",
        "VENDOR_ID_REQUIRED",
        "VAR_EXAMPLE",
        "URL_EXAMPLE",
        "HDR_MEDIA_EXAMPLE",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProblem:
    """`tone` is "error", "warning", "info" or "todo"."""

    code: str
    place: str
    message: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorState:
    preview: Preview
    problems: tuple[ShownProblem, ...]

    @property
    def errors(self) -> int:
        return sum(problem.tone in {"error", "todo"} for problem in self.problems)

    @property
    def warnings(self) -> int:
        return sum(problem.tone == "warning" for problem in self.problems)


def editor_state(template: Template, wording: Wording) -> EditorState:
    """Of a template as it would be saved; needs no row."""
    prepared = prepare_samples(wording, kind=Kind(template.kind), language=template.language)
    return EditorState(
        # That a sample is missing is said beside its field.
        preview=replace(prepared.preview(), notes=()),
        problems=tuple(_shown(problems_before_approval(template, wording))),
    )


def _shown(problems: Iterable[Problem]) -> Iterable[ShownProblem]:
    for problem in problems:
        tone = problem.severity.value
        if problem.severity is Severity.ERROR and problem.code in GAPS:
            tone = "todo"
        yield ShownProblem(
            code=problem.code,
            place="samples" if problem.code == "VAR_EXAMPLE" else problem.place,
            message=problem.message,
            tone=tone,
        )
