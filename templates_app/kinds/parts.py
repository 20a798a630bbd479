"""Slots, parameters and previews of the parts that several types have."""

import json
from collections.abc import Iterator, Sequence

from templates_app import placeholders
from templates_app.components import (
    MEDIA_HEADERS,
    Button,
    ButtonKind,
    Header,
    HeaderKind,
    Text,
)
from templates_app.preview import ButtonPreview, HeaderPreview
from templates_app.rules.buttons import CODE_MAX, URL_MAX
from templates_app.rules.headers import HEADER_MAX
from templates_app.slots import Slot, SlotKind

PAYLOAD_MAX = 128
FILE_NAME_MAX = 240
PLACE_MAX = 1000
DEGREES_MAX = 20
COPY_LABEL = "Copy offer code"
QUICK_REPLIES_WITHOUT_COMPONENTS = 3

MEDIA_WORDS = {
    HeaderKind.IMAGE: "Image",
    HeaderKind.VIDEO: "Video",
    HeaderKind.DOCUMENT: "Document",
}


def header_slots(header: Header | None) -> Iterator[Slot]:
    if header is None:
        return
    if header.kind is HeaderKind.TEXT:
        yield from _text_slots(header.text, place="header", words="Header", limit=HEADER_MAX)
    elif header.kind in MEDIA_HEADERS:
        yield Slot(
            key="header.media",
            kind=SlotKind.MEDIA,
            label=f"{MEDIA_WORDS[header.kind]}: public https link",
            sample=header.media_sample,
            max_length=URL_MAX,
        )
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
        yield from _text_slots(body, place="body", words="Body", limit=limit)


def _text_slots(text: Text, *, place: str, words: str, limit: int) -> Iterator[Slot]:
    room = max(limit - len(placeholders.without_placeholders(text.text)), 1)
    for name in text.names:
        yield Slot(
            key=f"{place}.{name}",
            kind=SlotKind.TEXT,
            label=f"{words} {{{{{name}}}}}",
            sample=text.sample_values.get(name, ""),
            max_length=room,
        )


def button_slots(buttons: Sequence[Button]) -> Iterator[Slot]:
    for index, button in enumerate(buttons):
        slot = _button_slot(button, key=f"button.{index}")
        if slot is not None:
            yield slot


def _button_slot(button: Button, *, key: str) -> Slot | None:
    if button.is_dynamic:
        return Slot(
            key=key,
            kind=SlotKind.URL_TAIL,
            label=f"End of the link of “{button.label}”, after {button.prefix}",
            sample=button.sample,
            max_length=max(URL_MAX - len(button.prefix), 1),
        )
    if button.kind is ButtonKind.COPY_CODE:
        return Slot(
            key=key,
            kind=SlotKind.CODE,
            label="Code to copy: letters and digits",
            sample=button.sample,
            max_length=CODE_MAX,
        )
    if button.kind is ButtonKind.QUICK_REPLY:
        return Slot(
            key=key,
            kind=SlotKind.PAYLOAD,
            label=f"What comes back for “{button.label}”",
            sample=button.label,
            max_length=PAYLOAD_MAX,
            required=False,
        )
    return None


def needs_components(buttons: Sequence[Button], *, has_payload: bool) -> bool:
    """Whether the gateway wants the buttons spelled out in `wa_template_json`. One dynamic link
    alone travels as `buttonUrlParam`, up to three plain quick replies not at all."""
    kinds = [button.kind for button in buttons]
    replies = kinds.count(ButtonKind.QUICK_REPLY)
    return (
        has_payload
        or ButtonKind.COPY_CODE in kinds
        or kinds.count(ButtonKind.URL) > 1
        or replies > QUICK_REPLIES_WITHOUT_COMPONENTS
        or 0 < replies < len(buttons)
    )


def button_component(button: Button, *, index: int, value: str) -> dict[str, object]:
    """Meta's send-time component of a button that takes a value; an empty payload is the label."""
    if button.kind is ButtonKind.COPY_CODE:
        sub_type, parameter = "copy_code", {"type": "coupon_code", "coupon_code": value}
    elif button.kind is ButtonKind.QUICK_REPLY:
        sub_type, parameter = "quick_reply", {"type": "payload", "payload": value or button.label}
    else:
        sub_type, parameter = "url", {"type": "text", "text": value}
    return {
        "type": "button",
        "sub_type": sub_type,
        "index": str(index),
        "parameters": [parameter],
    }


def components_json(components: Sequence[dict[str, object]]) -> str:
    return json.dumps({"components": components}, ensure_ascii=False, separators=(",", ":"))


def shown_text(text: Text, values: Sequence[str | None]) -> str:
    """The text with its values; a placeholder without one stays visible."""
    named = zip(text.names, values, strict=True)
    return placeholders.fill(text.text, {name: value for name, value in named if value is not None})


def header_preview(header: Header | None, values: Sequence[str | None]) -> HeaderPreview | None:
    if header is None:
        return None
    if header.kind is HeaderKind.TEXT:
        return HeaderPreview(kind=header.kind, text=shown_text(header.text, values))
    if header.kind is HeaderKind.LOCATION:
        latitude, longitude, name, address = (value or "" for value in values)
        place = f"{latitude}, {longitude}".strip(", ")
        return HeaderPreview(kind=header.kind, text=name or place, detail=address)
    if header.kind in MEDIA_HEADERS:
        link = values[0] or ""
        name = (values[1] if len(values) > 1 else "") or link.rpartition("/")[2]
        return HeaderPreview(kind=header.kind, text=name, media_url=link)
    return HeaderPreview(kind=header.kind, text=header.given)


def button_preview(button: Button, value: str | None) -> ButtonPreview:
    label, target = button.label, button.value
    if button.kind is ButtonKind.COPY_CODE:
        label, target = COPY_LABEL, value or ""
    elif button.kind is ButtonKind.QUICK_REPLY:
        target = value or button.label
    elif button.is_dynamic:
        target = button.value if value is None else f"{button.prefix}{value}"
    return ButtonPreview(kind=button.kind, label=label, target=target)
