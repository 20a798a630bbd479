"""The cards of a carousel: a list of them, each with a file, a text and the shared buttons.

Every card's inputs begin with a key of its own, and the order of the keys is that of the cards. So
a card can be moved, doubled or taken out in the page without renaming anything.
"""

import re
from typing import Any

from django.utils.datastructures import MultiValueDict
from unfold.widgets import INPUT_CLASSES

from templates_app.admin.emoji_palette import EMOJI
from templates_app.admin.widgets import (
    ROW_FIELDS,
    ROW_KINDS,
    SAMPLE_PREFIX,
    InputGroup,
    buttons_of,
    plain,
    rows_shown,
    text_with,
    unix_lines,
)
from templates_app.rules.cards import CARD_BODY_MAX, CARD_BUTTONS, CARDS_MAX, CARDS_MIN
from templates_app.wording.components import Card, Header, HeaderKind, Text
from templates_app.wording.placeholders import sending_order

KEY = re.compile(r"k\d{1,6}")
MOST_READ = 3 * CARDS_MAX
NEW = "k0"
BLANK = Card(header=Header(kind=HeaderKind.IMAGE, given=HeaderKind.IMAGE.value))
FIRST_CARDS = (BLANK,) * CARDS_MIN  # what a new carousel shows


class CardsInput(InputGroup):
    template_name = "templates_app/widgets/cards.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[Card, ...]:
        keys = [key for key in data.getlist("card-key") if KEY.fullmatch(key)]
        return tuple(_card(data, key) for key in keys[:MOST_READ])

    def format_value(self, value: Any) -> Any:
        return value or ()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        cards: tuple[Card, ...] = self.format_value(value) or FIRST_CARDS
        allowed = {kind.value for kind in CARD_BUTTONS}
        return {
            **super().get_context(name, value, attrs),
            "input_classes": " ".join(INPUT_CLASSES),
            "cards": [_shown(card, f"k{number}") for number, card in enumerate(cards, 1)],
            "new_card": _shown(Card(), NEW),
            "shows_videos": _kind_of(cards[0]) is HeaderKind.VIDEO,
            "button_kinds": [row for row in ROW_KINDS if row.kind in allowed and not row.label],
            "body_max": CARD_BODY_MAX,
            "body_amber": CARD_BODY_MAX - 20,
            "cards_max": CARDS_MAX,
            "emoji": EMOJI,
        }


def _card(data: "MultiValueDict[str, str]", key: str) -> Card:
    def cell(name: str) -> str:
        return plain(str(data.get(f"{key}-{name}", "")))

    body = unix_lines(cell("body"))
    samples = {
        name: plain(str(data.get(f"{SAMPLE_PREFIX}{key}.{name}", "")))
        for name in sending_order(body)
    }
    given = cell("header").upper() or HeaderKind.IMAGE.value
    kind = HeaderKind(given) if given in HeaderKind.__members__ else HeaderKind.OTHER
    columns = [data.getlist(f"{key}-button-{field}") for field in ROW_FIELDS]
    return Card(
        header=Header(kind=kind, given=given, media_sample=cell("media")),
        body=text_with(body, samples) if body else None,
        buttons=buttons_of(zip(*columns, strict=False)),
    )


def _shown(card: Card, key: str) -> dict[str, Any]:
    body = card.body or Text()
    return {
        "key": key,
        "prefix": f"{key}-",
        "header": _kind_of(card).value,
        "media": card.header.media_sample if card.header else "",
        "body": body.text,
        "samples": [
            {
                "key": f"{key}.{name}",
                "name": f"{SAMPLE_PREFIX}{key}.{name}",
                "value": body.sample_values.get(name, ""),
            }
            for name in body.names
        ],
        "rows": rows_shown(card.buttons),
    }


def _kind_of(card: Card) -> HeaderKind:
    return card.header.kind if card.header else HeaderKind.IMAGE
