"""What is no fault, and good to know: where WhatsApp shows a message otherwise than expected."""

from collections.abc import Iterator

from templates_app.rules.problems import Problem, Severity
from templates_app.wording.components import ButtonKind, Wording

SHOWN_ON_DESKTOP = 3


def remarks_of(wording: Wording) -> Iterator[Problem]:
    if wording.offer is not None:
        yield _remark(
            "LTO_DESKTOP",
            "offer",
            "WhatsApp on the web and on desktops shows a notice instead of a limited-time offer.",
        )
    replies = sum(button.kind is ButtonKind.QUICK_REPLY for button in wording.buttons)
    is_mixed = 0 < replies < len(wording.buttons)
    if len(wording.buttons) > SHOWN_ON_DESKTOP or is_mixed:
        yield _remark(
            "BTN_DESKTOP",
            "buttons",
            "WhatsApp on desktops can't show four buttons or more, nor quick replies beside "
            "others.",
        )


def _remark(code: str, place: str, message: str) -> Problem:
    return Problem(code=code, severity=Severity.INFO, place=place, message=message)
