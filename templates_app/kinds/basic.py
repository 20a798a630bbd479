"""The basic type: header, body, footer, and up to ten buttons."""

from collections.abc import Collection, Iterator
from functools import partial

from templates_app.kinds.parts import (
    LimitedText,
    Shown,
    body_slots,
    button_components,
    button_slots,
    buttons_preview,
    header_preview,
    header_slots,
    message_texts,
    needs_components,
    text_preview,
)
from templates_app.kinds.preview import Preview
from templates_app.models import Kind
from templates_app.rules.buttons import (
    button_problems,
    code_category_problems,
    code_problems,
)
from templates_app.rules.headers import footer_problems, header_problems
from templates_app.rules.problems import Problem, Severity
from templates_app.rules.shape import mixed_type_problems, stranger_problems
from templates_app.rules.texts import BODY_MAX, body_problems, mixing_problems
from templates_app.values.slots import Slot
from templates_app.wording.components import Button, Wording


class Basic:
    kind = Kind.BASIC

    def problems(self, wording: Wording, *, category: str, samples: Severity) -> Iterator[Problem]:
        yield from mixed_type_problems(wording, kind=self.kind)
        yield from stranger_problems(wording.strangers, place="type")
        yield from header_problems(wording.header, samples=samples)
        yield from body_problems(wording.body, samples=samples)
        yield from mixing_problems(self.texts(wording))
        yield from footer_problems(wording.footer)
        yield from button_problems(
            wording.buttons, samples=samples, codes=partial(_codes, category=category)
        )

    def slots(self, wording: Wording) -> tuple[Slot, ...]:
        return (
            *header_slots(wording.header),
            *body_slots(wording.body, limit=BODY_MAX),
            *button_slots(wording.buttons),
        )

    def texts(self, wording: Wording) -> Iterator[LimitedText]:
        return message_texts(wording, limit=BODY_MAX)

    def components(self, wording: Wording, *, given: Collection[str]) -> list[object] | None:
        if not needs_components(wording.buttons, given=given):
            return None
        return [*button_components(wording.buttons)]

    def preview(self, wording: Wording, shown: Shown) -> Preview:
        return Preview(
            header=header_preview(wording.header, shown),
            body=text_preview(wording.body, shown, place="body"),
            footer=wording.footer,
            buttons=buttons_preview(wording.buttons, shown),
        )


def _codes(button: Button, place: str, *, category: str) -> Iterator[Problem]:
    yield from code_problems(button.sample, place=place)
    yield from code_category_problems(place, category=category)


BASIC = Basic()
