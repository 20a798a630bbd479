"""The parts of a template, read once from Meta's component JSON into something typed."""

from dataclasses import dataclass
from enum import StrEnum

from templates_app.wording import placeholders


class HeaderKind(StrEnum):
    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    DOCUMENT = "DOCUMENT"
    LOCATION = "LOCATION"
    OTHER = "OTHER"


MEDIA_HEADERS = frozenset({HeaderKind.IMAGE, HeaderKind.VIDEO, HeaderKind.DOCUMENT})


class ButtonKind(StrEnum):
    QUICK_REPLY = "QUICK_REPLY"
    URL = "URL"
    PHONE_NUMBER = "PHONE_NUMBER"
    COPY_CODE = "COPY_CODE"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text and its samples, in the order of its placeholders as they are sent."""

    text: str = ""
    samples: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return placeholders.sending_order(self.text)

    @property
    def sample_values(self) -> dict[str, str]:
        return dict(zip(self.names, self.samples, strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """`given` is the format as it was written; `media_sample` a link or Meta's upload handle."""

    kind: HeaderKind
    given: str = ""
    text: Text = Text()
    media_sample: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """`value` is the link, the phone number, or the type as written of a kind we don't know;
    `sample` the tail of a dynamic link, or the code that the button copies."""

    kind: ButtonKind
    label: str = ""
    value: str = ""
    sample: str = ""

    @property
    def is_dynamic(self) -> bool:
        return self.kind is ButtonKind.URL and bool(placeholders.names_in(self.value))

    @property
    def prefix(self) -> str:
        """The fixed part of a dynamic link."""
        return placeholders.without_placeholders(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The line above a limited-time offer's text; `has_expiration` adds a countdown to it."""

    text: str = ""
    has_expiration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card of a carousel; `strangers` are parts that no card can have."""

    header: Header | None = None
    body: Text | None = None
    buttons: tuple[Button, ...] = ()
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """All that a version says. `offer` is there in limited-time offers only, `cards` in carousels
    only. `strangers` are component types that this project can't read, and any that came twice."""

    header: Header | None = None
    body: Text | None = None
    footer: str = ""
    buttons: tuple[Button, ...] = ()
    offer: Offer | None = None
    cards: tuple[Card, ...] | None = None
    strangers: tuple[str, ...] = ()
