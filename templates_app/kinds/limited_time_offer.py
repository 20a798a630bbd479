"""The limited-time offer: a title, a countdown if wanted, a text, a code to copy, and buttons."""

from collections.abc import Collection, Iterator

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
from templates_app.kinds.preview import OfferPreview, Preview
from templates_app.kinds.skeleton import Hole
from templates_app.models import Kind
from templates_app.rules.buttons import button_problems
from templates_app.rules.headers import header_problems
from templates_app.rules.offers import (
    BODY_MAX_IN_OFFERS,
    CODE_MAX_IN_OFFERS,
    offer_code_problems,
    offer_problems,
)
from templates_app.rules.problems import Problem, Severity
from templates_app.rules.shape import mixed_type_problems, stranger_problems
from templates_app.rules.texts import body_problems, mixing_problems
from templates_app.values.instants import moment_of
from templates_app.values.slots import Slot, SlotKind
from templates_app.wording.components import ButtonKind, Wording

EXPIRY_KEY = "offer.expiration"
EXPIRY_DIGITS = 13


class LimitedTimeOffer:
    kind = Kind.LIMITED_TIME_OFFER

    def problems(self, wording: Wording, *, category: str, samples: Severity) -> Iterator[Problem]:
        yield from mixed_type_problems(wording, kind=self.kind)
        yield from stranger_problems(wording.strangers, place="type")
        yield from offer_problems(wording, category=category)
        yield from header_problems(wording.header, samples=samples)
        yield from body_problems(
            wording.body, samples=samples, limit=BODY_MAX_IN_OFFERS, code="BODY_LEN_LTO"
        )
        yield from mixing_problems(self.texts(wording))
        yield from button_problems(wording.buttons, samples=samples, codes=offer_code_problems)

    def slots(self, wording: Wording) -> tuple[Slot, ...]:
        return (
            *header_slots(wording.header),
            *body_slots(wording.body, limit=BODY_MAX_IN_OFFERS),
            *_expiry_slots(wording),
            *button_slots(wording.buttons, code_max=CODE_MAX_IN_OFFERS),
        )

    def texts(self, wording: Wording) -> Iterator[LimitedText]:
        return message_texts(wording, limit=BODY_MAX_IN_OFFERS)

    def components(self, wording: Wording, *, given: Collection[str]) -> list[object] | None:
        if not _has_expiration(wording) and not needs_components(wording.buttons, given=given):
            return None
        return [*_expiry_component(wording), *button_components(wording.buttons)]

    def preview(self, wording: Wording, shown: Shown) -> Preview:
        return Preview(
            header=header_preview(wording.header, shown),
            offer=_offer_preview(wording, shown),
            body=text_preview(wording.body, shown, place="body"),
            buttons=buttons_preview(wording.buttons, shown),
        )


def _has_expiration(wording: Wording) -> bool:
    return wording.offer is not None and wording.offer.has_expiration


def _expiry_slots(wording: Wording) -> Iterator[Slot]:
    if _has_expiration(wording):
        yield Slot(
            key=EXPIRY_KEY,
            kind=SlotKind.EXPIRY,
            label="When the offer ends",
            max_length=EXPIRY_DIGITS,
        )


def _expiry_component(wording: Wording) -> Iterator[object]:
    if _has_expiration(wording):
        ends = {"expiration_time_ms": Hole(EXPIRY_KEY, is_number=True)}
        parameter = {"type": "limited_time_offer", "limited_time_offer": ends}
        yield {"type": "limited_time_offer", "parameters": [parameter]}


def _offer_preview(wording: Wording, shown: Shown) -> OfferPreview | None:
    offer = wording.offer
    if offer is None:
        return None
    codes = [
        shown.get(f"button.{index}")
        for index, button in enumerate(wording.buttons)
        if button.kind is ButtonKind.COPY_CODE
    ]
    return OfferPreview(
        text=offer.text,
        has_expiration=offer.has_expiration,
        ends=moment_of(shown.get(EXPIRY_KEY) or ""),
        code=(codes[0] or "") if codes else "",
    )


LIMITED_TIME_OFFER = LimitedTimeOffer()
