"""What a customer sent. The content lies in a field named like its type, as an object or as the
JSON text of one; what can't be read as expected is kept as raw text, never dropped.
"""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass

from callbacks.parsers.facts import Inbound, Location, Media, Referral
from callbacks.parsers.json_text import raw_text, structured
from callbacks.parsers.times import moment
from callbacks.parsers.values import (
    AGENT,
    ID,
    PROSE,
    TYPE,
    URL,
    Context,
    Fields,
    NotUnderstood,
    address,
    number,
    person_id,
    phone,
    prose,
    required,
    word,
)

NEEDED = "an inbound message needs type, and waNumber or mobile"
NOBODY = (
    "there is nobody it could be from: an inbound message needs a number in mobile, or WhatsApp's "
    "id of the person"
)
MEDIA_TYPES = ("image", "video", "audio", "voice", "document", "sticker")
# WhatsApp's name for it, and where a provider puts it that has no other place.
PERSON_IDS = ("user_id", "userId", "mobile")
IMPLIED_TYPES = (*MEDIA_TYPES, "location", "button", "interactive", "contacts")

_FILE_NAME = re.compile(r"[^\r\n]+\.[A-Za-z][A-Za-z0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class Content:
    text: str | None = None
    payload: str | None = None
    media: Media | None = None
    location: Location | None = None


def inbound(row: Fields, context: Context) -> Inbound:
    type_ = _type(row)
    number, known_as = phone(row.get("mobile")), _person_id(row)
    if number is None and known_as is None:
        raise NotUnderstood(NOBODY)
    content = _content(row, type_)
    at = moment(row.get("timestamp"), otherwise=context.at)
    return Inbound(
        phone=number,
        wa_number=phone(row.get("waNumber")),
        name=word(row.get("name")),
        type=type_,
        text=content.text or prose(row.get("text")),
        payload=content.payload,
        media=content.media,
        location=content.location,
        reply_to=_reply_to(row),
        at=at,
        person_id=known_as,
        referral=_referral(row),
        at_is_arrival=at is context.at,
    )


def _person_id(row: Fields) -> str | None:
    return next(filter(None, (person_id(row.get(name)) for name in PERSON_IDS)), None)


def _type(row: Fields) -> str:
    """Lower case for a type we can read; any other as it came."""
    given = required(word(row.get("type"), TYPE) or _implied_type(row), "type", needed=NEEDED)
    return given.lower() if given.lower() in READERS else given


def _implied_type(row: Fields) -> str | None:
    if word(row.get("text")):
        return "text"
    return next((name for name in IMPLIED_TYPES if row.get(name)), None)


def _content(row: Fields, type_: str) -> Content:
    value = row.get(type_)
    if value is None or (type_ == "text" and not isinstance(value, dict | list)):
        return Content()
    raw = prose(raw_text(value))
    found = structured(value)
    read = READERS.get(type_)
    if read is None or not isinstance(found, dict):
        return Content(payload=raw)
    return read(type_, found, raw)


def _media(type_: str, found: Fields, raw: str | None) -> Content:
    """The download address is `url` and `signature` joined; the old shape has an id instead."""
    base, signature = word(found.get("url"), URL + 1), word(found.get("signature"), URL + 1)
    url = address(base + (signature or "")) if base else None
    caption = prose(found.get("caption"))
    media = Media(
        type=type_,
        url=url,
        mime_type=word(found.get("mime_type")) or word(found.get("contentType")),
        caption=caption,
        filename=_filename(found, caption) if type_ == "document" else None,
    )
    return Content(media=media, payload=None if url else raw)


def _filename(found: Fields, caption: str | None) -> str | None:
    """A document's caption may be its file name: `rent.pdf`, but not `See page 3.`"""
    named = word(found.get("filename")) or word(found.get("fileName"))
    if named or caption is None:
        return named
    return word(caption) if _FILE_NAME.fullmatch(caption) else None


def _location(_type: str, found: Fields, raw: str | None) -> Content:
    latitude = number(found.get("latitude"), within=90)
    longitude = number(found.get("longitude"), within=180)
    if latitude is None or longitude is None:
        return Content(payload=raw)
    name, street = word(found.get("name")), word(found.get("address"), PROSE)
    url = address(found.get("url"))
    return Content(location=Location(latitude, longitude, name, street, url))


def _text(_type: str, found: Fields, raw: str | None) -> Content:
    """In Meta's own shape."""
    body = prose(found.get("body"))
    return Content(text=body, payload=None if body else raw)


def _button(_type: str, found: Fields, _raw: str | None) -> Content:
    return Content(text=prose(found.get("text")), payload=word(found.get("payload"), PROSE))


def _interactive(_type: str, found: Fields, raw: str | None) -> Content:
    for name in ("list_reply", "button_reply"):
        chosen = structured(found.get(name))
        if isinstance(chosen, dict):
            return Content(text=prose(chosen.get("title")), payload=word(chosen.get("id"), PROSE))
    return Content(payload=raw)


READERS: dict[str, Callable[[str, Fields, str | None], Content]] = {
    **dict.fromkeys(MEDIA_TYPES, _media),
    "text": _text,
    "location": _location,
    "button": _button,
    "interactive": _interactive,
}


def _referral(row: Fields) -> Referral | None:
    """Beside the content, or in its context."""
    context = structured(row.get("context"))
    inside = context.get("referral") if isinstance(context, dict) else None
    found = structured(row.get("referral")) or structured(inside)
    if not isinstance(found, dict):
        return None
    referral = Referral(
        source=word(found.get("source_type"), TYPE),
        source_id=word(found.get("source_id"), ID),
        url=address(found.get("source_url")),
        headline=word(found.get("headline")),
        body=prose(found.get("body")),
        click_id=word(found.get("ctwa_clid"), AGENT),
    )
    return referral if any(asdict(referral).values()) else None


def _reply_to(row: Fields) -> str | None:
    """Both halves joined are the external id of our message; else the half that is there."""
    first, second = _reference(row.get("replyId")), _reference(row.get("messageId"))
    if first and second:
        return f"{first}-{second}"[:ID]
    context = structured(row.get("context"))
    named = _reference(context.get("id")) if isinstance(context, dict) else None
    return second or first or named


def _reference(value: object) -> str | None:
    """A form writes an absent reference as the word null."""
    found = word(value, ID)
    return None if found is None or found.lower() == "null" else found
