"""A wording with two links, of which one has a tail, and a quick reply; and one with cards."""

from typing import Any

from tests.factories.templates import basic_content

SHOP, MINE, LATER = "Shop now", "For you", "Not now"


def with_buttons() -> dict[str, Any]:
    content = basic_content()
    content["components"].append(
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "URL", "text": SHOP, "url": "https://shop.example/sale"},
                {
                    "type": "URL",
                    "text": MINE,
                    "url": "https://shop.example/p/{{1}}",
                    "example": ["7"],
                },
                {"type": "QUICK_REPLY", "text": LATER},
            ],
        }
    )
    return content


def with_cards(*links: str) -> dict[str, Any]:
    """A carousel, each card with a link of the same words and a quick reply."""
    content = basic_content()
    cards = [
        {
            "components": [
                {
                    "type": "BUTTONS",
                    "buttons": [
                        {"type": "URL", "text": SHOP, "url": link},
                        {"type": "QUICK_REPLY", "text": LATER},
                    ],
                }
            ]
        }
        for link in links
    ]
    content["components"].append({"type": "CAROUSEL", "cards": cards})
    return content
