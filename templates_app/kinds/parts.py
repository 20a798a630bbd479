"""Slots, parameters and previews of the parts that several types have."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from templates_app.kinds.preview import ButtonPreview, HeaderPreview
from templates_app.kinds.skeleton import Hole
from templates_app.rules.buttons import CODE_MAX, PAYLOAD_MAX, URL_MAX
from templates_app.rules.headers import HEADER_MAX
from templates_app.values.slots import Slot, SlotKind
from templates_app.wording import placeholders
from templates_app.wording.components import (
    MEDIA_HEADERS,
    Button,
    ButtonKind,
    Header,
    HeaderKind,
    Text,
    Wording,
)

FILE_NAME_MAX = 240
PLACE_MAX = 1000
DEGREES_MAX = 20
COPY_LABEL = "Copy offer code"
QUICK_REPLIES_WITHOUT_COMPONENTS = 3

SUB_TYPES = {
    ButtonKind.COPY_CODE: "copy_code",
    ButtonKind.QUICK_REPLY: "quick_reply",
    ButtonKind.URL: "url",
}
MEDIA_WORDS = {
    HeaderKind.IMAGE: "Image",
    HeaderKind.VIDEO: "Video",
    HeaderKind.DOCUMENT: "Document",
}


class LimitedText(NamedTuple):
    """A text with placeholders, and how many characters it may have once they are filled."""

    place: str
    text: Text
    limit: int


def message_texts(wording: Wording, *, limit: int) -> Iterator[LimitedText]:
    """Of a message's own header and body; `limit` is the body's."""
    if wording.header is not None:
        yield LimitedText("header", wording.header.text, HEADER_MAX)
    if wording.body is not None:
        yield LimitedText("body", wording.body, limit)


def header_slots(header: Header | None) -> Iterator[Slot]:
    if header is None:
        return
    if header.kind is HeaderKind.TEXT:
        yield from text_slots(header.text, place="header", words="Header", limit=HEADER_MAX)
    elif header.kind in MEDIA_HEADERS:
        yield media_slot(header, place="header", words=MEDIA_WORDS[header.kind])
        if header.kind is HeaderKind.DOCUMENT:
            yield Slot(
                key="header.filename",
                kind=SlotKind.FILE_NAME,
                label="File name that people see",
                sample="document.pdf",
                max_length=FILE_NAME_MAX,
                required=False,
            )
    elif header.kind is HeaderKind.LOCATION:
        yield from _place_slots()


def media_slot(header: Header, *, place: str, words: str) -> Slot:
    return Slot(
        key=f"{place}.media",
        kind=SlotKind.MEDIA,
        label=f"{words} (public https link or upload)",
        sample=header.media_sample,
        max_length=URL_MAX,
        media=header.kind,
    )


def _place_slots() -> Iterator[Slot]:
    yield Slot(
        key="header.latitude",
        kind=SlotKind.LATITUDE,
        label="Latitude, −90 to 90",
        sample="18.9220",
        max_length=DEGREES_MAX,
    )
    yield Slot(
        key="header.longitude",
        kind=SlotKind.LONGITUDE,
        label="Longitude, −180 to 180",
        sample="72.8347",
        max_length=DEGREES_MAX,
    )
    for key, label, sample in (
        ("header.name", "Name of the place", "Our shop"),
        ("header.address", "Address of the place", "1 Example Road"),
    ):
        yield Slot(
            key=key,
            kind=SlotKind.TEXT,
            label=label,
            sample=sample,
            max_length=PLACE_MAX,
            required=False,
        )


def body_slots(body: Text | None, *, limit: int) -> Iterator[Slot]:
    if body is not None:
        yield from text_slots(body, place="body", words="Body", limit=limit)


def text_slots(text: Text, *, place: str, words: str, limit: int) -> Iterator[Slot]:
    room = max(limit - len(placeholders.without_placeholders(text.text)), 1)
    for name in text.names:
        yield Slot(
            key=f"{place}.{name}",
            kind=SlotKind.TEXT,
            label=f"{words} {{{{{name}}}}}",
            sample=text.sample_values.get(name, ""),
            max_length=room,
        )


def button_slots(
    buttons: Sequence[Button], *, place: str = "", code_max: int = CODE_MAX
) -> Iterator[Slot]:
    """`place` goes in front of the keys: "card.0."."""
    for index, button in enumerate(buttons):
        key = f"{place}button.{index}"
        if button.is_dynamic:
            yield _tail_slot(button, key=key)
        elif button.kind is ButtonKind.COPY_CODE:
            yield _code_slot(button, key=key, code_max=code_max)
        elif button.kind is ButtonKind.QUICK_REPLY:
            yield _payload_slot(button, key=key)


def _tail_slot(button: Button, *, key: str) -> Slot:
    return Slot(
        key=key,
        kind=SlotKind.URL_TAIL,
        label=f"End of the link of “{button.label}”, after {button.prefix}",
        sample=button.sample,
        max_length=max(URL_MAX - len(button.prefix), 1),
    )


def _code_slot(button: Button, *, key: str, code_max: int) -> Slot:
    return Slot(
        key=key,
        kind=SlotKind.CODE,
        label="Code to copy: letters and digits",
        sample=button.sample,
        max_length=code_max,
    )


def _payload_slot(button: Button, *, key: str) -> Slot:
    return Slot(
        key=key,
        kind=SlotKind.PAYLOAD,
        label=f"What comes back for “{button.label}”",
        sample=button.label,
        max_length=PAYLOAD_MAX,
        required=False,
    )


def needs_components(buttons: Sequence[Button], *, given: Collection[str]) -> bool:
    """Whether the gateway wants the message's buttons spelled out in `wa_template_json`. One
    dynamic link alone travels as `buttonUrlParam`, up to three plain quick replies not at all.
    `given` are the keys of the slots that the campaign fills."""
    kinds = [button.kind for button in buttons]
    replies = kinds.count(ButtonKind.QUICK_REPLY)
    has_payload = any(
        kind is ButtonKind.QUICK_REPLY and f"button.{index}" in given
        for index, kind in enumerate(kinds)
    )
    return (
        has_payload
        or ButtonKind.COPY_CODE in kinds
        or kinds.count(ButtonKind.URL) > 1
        or replies > QUICK_REPLIES_WITHOUT_COMPONENTS
        or 0 < replies < len(buttons)
    )


def button_components(buttons: Sequence[Button], *, place: str = "") -> Iterator[dict[str, object]]:
    """Meta's send-time components of the buttons that take a value; no payload means the label."""
    for index, button in enumerate(buttons):
        parameter = _parameter(button, key=f"{place}button.{index}")
        if parameter is not None:
            yield {
                "type": "button",
                "sub_type": SUB_TYPES[button.kind],
                "index": str(index),
                "parameters": [parameter],
            }


def _parameter(button: Button, *, key: str) -> dict[str, object] | None:
    if button.kind is ButtonKind.COPY_CODE:
        return {"type": "coupon_code", "coupon_code": Hole(key)}
    if button.kind is ButtonKind.QUICK_REPLY:
        return {"type": "payload", "payload": Hole(key, otherwise=button.label)}
    return {"type": "text", "text": Hole(key)} if button.is_dynamic else None


def filled_text(text: Text, values: Sequence[str]) -> str:
    """The text with its values, which come in the order of its placeholders."""
    return placeholders.fill(text.text, dict(zip(text.names, values, strict=True)))


# What stands in each slot, by the slot's key; None where it can't be filled.
Shown = Mapping[str, str | None]


def text_preview(text: Text | None, shown: Shown, *, place: str) -> str:
    """The text with its values; a placeholder without one stays visible."""
    if text is None:
        return ""
    values = {name: shown.get(f"{place}.{name}") for name in text.names}
    return placeholders.fill(
        text.text, {name: value for name, value in values.items() if value is not None}
    )


def header_preview(
    header: Header | None, shown: Shown, *, place: str = "header"
) -> HeaderPreview | None:
    if header is None:
        return None
    if header.kind is HeaderKind.TEXT:
        text = text_preview(header.text, shown, place=place)
        return HeaderPreview(kind=header.kind, text=text)
    if header.kind is HeaderKind.LOCATION:
        return _place_preview(shown)
    if header.kind in MEDIA_HEADERS:
        link = shown.get(f"{place}.media") or ""
        name = shown.get(f"{place}.filename") or link.rpartition("/")[2]
        return HeaderPreview(kind=header.kind, text=name, media_url=link)
    return HeaderPreview(kind=header.kind, text=header.given)


def _place_preview(shown: Shown) -> HeaderPreview:
    latitude, longitude, name, address = (
        shown.get(f"header.{part}") or "" for part in ("latitude", "longitude", "name", "address")
    )
    place = f"{latitude}, {longitude}".strip(", ")
    return HeaderPreview(kind=HeaderKind.LOCATION, text=name or place, detail=address)


def buttons_preview(
    buttons: Sequence[Button], shown: Shown, *, place: str = ""
) -> tuple[ButtonPreview, ...]:
    return tuple(
        _button_preview(button, shown.get(f"{place}button.{index}"))
        for index, button in enumerate(buttons)
    )


def _button_preview(button: Button, value: str | None) -> ButtonPreview:
    label, target = button.label, button.value
    if button.kind is ButtonKind.COPY_CODE:
        label, target = COPY_LABEL, value or ""
    elif button.kind is ButtonKind.QUICK_REPLY:
        target = value or button.label
    elif button.is_dynamic:
        target = button.value if value is None else f"{button.prefix}{value}"
    return ButtonPreview(kind=button.kind, label=label, target=target)
