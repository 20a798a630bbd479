"""Wording → Meta's component JSON, the form in which a version is stored and exported."""

from collections.abc import Sequence

from templates_app.wording.components import (
    MEDIA_HEADERS,
    Button,
    ButtonKind,
    Card,
    Header,
    HeaderKind,
    Offer,
    Text,
    Wording,
)
from templates_app.wording.reading import VALUE_KEYS

Json = dict[str, object]


def write_wording(wording: Wording) -> Json:
    components: list[Json] = []
    if wording.header is not None:
        components.append(_header(wording.header))
    if wording.offer is not None:
        components.append(_offer(wording.offer))
    components.append(_body(wording.body or Text()))
    if wording.footer:
        components.append({"type": "FOOTER", "text": wording.footer})
    components.extend(_buttons(wording.buttons))
    if wording.cards is not None:
        components.append({"type": "CAROUSEL", "cards": [_card(card) for card in wording.cards]})
    return {"components": components}


def _offer(offer: Offer) -> Json:
    form: Json = {"text": offer.text, "has_expiration": offer.has_expiration}
    return {"type": "LIMITED_TIME_OFFER", "limited_time_offer": form}


def _card(card: Card) -> Json:
    components: list[Json] = []
    if card.header is not None:
        components.append(_header(card.header))
    if card.body is not None:
        components.append(_body(card.body))
    return {"components": [*components, *_buttons(card.buttons)]}


def _buttons(buttons: Sequence[Button]) -> list[Json]:
    return [{"type": "BUTTONS", "buttons": [*map(_button, buttons)]}] if buttons else []


def _header(header: Header) -> Json:
    form: Json = {"type": "HEADER", "format": header.given or header.kind.value}
    if header.kind is HeaderKind.TEXT:
        form["text"] = header.text.text
        form.update(_example(header.text, positional="header_text", nested=False))
    elif header.kind in MEDIA_HEADERS and header.media_sample:
        form["example"] = {"header_handle": [header.media_sample]}
    return form


def _body(body: Text) -> Json:
    example = _example(body, positional="body_text", nested=True)
    return {"type": "BODY", "text": body.text, **example}


def _example(text: Text, *, positional: str, nested: bool) -> Json:
    if not text.names or not any(text.samples):
        return {}
    if text.names[0].isdigit():
        samples = list(text.samples)
        return {"example": {positional: [samples] if nested else samples}}
    named = [{"param_name": name, "example": value} for name, value in text.sample_values.items()]
    return {"example": {f"{positional}_named_params": named}}


def _button(button: Button) -> Json:
    form: Json = {"type": button.kind.value}
    if button.kind is ButtonKind.OTHER:
        form["type"] = button.value
    if button.label:
        form["text"] = button.label
    if button.kind in VALUE_KEYS:
        form[VALUE_KEYS[button.kind]] = button.value
    if button.sample:
        form["example"] = [button.sample]
    return form
