"""What the right side of the editor shows: the phone, and what the rules say."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from templates_app.keeping.readiness import problems_before_approval
from templates_app.kinds.preview import Preview
from templates_app.models import Kind, Template
from templates_app.rendering.variants import prepare_samples
from templates_app.rules.problems import Problem, Severity
from templates_app.rules.remarks import remarks_of
from templates_app.rules.set_aside import SETTABLE_ASIDE
from templates_app.wording.components import Wording

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
        "LTO_TEXT_REQUIRED",
        "LTO_CODE_REQUIRED",
        "CAR_CARDS_MIN",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProblem:
    """`tone` is "error", "warning", "info" or "todo"."""

    code: str
    place: str
    message: str
    tone: str
    is_settable: bool = False
    is_set_aside: bool = False


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


def editor_state(
    template: Template,
    wording: Wording,
    *,
    set_aside: Collection[str] = (),
    samples: Severity = Severity.ERROR,
) -> EditorState:
    """Of a template as it would be saved; needs no row."""
    prepared = prepare_samples(wording, kind=Kind(template.kind), language=template.language)
    problems = [
        *problems_before_approval(template, wording, set_aside=set_aside, samples=samples),
        *remarks_of(wording),
    ]
    return EditorState(
        # That a sample is missing is said beside its field.
        preview=replace(prepared.preview(), notes=()),
        problems=tuple(_shown(problems, {*set_aside}, wording)),
    )


def link_at(place: str, wording: Wording) -> str:
    """What is written at "button.0" or "card.1.button.0"."""
    *card, _, number = place.split(".")
    buttons = (wording.cards or ())[int(card[1])].buttons if card else wording.buttons
    return buttons[int(number)].value


def _shown(
    problems: Iterable[Problem], set_aside: Collection[str], wording: Wording
) -> Iterable[ShownProblem]:
    told: set[str] = set()
    for problem in problems:
        tone = problem.severity.value
        is_empty_link = problem.code == "URL_SCHEME" and not link_at(problem.place, wording)
        if problem.severity is Severity.ERROR and (problem.code in GAPS or is_empty_link):
            tone = "todo"
        can_be_set = problem.code in SETTABLE_ASIDE and (
            problem.severity is Severity.ERROR or problem.code in set_aside
        )
        in_card = problem.place.startswith("card")
        yield ShownProblem(
            code=problem.code,
            place="samples" if problem.code == "VAR_EXAMPLE" and not in_card else problem.place,
            message=problem.message,
            tone=tone,
            # One box a rule, however many places break it.
            is_settable=can_be_set and problem.code not in told,
            is_set_aside=problem.code in set_aside,
        )
        told.add(problem.code)
