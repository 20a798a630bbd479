"""Approved templates, as the gateway's own list describes them or in Meta's component form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PLACEHOLDER = re.compile(r"\{\{\s*([0-9]+|[a-z_][a-z0-9_]*)\s*\}\}")
MEDIA = frozenset({"IMAGE", "VIDEO", "DOCUMENT"})

Json = Mapping[str, Any]


class TemplateError(ValueError):
    """A template that can't be learnt as described."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`media` is IMAGE or VIDEO."""

    media: str
    body: str
    buttons: tuple[Json, ...]

    @property
    def variables(self) -> int:
        return len(names_in(self.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`kind` is the header's: TEXT, IMAGE, VIDEO, DOCUMENT or LOCATION. `listed` is the row of
    `get_whatsapp_hsm`."""

    template_id: str
    listed: Json
    kind: str
    header: str
    body: str
    footer: str
    buttons: tuple[Json, ...]
    offer: str = ""
    expires: bool = False
    cards: tuple[Card, ...] = ()

    @property
    def is_enabled(self) -> bool:
        status = str(self.listed.get("status", "ENABLED")).upper()
        return status in ("ENABLED", "APPROVED")

    @property
    def variables(self) -> int:
        return len(names_in(self.body))

    @property
    def header_variables(self) -> int:
        return len(names_in(self.header))

    @property
    def dynamic_urls(self) -> int:
        return sum(1 for button in self.buttons if is_dynamic(button))

    @property
    def is_rich(self) -> bool:
        """Whether a part of it travels in `wa_template_json` alone."""
        return bool(self.cards) or self.expires

    def matches(self, text: str) -> bool:
        """Whether the gateway would find it by this text."""
        pattern = ".+".join(map(re.escape, _PLACEHOLDER.split(self.body)[0::2]))
        return self.is_enabled and re.fullmatch(pattern, text, re.DOTALL) is not None


def names_in(text: str) -> list[str]:
    """The placeholders in the order in which their values are sent."""
    names = list(dict.fromkeys(_PLACEHOLDER.findall(text)))
    if all(name.isdigit() for name in names):
        return [str(number + 1) for number in range(max(map(int, names), default=0))]
    return names


def filled(text: str, values: Sequence[str]) -> str:
    by_name = dict(zip(names_in(text), values, strict=False))
    return _PLACEHOLDER.sub(lambda found: by_name.get(found[1], "…"), text)


def with_end(url: str, tail: str) -> str:
    """A link with what this message puts at its end."""
    return _PLACEHOLDER.sub(lambda _: tail, url)


def is_dynamic(button: Json) -> bool:
    return _PLACEHOLDER.search(str(button.get("url", ""))) is not None


def kind_of_button(button: Json) -> str:
    """As the sending parameters call it; the gateway's list does not always say."""
    given = str(button.get("type", "")).lower()
    if given in ("quick_reply", "url", "phone_number", "copy_code"):
        return given
    if button.get("url"):
        return "url"
    return "phone_number" if button.get("phone_number") else "quick_reply"


def read_template(listed: Json) -> Template:
    """How many values it takes is counted from its placeholders."""
    if not listed.get("id"):
        raise TemplateError("a template needs an id")
    if isinstance(listed.get("components"), list):
        return _from_components(listed)
    return Template(
        template_id=str(listed["id"]),
        listed=dict(listed),
        kind=str(listed.get("type", "TEXT")).upper(),
        header=str(listed.get("header") or ""),
        body=str(listed.get("body", "")),
        footer=str(listed.get("footer") or ""),
        buttons=_objects(listed.get("buttons")),
    )


def _from_components(described: Json) -> Template:
    parts = _by_type(described["components"])
    header, offer = parts.get("HEADER", {}), parts.get("LIMITED_TIME_OFFER", {})
    kind = str(header.get("format", "TEXT")).upper()
    title = offer.get("limited_time_offer") or offer
    body, footer = str(parts.get("BODY", {}).get("text", "")), parts.get("FOOTER", {})
    row = {key: value for key, value in described.items() if key != "components"}
    buttons = _objects(parts.get("BUTTONS", {}).get("buttons"))
    listed = {"type": kind, "body": body, "footer": str(footer.get("text", "")), "buttons": buttons}
    return Template(
        template_id=str(described["id"]),
        listed={"status": "ENABLED", **listed, **row},
        kind=kind,
        header=str(header.get("text", "")),
        body=body,
        footer=str(footer.get("text", "")),
        buttons=buttons,
        offer=str(title.get("text", "")),
        expires=title.get("has_expiration") is True,
        cards=tuple(map(_card, _objects(parts.get("CAROUSEL", {}).get("cards")))),
    )


def _card(raw: Json) -> Card:
    parts = _by_type(raw.get("components"))
    return Card(
        media=str(parts.get("HEADER", {}).get("format", "")).upper(),
        body=str(parts.get("BODY", {}).get("text", "")),
        buttons=_objects(parts.get("BUTTONS", {}).get("buttons")),
    )


def _by_type(components: Any) -> dict[str, Json]:
    return {str(part.get("type", "")).upper(): part for part in _objects(components)}


def _objects(value: Any) -> tuple[Json, ...]:
    rows = value if isinstance(value, list | tuple) else ()
    return tuple(row for row in rows if isinstance(row, dict))
