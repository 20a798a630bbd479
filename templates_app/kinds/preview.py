"""A message as the recipient's phone shows it; phone.html draws it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.safestring import SafeString

from templates_app.values.media_links import is_ours
from templates_app.wording.components import ButtonKind, HeaderKind
from templates_app.wording.markup import to_html

SHOWN_BUTTONS = 3
HEADER_ICONS = {
    HeaderKind.IMAGE: "image",
    HeaderKind.VIDEO: "play_circle",
    HeaderKind.DOCUMENT: "description",
    HeaderKind.LOCATION: "location_on",
}
BUTTON_ICONS = {
    ButtonKind.URL: "open_in_new",
    ButtonKind.PHONE_NUMBER: "call",
    ButtonKind.COPY_CODE: "content_copy",
    ButtonKind.QUICK_REPLY: "reply",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderPreview:
    """`text` is the header's line, the file's name, or the place's name; `detail` its address."""

    kind: HeaderKind
    text: str = ""
    detail: str = ""
    media_url: str = ""

    @property
    def icon(self) -> str:
        """A name of the Material Symbols font."""
        return HEADER_ICONS.get(self.kind, "help")

    @property
    def own_picture(self) -> str:
        """The path of a picture that this server holds. Pages load nothing from other hosts."""
        is_own = self.kind is HeaderKind.IMAGE and is_ours(self.media_url)
        return self.media_url.removeprefix(settings.PUBLIC_BASE_URL) if is_own else ""

    @property
    def placeholder(self) -> str:
        return self.kind.value.capitalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPreview:
    """`target` is the whole link, the number, the code, or the payload that a reply carries."""

    kind: ButtonKind
    label: str
    target: str = ""

    @property
    def icon(self) -> str:
        """A name of the Material Symbols font."""
        return BUTTON_ICONS.get(self.kind, "help")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPreview:
    """`ends` is the moment of the countdown; None without one, or while nobody has filled it in."""

    text: str
    has_expiration: bool = False
    ends: datetime | None = None
    code: str = ""

    @property
    def ends_ms(self) -> int | None:
        return None if self.ends is None else int(self.ends.timestamp() * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPreview:
    header: HeaderPreview | None = None
    body: str = ""
    buttons: tuple[ButtonPreview, ...] = ()

    @property
    def body_html(self) -> SafeString:
        return to_html(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`notes` say in plain words why this person would not get the message, if so."""

    body: str
    header: HeaderPreview | None = None
    footer: str = ""
    buttons: tuple[ButtonPreview, ...] = ()
    offer: OfferPreview | None = None
    cards: tuple[CardPreview, ...] = ()
    right_to_left: bool = False
    notes: tuple[str, ...] = ()

    @property
    def body_html(self) -> SafeString:
        return to_html(self.body)

    @property
    def direction(self) -> str:
        return "rtl" if self.right_to_left else "ltr"

    @property
    def shown_buttons(self) -> tuple[ButtonPreview, ...]:
        """Up to three; of more, a phone shows two and "See all options"."""
        if len(self.buttons) <= SHOWN_BUTTONS:
            return self.buttons
        return self.buttons[: SHOWN_BUTTONS - 1]

    @property
    def hidden_buttons(self) -> tuple[ButtonPreview, ...]:
        return self.buttons[len(self.shown_buttons) :]

    @property
    def buttons_inside(self) -> tuple[ButtonPreview, ...]:
        """Of the shown ones, those that open something; quick replies stand below the bubble."""
        return tuple(b for b in self.shown_buttons if b.kind is not ButtonKind.QUICK_REPLY)

    @property
    def buttons_below(self) -> tuple[ButtonPreview, ...]:
        return tuple(b for b in self.shown_buttons if b.kind is ButtonKind.QUICK_REPLY)
