"""Judging a whole template by the rules of its type."""

from dataclasses import dataclass

from templates_app.kinds import KINDS
from templates_app.models import Kind
from templates_app.rules.identity import category_problems, language_problems, name_problems
from templates_app.rules.problems import Problem, Severity
from templates_app.wording.components import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is judged: a template as it would be saved."""

    name: str
    language: str
    category: str
    kind: Kind
    wording: Wording


def problems_of(template: Candidate, *, samples: Severity = Severity.ERROR) -> list[Problem]:
    """Errors and warnings in the order of the form. Missing samples are errors by default,
    because the preview needs them; who replicates an approved template may pass WARNING."""
    return [
        *name_problems(template.name),
        *language_problems(template.language),
        *category_problems(template.category),
        *KINDS[template.kind].problems(
            template.wording, category=template.category, samples=samples
        ),
    ]
