"""The cards of a carousel: each by itself, and all alike."""

import re
from collections.abc import Callable, Iterator, Sequence

from templates_app.rules.buttons import label_clashes, one_button_problems
from templates_app.rules.headers import media_problems
from templates_app.rules.problems import Problem, Severity, error, warning
from templates_app.rules.shape import stranger_problems
from templates_app.rules.texts import has_open_edge, length_problems, placeholder_problems
from templates_app.values.cleaning import shows_nothing
from templates_app.wording.components import (
    Button,
    ButtonKind,
    Card,
    Header,
    HeaderKind,
    Text,
    Wording,
)

CARDS_MIN = 2
CARDS_MAX = 10
CARD_BODY_MAX = 160
CARD_LINE_BREAKS = 2
CARD_BUTTONS_MAX = 2
CARD_HEADERS = frozenset({HeaderKind.IMAGE, HeaderKind.VIDEO})
CARD_BUTTONS = frozenset({ButtonKind.QUICK_REPLY, ButtonKind.URL, ButtonKind.PHONE_NUMBER})


def top_level_problems(wording: Wording, *, category: str) -> Iterator[Problem]:
    """Beside its text a carousel has cards and nothing else."""
    for place, part, there in (
        ("header", "header", wording.header is not None),
        ("footer", "footer", bool(wording.footer)),
        ("buttons", "buttons", bool(wording.buttons)),
    ):
        if there:
            yield error(
                "CAR_TOPLEVEL", place, f"A carousel has no {part} of its own; its cards may."
            )
    if category.upper() == "UTILITY":
        yield warning(
            "CAT_CAROUSEL", "category", "Meta allows carousels in marketing templates only."
        )


def card_problems(cards: Sequence[Card], *, samples: Severity) -> Iterator[Problem]:
    yield from _count_problems(len(cards))
    yield from _likeness_problems(cards)
    for number, card in enumerate(cards):
        place = f"card.{number}"
        yield from stranger_problems(card.strangers, place=place)
        yield from _header_problems(card.header, place=f"{place}.header", samples=samples)
        if card.body is not None:
            yield from _body_problems(card.body, place=f"{place}.body", samples=samples)
        yield from _button_problems(card.buttons, place=place, samples=samples)


def _count_problems(count: int) -> Iterator[Problem]:
    if count < CARDS_MIN:
        yield error("CAR_CARDS_MIN", "cards", f"Add a card: there are at least {CARDS_MIN}.")
    elif count > CARDS_MAX:
        yield error(
            "CAR_CARDS_MAX", "cards", f"At most {CARDS_MAX} cards: take out {count - CARDS_MAX}."
        )


def _likeness_problems(cards: Sequence[Card]) -> Iterator[Problem]:
    """Told once at the first card that differs from the first of all."""
    if len({card.header.kind for card in cards if card.header}) > 1:
        yield error("CAR_HEADER_MIXED", "cards", "All cards show images, or all show videos.")
    yield from _unlike(
        [card.body is not None and not shows_nothing(card.body.text) for card in cards],
        lambda number: error(
            "CAR_BODY_UNEQUAL", f"card.{number}.body", "Give every card a text, or none of them."
        ),
    )
    yield from _unlike(
        [tuple(button.kind for button in card.buttons) for card in cards],
        lambda number: error(
            "CAR_BTN_UNEQUAL",
            f"card.{number}.buttons",
            "Every card has the same kinds of buttons in the same order; what they say may differ.",
        ),
    )
    yield from _url_kind_problems(cards)


def _unlike(given: Sequence[object], problem: Callable[[int], Problem]) -> Iterator[Problem]:
    other = next((number for number, value in enumerate(given) if value != given[0]), None)
    if other is not None:
        yield problem(other)


def _url_kind_problems(cards: Sequence[Card]) -> Iterator[Problem]:
    for position in range(max((len(card.buttons) for card in cards), default=0)):
        links = [
            card.buttons[position].is_dynamic
            for card in cards
            if len(card.buttons) > position and card.buttons[position].kind is ButtonKind.URL
        ]
        if len(set(links)) > 1:
            yield warning(
                "CAR_URL_KIND",
                "cards",
                f"Link {position + 1} has a placeholder in some cards and none in others.",
            )


def _header_problems(header: Header | None, *, place: str, samples: Severity) -> Iterator[Problem]:
    if header is None:
        yield error("CAR_HEADER_REQUIRED", place, "Give this card an image or a video.")
    elif header.kind not in CARD_HEADERS:
        yield error("CAR_HEADER_TYPE", place, "A card shows an image or a video, nothing else.")
    else:
        yield from media_problems(header, place=place, samples=samples)


def _body_problems(body: Text, *, place: str, samples: Severity) -> Iterator[Problem]:
    yield from length_problems(body.text, code="CAR_BODY_LEN", place=place, limit=CARD_BODY_MAX)
    yield from placeholder_problems(body, place=place, samples=samples)
    if has_open_edge(body.text):
        yield warning(
            "CARD_VAR_EDGE",
            place,
            "A card's text that starts or ends with a placeholder is refused by some reviewers.",
        )
    if len(re.findall(r"\r\n|\r|\n", body.text)) > CARD_LINE_BREAKS:
        yield warning(
            "CAR_BODY_LINES", place, f"More than {CARD_LINE_BREAKS} line breaks may be refused."
        )


def _button_problems(
    buttons: Sequence[Button], *, place: str, samples: Severity
) -> Iterator[Problem]:
    if not buttons:
        yield warning("CAR_BTN_NONE", f"{place}.buttons", "Some reviewers want a button here.")
    elif len(buttons) > CARD_BUTTONS_MAX:
        yield error("CAR_BTN_MAX", f"{place}.buttons", f"At most {CARD_BUTTONS_MAX} on a card.")
    yield from label_clashes(buttons, place=f"{place}.buttons")
    for index, button in enumerate(buttons):
        if button.kind in CARD_BUTTONS:
            yield from one_button_problems(button, place=f"{place}.button.{index}", samples=samples)
        else:
            yield error(
                "CAR_BTN_TYPE",
                f"{place}.button.{index}",
                "A card's buttons are quick replies, links and a phone number only.",
            )
