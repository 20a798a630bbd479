"""The basic type: header, body, footer, and up to ten buttons."""

from collections.abc import Collection, Iterator

from templates_app.components import Wording
from templates_app.kinds.base import Envelope, Plan
from templates_app.kinds.basic_plan import plan_basic
from templates_app.kinds.parts import body_slots, button_slots, header_slots
from templates_app.models import Kind
from templates_app.problems import Problem, Severity, error
from templates_app.rules.buttons import button_problems
from templates_app.rules.headers import footer_problems, header_problems
from templates_app.rules.texts import BODY_MAX, body_problems
from templates_app.slots import Slot

OTHER_TYPES = frozenset({"LIMITED_TIME_OFFER", "CAROUSEL"})


class Basic:
    kind = Kind.BASIC

    def problems(self, wording: Wording, *, category: str, samples: Severity) -> Iterator[Problem]:
        yield from _stranger_problems(wording.strangers)
        yield from header_problems(wording.header, samples=samples)
        yield from body_problems(wording.body, samples=samples, limit=BODY_MAX)
        yield from footer_problems(wording.footer)
        yield from button_problems(wording.buttons, category=category, samples=samples)

    def slots(self, wording: Wording) -> tuple[Slot, ...]:
        return (
            *header_slots(wording.header),
            *body_slots(wording.body, limit=BODY_MAX),
            *button_slots(wording.buttons),
        )

    def plan(self, wording: Wording, envelope: Envelope, *, given: Collection[str]) -> Plan:
        return plan_basic(wording, envelope, given=given)


def _stranger_problems(strangers: tuple[str, ...]) -> Iterator[Problem]:
    for name in strangers:
        if name in OTHER_TYPES:
            yield error(
                "TYPE_MIXED", "type", f"A basic template has no part {name}: it is another type."
            )
        else:
            yield error("SHAPE_UNKNOWN", "type", f"The part “{name}” is not known here.")


BASIC = Basic()
