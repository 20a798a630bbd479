"""What a limited-time offer has, and may not have."""

import re
from collections.abc import Iterator

from templates_app.rules.problems import Problem, error, warning
from templates_app.rules.texts import length_problems
from templates_app.values.cleaning import shows_nothing
from templates_app.wording.components import Button, ButtonKind, HeaderKind, Offer, Wording

OFFER_MAX = 16
BODY_MAX_IN_OFFERS = 600
CODE_MAX_IN_OFFERS = 15
OFFER_HEADERS = frozenset({HeaderKind.IMAGE, HeaderKind.VIDEO})


def offer_problems(wording: Wording, *, category: str) -> Iterator[Problem]:
    """`category` may be empty where nobody said it."""
    offer = wording.offer or Offer()
    if category.upper() not in {"", "MARKETING"}:
        yield error("LTO_CATEGORY", "category", "A limited-time offer is always marketing.")
    if wording.header is not None and wording.header.kind not in OFFER_HEADERS:
        yield error("LTO_HEADER", "header", "An offer has an image or a video on top, or nothing.")
    yield from _title_problems(offer.text)
    if wording.footer:
        yield error("LTO_FOOTER", "footer", "A limited-time offer has no footer: take it out.")
    yield from _button_set_problems(wording.buttons, offer=offer)


def _title_problems(title: str) -> Iterator[Problem]:
    if shows_nothing(title):
        yield error("LTO_TEXT_REQUIRED", "offer", "Write the offer's title, like “Ends tonight”.")
    yield from length_problems(title, code="LTO_TEXT_LEN", place="offer", limit=OFFER_MAX)
    if re.search(r"\{\{|\}\}", title):
        yield error("LTO_TEXT_VAR", "offer", "The offer's title is the same for everybody.")
    if re.search(r"[\r\n]", title):
        yield error("LTO_TEXT_NEWLINE", "offer", "The offer's title is one line.")


def _button_set_problems(buttons: tuple[Button, ...], *, offer: Offer) -> Iterator[Problem]:
    kinds = [button.kind for button in buttons]
    if ButtonKind.COPY_CODE not in kinds:
        yield _no_code_problem(offer)
    elif kinds[0] is not ButtonKind.COPY_CODE:
        place = f"button.{kinds.index(ButtonKind.COPY_CODE)}"
        yield error("LTO_CODE_ORDER", place, "Put the copy-code button first.")
    if ButtonKind.URL not in kinds:
        yield warning("LTO_URL_MISSING", "buttons", "Meta's pages want a link button in an offer.")


def _no_code_problem(offer: Offer) -> Problem:
    if offer.has_expiration:
        return error(
            "LTO_CODE_REQUIRED",
            "buttons",
            "An offer with a countdown needs a copy-code button: add one, first of all buttons.",
        )
    return warning("LTO_CODE_MISSING", "buttons", "Some pages of Meta want a copy-code button.")


def offer_code_problems(button: Button, place: str) -> Iterator[Problem]:
    if len(button.sample) > CODE_MAX_IN_OFFERS:
        yield error(
            "LTO_CODE_LEN", place, f"An offer's code has at most {CODE_MAX_IN_OFFERS} characters."
        )
