"""What `wa_template_json` says of buttons, an offer's end and cards, against the template.

Gupshup takes Meta's own send-time components there, and Meta's rules for them hold.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from providers.simulator.templates import Card, Json, Template, is_dynamic, kind_of_button

Form = Mapping[str, str]
SHORTEST_MILLISECONDS = 10**12  # less is seconds, or a duration
_CODE = re.compile(r"[0-9A-Za-z]{1,20}")
_UNFIT = re.compile(r"[\n\r\t]| {5}")


@dataclass(frozen=True, slots=True)
class Rich:
    """The components by what they are; an index or a card that is there twice counts once."""

    buttons: Mapping[int, Json]
    ends_ms: int | None
    cards: Mapping[int, Sequence[Json]]


def read_rich(form: Form) -> Rich | None:
    """None for anything but a list of components."""
    try:
        given = json.loads(form.get("wa_template_json", '{"components": []}'))
    except ValueError:
        return None
    rows = given.get("components") if isinstance(given, dict) else None
    if not isinstance(rows, list):
        return None
    parts = [row for row in rows if isinstance(row, dict)]
    return Rich(buttons=_buttons(parts), ends_ms=_ends(parts), cards=_cards(parts))


def wrong_part(rich: Rich, template: Template, *, form: Form, now: float) -> str:
    """The name of the first part that Meta would refuse; empty when all are right."""
    if template.expires and not _is_ahead(rich.ends_ms, now):
        return "expiration_time_ms"
    tail_elsewhere = "buttonUrlParam" in form
    wrong = [
        *_wrong_buttons(rich.buttons, template.buttons, tail_elsewhere=tail_elsewhere),
        *_wrong_cards(rich.cards, template.cards),
    ]
    return wrong[0] if wrong else ""


def is_unfit(value: str) -> bool:
    """No value may have a line break, a tab or more than four blanks in a row."""
    return _UNFIT.search(value) is not None or not value.strip()


def parameter(component: Json) -> str:
    """Of a button: its payload, the end of its link, or the code."""
    first = _first(component)
    return str(first.get("payload") or first.get("text") or first.get("coupon_code") or "")


def part_of(card: Sequence[Json], kind: str) -> Json:
    return next((part for part in card if str(part.get("type", "")).lower() == kind), {})


def texts_of(part: Json) -> list[str]:
    return [str(given.get("text", "")) for given in _objects(part.get("parameters"))]


def media_of(part: Json) -> tuple[str, str]:
    """Kind and link of a card's file."""
    first = _first(part)
    kind = str(first.get("type", "")).lower()
    file = first.get(kind)
    return kind, str(file.get("link", "")) if isinstance(file, dict) else ""


def can_fetch(link: str) -> bool:
    """Gupshup opens https only. The simulator is on this machine, so it reaches this one too."""
    return re.match(r"https://|http://(127\.0\.0\.1|\[::1\]|localhost)[:/]", link) is not None


def buttons_of(card: Sequence[Json]) -> dict[int, Json]:
    return _buttons(card)


def _is_ahead(ends_ms: int | None, now: float) -> bool:
    return ends_ms is not None and ends_ms >= SHORTEST_MILLISECONDS and ends_ms > now * 1000


def _wrong_cards(given: Mapping[int, Sequence[Json]], cards: Sequence[Card]) -> Iterator[str]:
    if set(given) != set(range(len(cards))):
        yield "cards"
        return
    for number, card in enumerate(cards):
        for wrong in _wrong_in_card(given[number], card):
            yield f"cards[{number}].{wrong}"


def _wrong_in_card(given: Sequence[Json], card: Card) -> Iterator[str]:
    kind, link = media_of(part_of(given, "header"))
    if kind.upper() != card.media or not can_fetch(link):
        yield "header"
    texts = texts_of(part_of(given, "body"))
    if len(texts) != card.variables or any(map(is_unfit, texts)):
        yield "body"
    yield from _wrong_buttons(_buttons(given), card.buttons, tail_elsewhere=False)


def _wrong_buttons(
    given: Mapping[int, Json], buttons: Sequence[Json], *, tail_elsewhere: bool
) -> Iterator[str]:
    """`tail_elsewhere`: the one link's end came as a parameter of its own."""
    for index, component in given.items():
        kind = str(component.get("sub_type", "")).lower()
        belongs = index < len(buttons) and kind == kind_of_button(buttons[index])
        if not (belongs and _is_right(kind, parameter(component))):
            yield f"button {index}"
    for index, button in enumerate(buttons):
        needs_value = kind_of_button(button) == "copy_code" or (
            is_dynamic(button) and not tail_elsewhere
        )
        if needs_value and index not in given:
            yield f"button {index}"


def _is_right(kind: str, value: str) -> bool:
    if kind == "phone_number":  # takes no value
        return False
    if kind == "copy_code":
        return _CODE.fullmatch(value) is not None
    return 0 < len(value) <= (128 if kind == "quick_reply" else 2000)


def _ends(parts: Sequence[Json]) -> int | None:
    inner = _first(part_of(parts, "limited_time_offer")).get("limited_time_offer")
    ends = inner.get("expiration_time_ms") if isinstance(inner, dict) else None
    return ends if isinstance(ends, int) else None


def _cards(parts: Sequence[Json]) -> dict[int, Sequence[Json]]:
    cards = _objects(part_of(parts, "carousel").get("cards"))
    return {
        card["card_index"]: _objects(card.get("components"))
        for card in cards
        if isinstance(card.get("card_index"), int)
    }


def _buttons(parts: Sequence[Json]) -> dict[int, Json]:
    found = [part for part in parts if str(part.get("type", "")).lower() == "button"]
    return {
        int(index): part
        for part in found
        if (index := str(part.get("index", ""))).isascii() and index.isdigit()
    }


def _first(part: Json) -> Json:
    return next(iter(_objects(part.get("parameters"))), {})


def _objects(value: Any) -> list[Json]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
