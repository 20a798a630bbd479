"""Short ways to write a template down."""

from typing import Any

from templates_app.wording.components import Wording
from templates_app.wording.reading import read_wording

Json = dict[str, Any]

IMAGE = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://a.b/c.jpg"]}}
VIDEO = {"type": "HEADER", "format": "VIDEO", "example": {"header_handle": ["https://a.b/c.mp4"]}}
DOCUMENT = {
    "type": "HEADER",
    "format": "DOCUMENT",
    "example": {"header_handle": ["https://a.b/c.pdf"]},
}
LOCATION = {"type": "HEADER", "format": "LOCATION"}
SHOP = {"type": "URL", "text": "Shop", "url": "https://a.b/{{1}}", "example": ["sale"]}
SITE = {"type": "URL", "text": "Our site", "url": "https://a.b/"}
CALL = {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+919000000001"}
CODE = {"type": "COPY_CODE", "example": "SAVE25"}
YES = {"type": "QUICK_REPLY", "text": "Yes"}
NO = {"type": "QUICK_REPLY", "text": "No"}
LATER = {"type": "QUICK_REPLY", "text": "Later"}
NEVER = {"type": "QUICK_REPLY", "text": "Never"}

PLAIN_BODY = "Our summer sale starts today."
BODY = "Hello {{1}}, your order {{2}} leaves our shop in the next hours."


def text_header(text: str, *samples: str) -> Json:
    return {
        "type": "HEADER",
        "format": "TEXT",
        "text": text,
        "example": {"header_text": list(samples)},
    }


def content(
    body: str = PLAIN_BODY,
    *,
    samples: list[str] | None = None,
    header: Json | None = None,
    footer: str = "",
    buttons: list[Json] | None = None,
) -> Json:
    components: list[Json] = [{"type": "BODY", "text": body}]
    if samples:
        components[0]["example"] = {"body_text": [samples]}
    if header:
        components.append(header)
    if footer:
        components.append({"type": "FOOTER", "text": footer})
    if buttons:
        components.append({"type": "BUTTONS", "buttons": buttons})
    return {"components": components}


def offer(
    title: str = "Ends tonight",
    body: str = PLAIN_BODY,
    *,
    samples: list[str] | None = None,
    expires: bool = True,
    header: Json | None = None,
    buttons: list[Json] | None = None,
) -> Json:
    """A limited-time offer; without `buttons` it has the code and the link that Meta wants."""
    whole = content(
        body,
        samples=samples,
        header=header,
        buttons=[CODE, SHOP] if buttons is None else buttons,
    )
    title_part = {"text": title, "has_expiration": expires}
    part = {"type": "LIMITED_TIME_OFFER", "limited_time_offer": title_part}
    return {"components": [*whole["components"], part]}


def card(
    body: str = "Fresh from the hills.",
    *,
    samples: list[str] | None = None,
    header: Json | None = IMAGE,
    buttons: list[Json] | None = None,
) -> Json:
    whole = content(
        body, samples=samples, header=header, buttons=[SHOP] if buttons is None else buttons
    )
    return {"components": whole["components"]}


def carousel(*cards: Json, body: str = PLAIN_BODY, samples: list[str] | None = None) -> Json:
    """Without `cards` it has two plain ones."""
    part = {"type": "CAROUSEL", "cards": [*(cards or (card(), card()))]}
    return {"components": [*content(body, samples=samples)["components"], part]}


def wording(*args: Any, **named: Any) -> Wording:
    return read_wording(content(*args, **named))
