"""Meta's component JSON → Wording, in every shape that real payloads have.

Total: whatever is not understood is left empty or named in `strangers`, never an exception.
Types and formats come in upper and lower case, and components in any order.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from templates_app import placeholders
from templates_app.components import Button, ButtonKind, Header, HeaderKind, Text, Wording

Json = Mapping[str, object]
T = TypeVar("T")

# Meta gives phone numbers and links under keys of their own.
VALUE_KEYS = {ButtonKind.URL: "url", ButtonKind.PHONE_NUMBER: "phone_number"}


def read_wording(content: object) -> Wording:
    components = [_mapping(item) for item in _list(_mapping(content).get("components"))]
    by_type = {_upper(component.get("type")): component for component in components}
    return Wording(
        header=_if_there(by_type.get("HEADER"), _header),
        body=_if_there(by_type.get("BODY"), _body),
        footer=_text(by_type.get("FOOTER", {}).get("text")),
        buttons=tuple(
            _button(_mapping(item)) for item in _list(by_type.get("BUTTONS", {}).get("buttons"))
        ),
        strangers=tuple(sorted(set(by_type) - {"HEADER", "BODY", "FOOTER", "BUTTONS"})),
    )


def _if_there(component: Json | None, read: Callable[[Json], T]) -> T | None:
    return None if component is None else read(component)


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
