"""Is a template good enough to be approved here? Errors block, warnings don't."""

from collections.abc import Collection, Iterable

from providers.refusals import Refusal
from templates_app.keeping.validation import Candidate, problems_of
from templates_app.models import Kind, SendingStyle, Status, Template
from templates_app.rules.problems import Problem, Severity, error
from templates_app.rules.set_aside import with_set_aside
from templates_app.wording.components import Wording
from templates_app.wording.reading import read_wording

KEPT_BACK = "Approved at Gupshup."


class EditingError(Refusal):
    """The message says in plain words why nothing was saved."""

    code = "template.refused"


class NotReadyError(EditingError):
    code = "template.not_ready"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("This can't be approved yet. " + " ".join(p.with_place for p in problems))
        self.problems = problems


class UnderReviewError(EditingError):
    code = "template.under_review"

    def __init__(self) -> None:
        super().__init__(
            "Meta is looking at this text, and it can't be changed at Gupshup meanwhile. Once "
            "there is an answer, set the status to it first; if you took the template back, set "
            "it to Draft."
        )


def waits_for_meta(template: Template) -> bool:
    """Rather than for somebody here, who has to mend what Gupshup has approved."""
    is_kept_back = template.status_reason.startswith(KEPT_BACK)
    return template.status == Status.PENDING and not is_kept_back


def problems_before_approval(
    template: Template,
    wording: Wording,
    *,
    set_aside: Collection[str] = (),
    samples: Severity = Severity.ERROR,
) -> list[Problem]:
    """Everything the rules say, and what sending needs besides."""
    candidate = Candidate(
        name=template.name,
        language=template.language,
        category=template.category,
        kind=Kind(template.kind),
        wording=wording,
    )
    problems = with_set_aside(problems_of(candidate, samples=samples), set_aside)
    if template.sending_style == SendingStyle.BY_ID and not template.vendor_id:
        problems.append(
            error(
                "VENDOR_ID_REQUIRED",
                "vendor_id",
                "Copy the template's ID from Gupshup, or choose sending by its text.",
            )
        )
    return problems


def samples_asked_for(stored: Template | None, wording: Wording) -> Severity:
    """Whoever writes a wording gives its samples. What stands here approved came as Meta has it,
    and its other fields can be saved without them."""
    if stored is None or stored.status != Status.APPROVED or stored.current is None:
        return Severity.ERROR
    is_as_it_came = read_wording(stored.current.content) == wording
    return Severity.WARNING if is_as_it_came else Severity.ERROR


def problems_of_stored(template: Template, *, samples: Severity = Severity.ERROR) -> list[Problem]:
    """Of a template as it stands in the database."""
    current = template.current
    return problems_before_approval(
        template,
        read_wording(current.content) if current else Wording(),
        set_aside=current.set_aside if current else (),
        samples=samples,
    )


def kept_back(errors: Iterable[Problem]) -> str:
    """The reason to show on a template that Gupshup approved and that can't be sent from here."""
    told = " ".join(problem.with_place for problem in errors)
    return f"{KEPT_BACK} Before campaigns can use it: {told}"
