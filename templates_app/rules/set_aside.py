"""Meta itself approves some texts against its own rules. For six of them an admin may say so."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from templates_app.rules.problems import Problem, Severity

SETTABLE_ASIDE = frozenset(
    {"VAR_EDGE", "VAR_ADJACENT", "VAR_RATIO", "HDR_EMOJI", "HDR_FORMAT", "BTN_GROUPING"}
)
WHY = "Approved at the vendor exactly like this."


def with_set_aside(problems: Iterable[Problem], codes: Collection[str]) -> list[Problem]:
    """The same problems; an error whose rule was set aside is a warning that says so."""
    return [
        replace(
            problem,
            severity=Severity.WARNING,
            message=f"{problem.message} Set aside: approved at the vendor exactly like this.",
        )
        if problem.severity is Severity.ERROR and problem.code in SETTABLE_ASIDE & {*codes}
        else problem
        for problem in problems
    ]
