"""Meta's component JSON → Wording, in every shape that real payloads have.

Total: whatever is not understood is left empty or named in `strangers`, never an exception.
Types and formats come in upper and lower case, and components in any order.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self, TypeVar, cast

from templates_app.wording import placeholders
from templates_app.wording.components import (
    Button,
    ButtonKind,
    Card,
    Header,
    HeaderKind,
    Offer,
    Text,
    Wording,
)

Json = Mapping[str, object]
T = TypeVar("T")

CARD_PARTS = frozenset({"HEADER", "BODY", "BUTTONS"})
WHOLE_PARTS = CARD_PARTS | {"FOOTER", "LIMITED_TIME_OFFER", "CAROUSEL"}

# Meta gives phone numbers and links under keys of their own.
VALUE_KEYS = {ButtonKind.URL: "url", ButtonKind.PHONE_NUMBER: "phone_number"}


def read_wording(content: object) -> Wording:
    parts = _Parts.of(_mapping(content).get("components"))
    return Wording(
        header=_if_there(parts.get("HEADER"), _header),
        body=_if_there(parts.get("BODY"), _body),
        footer=_text(_mapping(parts.get("FOOTER")).get("text")),
        buttons=_buttons(parts.get("BUTTONS")),
        offer=_if_there(parts.get("LIMITED_TIME_OFFER"), _offer),
        cards=_if_there(parts.get("CAROUSEL"), _cards),
        strangers=parts.besides(WHOLE_PARTS),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components of a template or card by type; `doubled` types came more than once."""

    by_type: Mapping[str, Json]
    doubled: frozenset[str]

    @classmethod
    def of(cls, components: object) -> Self:
        found = [_mapping(item) for item in _list(components)]
        counts = Counter(_upper(component.get("type")) for component in found)
        # Of two the first counts, as it would on a page.
        by_type = {_upper(component.get("type")): component for component in reversed(found)}
        return cls(by_type, frozenset(kind for kind, count in counts.items() if count > 1))

    def get(self, kind: str) -> Json | None:
        return self.by_type.get(kind)

    def besides(self, known: frozenset[str]) -> tuple[str, ...]:
        return tuple(sorted((set(self.by_type) - known) | self.doubled))


def _if_there(component: Json | None, read: Callable[[Json], T]) -> T | None:
    return None if component is None else read(component)


def _offer(component: Json) -> Offer:
    """Meta nests the offer in a key of its own, others put it beside the type."""
    inner = _mapping(component.get("limited_time_offer")) or component
    expires = inner.get("has_expiration")
    return Offer(
        text=_text(inner.get("text")),
        has_expiration=expires is True or _text(expires).lower() == "true",
    )


def _cards(component: Json) -> tuple[Card, ...]:
    return tuple(_card(_mapping(item)) for item in _list(component.get("cards")))


def _card(raw: Json) -> Card:
    parts = _Parts.of(raw.get("components"))
    return Card(
        header=_if_there(parts.get("HEADER"), _header),
        body=_if_there(parts.get("BODY"), _body),
        buttons=_buttons(parts.get("BUTTONS")),
        strangers=parts.besides(CARD_PARTS),
    )


def _buttons(component: Json | None) -> tuple[Button, ...]:
    return tuple(_button(_mapping(item)) for item in _list(_mapping(component).get("buttons")))


def _header(component: Json) -> Header:
    given = _upper(component.get("format")) or "TEXT"
    kind = HeaderKind(given) if given in HeaderKind.__members__ else HeaderKind.OTHER
    example = _mapping(component.get("example"))
    if kind is not HeaderKind.TEXT:
        return Header(kind=kind, given=given, media_sample=_first(example.get("header_handle")))
    text = _text(component.get("text"))
    samples = _samples(text, example.get("header_text"), example.get("header_text_named_params"))
    return Header(kind=kind, given=given, text=Text(text=text, samples=samples))


def _body(component: Json) -> Text:
    text = _text(component.get("text"))
    example = _mapping(component.get("example"))
    positional = example.get("body_text")
    if isinstance(positional, list) and positional and isinstance(positional[0], list):
        positional = positional[0]
    return Text(
        text=text, samples=_samples(text, positional, example.get("body_text_named_params"))
    )


def _samples(text: str, positional: object, named: object) -> tuple[str, ...]:
    by_name = {
        _text(item.get("param_name")): _text(item.get("example"))
        for item in map(_mapping, _list(named))
    }
    if by_name:
        return tuple(by_name.get(name, "") for name in placeholders.sending_order(text))
    if isinstance(positional, str):
        return (positional,)
    return tuple(_text(item) for item in _list(positional))


def _button(raw: Json) -> Button:
    given = _upper(raw.get("type"))
    kind = ButtonKind(given) if given in ButtonKind.__members__ else ButtonKind.OTHER
    value = given if kind is ButtonKind.OTHER else _text(raw.get(VALUE_KEYS.get(kind, "")))
    button = Button(kind=kind, label=_text(raw.get("text")), value=value)
    sample = _first(raw.get("example"))
    if button.is_dynamic:
        sample = sample.removeprefix(button.prefix)
    return Button(kind=kind, label=button.label, value=value, sample=sample)


def _mapping(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else ""


def _upper(value: object) -> str:
    return _text(value).upper()


def _first(value: object) -> str:
    return _text(value[0]) if isinstance(value, list) and value else _text(value)
