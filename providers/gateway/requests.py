"""What can be asked of the gateway, one frozen dataclass a call.

`form()` gives the parameters of the call without the credentials, so that it can be shown. Phones
are E.164 digits without the plus. Parameter names and spellings are Gupshup's own.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Protocol

SESSION_TEXT_TYPE = "TEXT"
TEMPLATE_TEXT_TYPE = "HSM"
LONGEST_TEXT = 4_096  # characters of a free text


class Account(StrEnum):
    """Gupshup gives every customer two accounts, each with a password of its own."""

    HSM = "hsm"
    TWO_WAY = "two_way"


class Endpoint(StrEnum):
    SEND = "send"
    TEMPLATES = "templates"


class MediaKind(StrEnum):
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    DOCUMENT = "DOCUMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """User id and password of one account; neither shows in a repr, a log or a traceback."""

    user_id: str = field(repr=False)
    password: str = field(repr=False)


class GatewayRequest(Protocol):
    """Anything the client can call."""

    @property
    def account(self) -> Account: ...

    @property
    def endpoint(self) -> Endpoint: ...

    def form(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class OptIn:
    phone: str = field(repr=False)
    account: ClassVar[Account] = Account.HSM
    endpoint: ClassVar[Endpoint] = Endpoint.SEND

    def form(self) -> dict[str, str]:
        return {"method": "OPT_IN", "phone_number": self.phone, "channel": "WHATSAPP"}


@dataclass(frozen=True, slots=True)
class OptOut:
    phone: str = field(repr=False)
    account: ClassVar[Account] = Account.HSM
    endpoint: ClassVar[Endpoint] = Endpoint.SEND

    def form(self) -> dict[str, str]:
        return {"method": "OPT_OUT", "phone_number": self.phone, "channel": "WHATSAPP"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTemplates:
    """One page of the account's templates; Gupshup takes a limit of 5 to 20,000."""

    limit: int = 200
    offset: int = 0
    account: ClassVar[Account] = Account.HSM
    endpoint: ClassVar[Endpoint] = Endpoint.TEMPLATES

    def form(self) -> dict[str, str]:
        return {
            "method": "get_whatsapp_hsm",
            "limit": str(self.limit),
            "offset": str(self.offset),
            "fields": '["buttons","previouscategory"]',
        }


@dataclass(frozen=True, slots=True)
class EmptySend:
    """A message to nobody, for a look at how the account is answered: it can't send anything."""

    account: Account
    endpoint: ClassVar[Endpoint] = Endpoint.SEND

    def form(self) -> dict[str, str]:
        return {"method": "SENDMESSAGE", "msg_type": SESSION_TEXT_TYPE}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """Both `msg_id`, new at each attempt, and `extra` come back in callbacks."""

    phone: str = field(repr=False)
    msg_id: str
    extra: str
    endpoint: ClassVar[Endpoint] = Endpoint.SEND

    def _head(self, *, method: str, msg_type: str, is_hsm: str) -> dict[str, str]:
        return {
            "method": method,
            "send_to": self.phone,
            "msg_type": msg_type,
            "isHSM": is_hsm,
            "msg_id": self.msg_id,
            "extra": self.extra,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionText(_Message):
    """Free text, allowed within 24 hours of the person's last message; at most LONGEST_TEXT."""

    text: str = field(repr=False)
    account: ClassVar[Account] = Account.TWO_WAY

    def form(self) -> dict[str, str]:
        form = self._head(method="SENDMESSAGE", msg_type=SESSION_TEXT_TYPE, is_hsm="false")
        form["msg"] = self.text
        if not self.text.isascii():
            form["data_encoding"] = "Unicode_text"
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class _Template(_Message):
    """`components_json` is the text of `wa_template_json` (cards, offers, several buttons);
    `has_parts` says that the template has a header, a footer or buttons."""

    button_url_param: str = ""
    components_json: str | None = None
    has_parts: bool = False
    track_links: bool = False
    account: ClassVar[Account] = Account.HSM

    def _template_head(self, *, method: str, msg_type: str) -> dict[str, str]:
        form = self._head(method=method, msg_type=msg_type, is_hsm="true")
        form["isTemplate"] = "true" if self.has_parts else "false"
        if self.button_url_param:
            form["buttonUrlParam"] = self.button_url_param
        if self.components_json is not None:
            form["wa_template_json"] = self.components_json
        if self.track_links:
            form["linkTrackingEnabled"] = "True"
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class _TemplateByText(_Template):
    """With its values filled in; the gateway finds the template by its text, word by word."""

    text: str = field(repr=False)
    header: str = field(default="", repr=False)
    footer: str = ""

    def _form_by_text(self, *, method: str, msg_type: str, text_key: str) -> dict[str, str]:
        form = self._template_head(method=method, msg_type=msg_type)
        form[text_key] = self.text
        if self.header:
            form["header"] = self.header
        if self.footer:
            form["footer"] = self.footer
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedTemplate(_TemplateByText):
    def form(self) -> dict[str, str]:
        return self._form_by_text(method="SENDMESSAGE", msg_type=TEMPLATE_TEXT_TYPE, text_key="msg")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMediaTemplate(_TemplateByText):
    """The rendered body travels as the caption."""

    kind: MediaKind
    media_url: str
    filename: str = ""

    def form(self) -> dict[str, str]:
        form = self._form_by_text(
            method="SENDMEDIAMESSAGE", msg_type=self.kind.value, text_key="caption"
        )
        form["media_url"] = self.media_url
        if self.kind is MediaKind.DOCUMENT and self.filename:
            form["filename"] = self.filename
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class _TemplateById(_Template):
    """By Meta's template id, with the values in the order of the placeholders."""

    template_id: str
    variables: tuple[str, ...] = field(default=(), repr=False)
    header_variables: tuple[str, ...] = field(default=(), repr=False)

    def _form_by_id(self, *, method: str, msg_type: str) -> dict[str, str]:
        form = self._template_head(method=method, msg_type=msg_type)
        form["whatsAppTemplateId"] = self.template_id
        for number, value in enumerate(self.variables, 1):
            form[f"var{number}"] = value
        for number, value in enumerate(self.header_variables, 1):
            form[f"hvar{number}"] = value
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTemplate(_TemplateById):
    """Also the carrier of offers and carousels, by `components_json`."""

    def form(self) -> dict[str, str]:
        return self._form_by_id(method="SENDMESSAGE", msg_type=TEMPLATE_TEXT_TYPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaTemplate(_TemplateById):
    """A template with an image, video or document header."""

    kind: MediaKind
    media_url: str
    filename: str = ""

    def form(self) -> dict[str, str]:
        form = self._form_by_id(method="SENDMEDIAMESSAGE", msg_type=self.kind.value)
        form["media_url"] = self.media_url
        if self.kind is MediaKind.DOCUMENT and self.filename:
            form["filename"] = self.filename
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationTemplate(_TemplateById):
    """A template with a location header; longitude and latitude are decimal degrees, as text."""

    longitude: str
    latitude: str
    name: str = ""
    address: str = ""
    has_parts: bool = True

    def form(self) -> dict[str, str]:
        form = self._form_by_id(method="SENDMESSAGE", msg_type="LOCATION")
        form["location"] = _place(self)
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedLocationTemplate(_TemplateByText):
    """As LocationTemplate, found by its text."""

    longitude: str
    latitude: str
    name: str = ""
    address: str = ""
    has_parts: bool = True

    def form(self) -> dict[str, str]:
        form = self._form_by_text(method="SENDMESSAGE", msg_type="LOCATION", text_key="msg")
        form["location"] = _place(self)
        return form


def _place(request: LocationTemplate | RenderedLocationTemplate) -> str:
    place = {
        "longitude": request.longitude,
        "latitude": request.latitude,
        "name": request.name,
        "address": request.address,
    }
    return json.dumps(place, ensure_ascii=False)
