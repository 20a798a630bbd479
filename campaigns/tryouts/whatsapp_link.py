"""How a customer opens the conversation with a business number: a link, and a picture of it."""

from dataclasses import dataclass
from urllib.parse import quote

import segno

FIRST_WORDS = "Hi"


@dataclass(frozen=True, slots=True)
class WhatsAppLink:
    """`picture` is a data: address. It and `link` are empty for a shortcode, which has no link."""

    number: str
    link: str = ""
    picture: str = ""


def link_to(number: str) -> WhatsAppLink:
    """`number` is E.164 with its plus, or a shortcode."""
    if not number.startswith("+"):
        return WhatsAppLink(number)
    link = f"https://wa.me/{number.removeprefix('+')}?text={quote(FIRST_WORDS)}"
    picture = segno.make(link, error="m").svg_data_uri(
        scale=4, border=3, dark="#000", light="#fff", omitsize=True
    )
    return WhatsAppLink(number, link, picture)
