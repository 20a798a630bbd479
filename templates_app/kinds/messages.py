"""Finished values → the gateway's request, by template id or by rendered text."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from providers.gateway.requests import (
    GatewayRequest,
    LocationTemplate,
    MediaKind,
    MediaTemplate,
    RenderedLocationTemplate,
    RenderedMediaTemplate,
    RenderedTemplate,
    TextTemplate,
)
from templates_app.kinds.base import Envelope
from templates_app.kinds.parts import filled_text
from templates_app.wording.components import MEDIA_HEADERS, HeaderKind, Text, Wording


class Filled(NamedTuple):
    """One message, filled in. A tuple, because one is made for every message."""

    phone: str
    msg_id: str
    extra: str
    header: tuple[str, ...]
    body: tuple[str, ...]
    link_tail: str
    components: str | None


MessageBuilder = Callable[[Filled], GatewayRequest]


def message_builder(wording: Wording, envelope: Envelope) -> MessageBuilder:
    """Chosen once for a version: the style, and what the header asks for."""
    kind = wording.header.kind if wording.header else None
    media = MediaKind(kind) if kind in MEDIA_HEADERS else MediaKind.IMAGE
    style = ByText if envelope.by_text else ById
    builders = style(
        wording=wording,
        template_id=envelope.template_id,
        media_kind=media,
        has_parts=_has_parts(wording),
    )
    if kind is HeaderKind.LOCATION:
        return builders.location
    return builders.media if kind in MEDIA_HEADERS else builders.text


def _has_parts(wording: Wording) -> bool:
    """Gupshup's `isTemplate`: a media header alone does not count, a text header does."""
    header = wording.header
    has_header = header is not None and header.kind not in MEDIA_HEADERS
    has_more = wording.footer or wording.buttons or wording.offer or wording.cards
    return has_header or bool(has_more)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    wording: Wording
    template_id: str
    media_kind: MediaKind
    has_parts: bool


class ById(_Style):
    def text(self, filled: Filled) -> GatewayRequest:
        return TextTemplate(
            phone=filled.phone,
            msg_id=filled.msg_id,
            extra=filled.extra,
            template_id=self.template_id,
            variables=filled.body,
            header_variables=filled.header,
            button_url_param=filled.link_tail,
            components_json=filled.components,
            has_parts=self.has_parts,
        )

    def media(self, filled: Filled) -> GatewayRequest:
        link, *name = filled.header
        return MediaTemplate(
            phone=filled.phone,
            msg_id=filled.msg_id,
            extra=filled.extra,
            template_id=self.template_id,
            variables=filled.body,
            button_url_param=filled.link_tail,
            components_json=filled.components,
            has_parts=self.has_parts,
            kind=self.media_kind,
            media_url=link,
            filename="".join(name),
        )

    def location(self, filled: Filled) -> GatewayRequest:
        latitude, longitude, name, address = filled.header
        return LocationTemplate(
            phone=filled.phone,
            msg_id=filled.msg_id,
            extra=filled.extra,
            template_id=self.template_id,
            variables=filled.body,
            button_url_param=filled.link_tail,
            components_json=filled.components,
            latitude=latitude,
            longitude=longitude,
            name=name,
            address=address,
        )


class ByText(_Style):
    def text(self, filled: Filled) -> GatewayRequest:
        header = self.wording.header
        return RenderedTemplate(
            phone=filled.phone,
            msg_id=filled.msg_id,
            extra=filled.extra,
            text=self._body(filled),
            header=filled_text(header.text, filled.header) if header else "",
            footer=self.wording.footer,
            button_url_param=filled.link_tail,
            components_json=filled.components,
            has_parts=self.has_parts,
        )

    def media(self, filled: Filled) -> GatewayRequest:
        link, *name = filled.header
        return RenderedMediaTemplate(
            phone=filled.phone,
            msg_id=filled.msg_id,
            extra=filled.extra,
            text=self._body(filled),
            footer=self.wording.footer,
            button_url_param=filled.link_tail,
            components_json=filled.components,
            has_parts=self.has_parts,
            kind=self.media_kind,
            media_url=link,
            filename="".join(name),
        )

    def location(self, filled: Filled) -> GatewayRequest:
        latitude, longitude, name, address = filled.header
        return RenderedLocationTemplate(
            phone=filled.phone,
            msg_id=filled.msg_id,
            extra=filled.extra,
            text=self._body(filled),
            footer=self.wording.footer,
            button_url_param=filled.link_tail,
            components_json=filled.components,
            latitude=latitude,
            longitude=longitude,
            name=name,
            address=address,
        )

    def _body(self, filled: Filled) -> str:
        return filled_text(self.wording.body or Text(), filled.body)
