"""The carousel: a message, and below it two to ten cards of one make."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TypeGuard

from templates_app.kinds.parts import (
    MEDIA_WORDS,
    LimitedText,
    Shown,
    body_slots,
    button_components,
    button_slots,
    buttons_preview,
    header_preview,
    media_slot,
    text_preview,
    text_slots,
)
from templates_app.kinds.preview import CardPreview, Preview
from templates_app.kinds.skeleton import Hole
from templates_app.models import Kind
from templates_app.rules.cards import CARD_BODY_MAX, card_problems, top_level_problems
from templates_app.rules.problems import Problem, Severity
from templates_app.rules.shape import mixed_type_problems, stranger_problems
from templates_app.rules.texts import BODY_MAX, body_problems, mixing_problems
from templates_app.values.slots import Slot
from templates_app.wording import placeholders
from templates_app.wording.components import MEDIA_HEADERS, Card, Header, Wording


class Carousel:
    kind = Kind.CAROUSEL

    def problems(self, wording: Wording, *, category: str, samples: Severity) -> Iterator[Problem]:
        yield from mixed_type_problems(wording, kind=self.kind)
        yield from stranger_problems(wording.strangers, place="type")
        yield from top_level_problems(wording, category=category)
        yield from body_problems(wording.body, samples=samples)
        yield from mixing_problems(self.texts(wording))
        yield from card_problems(wording.cards or (), samples=samples)

    def slots(self, wording: Wording) -> tuple[Slot, ...]:
        return (
            *body_slots(wording.body, limit=BODY_MAX),
            *(slot for number, card in _numbered(wording) for slot in _card_slots(number, card)),
        )

    def texts(self, wording: Wording) -> Iterator[LimitedText]:
        if wording.body is not None:
            yield LimitedText("body", wording.body, BODY_MAX)
        for number, card in _numbered(wording):
            if card.body is not None:
                yield LimitedText(f"card.{number}.body", card.body, CARD_BODY_MAX)

    def components(
        self,
        wording: Wording,
        *,
        given: Collection[str],  # noqa: ARG002 cards are always spelled out
    ) -> list[object] | None:
        cards = [
            {"card_index": number, "components": [*_card_components(number, card)]}
            for number, card in _numbered(wording)
        ]
        return [{"type": "carousel", "cards": cards}]

    def preview(self, wording: Wording, shown: Shown) -> Preview:
        return Preview(
            body=text_preview(wording.body, shown, place="body"),
            cards=tuple(_card_preview(number, card, shown) for number, card in _numbered(wording)),
        )


def _numbered(wording: Wording) -> Iterator[tuple[int, Card]]:
    return enumerate(wording.cards or ())


def _card_slots(number: int, card: Card) -> Iterator[Slot]:
    group = f"Card {number + 1}"
    for slot in _bare_card_slots(f"card.{number}", card):
        yield replace(slot, label=f"{group}: {slot.label}", group=group)


def _bare_card_slots(place: str, card: Card) -> Iterator[Slot]:
    if _shows_file(card.header):
        yield media_slot(card.header, place=place, words=MEDIA_WORDS[card.header.kind].lower())
    if card.body is not None:
        yield from text_slots(card.body, place=f"{place}.body", words="text", limit=CARD_BODY_MAX)
    yield from button_slots(card.buttons, place=f"{place}.")


def _shows_file(header: Header | None) -> TypeGuard[Header]:
    return header is not None and header.kind in MEDIA_HEADERS


def _card_components(number: int, card: Card) -> Iterator[object]:
    """Meta's own order: the file, the text's values, then the buttons that take a value."""
    place = f"card.{number}"
    if _shows_file(card.header):
        kind = card.header.kind.value.lower()
        file = {"type": kind, kind: {"link": Hole(f"{place}.media")}}
        yield {"type": "header", "parameters": [file]}
    if card.body is not None and placeholders.names_in(card.body.text):
        values = [
            {"type": "text", "text": Hole(f"{place}.body.{name}")} for name in card.body.names
        ]
        yield {"type": "body", "parameters": values}
    yield from button_components(card.buttons, place=f"{place}.")


def _card_preview(number: int, card: Card, shown: Shown) -> CardPreview:
    place = f"card.{number}"
    return CardPreview(
        header=header_preview(card.header, shown, place=place),
        body=text_preview(card.body, shown, place=f"{place}.body"),
        buttons=buttons_preview(card.buttons, shown, place=f"{place}."),
    )


CAROUSEL = Carousel()
