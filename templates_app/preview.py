"""A message as the recipient's phone shows it; phone.html draws it."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from templates_app.components import ButtonKind, HeaderKind
from templates_app.markup import to_html

# Phones fold a long body; how much they show depends on the model.
FOLDED_LINES = 5
FOLDED_CHARACTERS = 350
SHOWN_BUTTONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderPreview:
    """`text` is the header's line, the file's name, or the place's name; `detail` its address."""

    kind: HeaderKind
    text: str = ""
    detail: str = ""
    media_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPreview:
    """`target` is the whole link, the number, the code, or the payload that a reply carries."""

    kind: ButtonKind
    label: str
    target: str = ""

    @property
    def icon(self) -> str:
        """A name of the Material Symbols font."""
        return {
            ButtonKind.URL: "open_in_new",
            ButtonKind.PHONE_NUMBER: "call",
            ButtonKind.COPY_CODE: "content_copy",
            ButtonKind.QUICK_REPLY: "reply",
        }.get(self.kind, "help")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`notes` say in plain words why this person would not get the message, if so."""

    body: str
    header: HeaderPreview | None = None
    footer: str = ""
    buttons: tuple[ButtonPreview, ...] = ()
    right_to_left: bool = False
    notes: tuple[str, ...] = ()

    @property
    def body_html(self) -> SafeString:
        return to_html(self.body)

    @property
    def is_folded(self) -> bool:
        return len(self.body) > FOLDED_CHARACTERS or self.body.count("\n") >= FOLDED_LINES

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
