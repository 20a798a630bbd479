"""The fields that make up a wording, shared by the form that saves and the live preview."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from templates_app.admin.widgets import BodyInput, ButtonsInput, CountedInput, SamplesInput
from templates_app.components import (
    MEDIA_HEADERS,
    Button,
    Header,
    HeaderKind,
    Text,
    Wording,
)
from templates_app.placeholders import sending_order
from templates_app.rules.headers import FOOTER_MAX, HEADER_MAX
from templates_app.rules.texts import BODY_LONG, BODY_MAX

NO_HEADER = ""
HEADER_CHOICES = [
    (NO_HEADER, "No header"),
    (HeaderKind.TEXT.value, "Text"),
    (HeaderKind.IMAGE.value, "Image"),
    (HeaderKind.VIDEO.value, "Video"),
    (HeaderKind.DOCUMENT.value, "Document"),
    (HeaderKind.LOCATION.value, "Location"),
]


class ButtonsField(forms.Field):
    widget = ButtonsInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return tuple(initial or ()) != tuple(data or ())


class SamplesField(forms.Field):
    widget = SamplesInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or {}) != (data or {}))


class WordingFields(forms.Form):
    header_kind = forms.ChoiceField(
        label="Header",
        choices=HEADER_CHOICES,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    header_text = forms.CharField(
        label="Header text",
        required=False,
        widget=CountedInput(limit=HEADER_MAX, amber=HEADER_MAX - 6),
        help_text="One line in bold, above the message. At most one placeholder.",
    )
    header_media = forms.CharField(
        label="Sample file",
        required=False,
        widget=UnfoldAdminTextInputWidget({"placeholder": "https://…", "inputmode": "url"}),
        help_text="A public https link. Each campaign may send a file of its own.",
    )
    body = forms.CharField(
        label="Message",
        required=False,
        widget=BodyInput(limit=BODY_MAX, amber=BODY_LONG),
        help_text="Exactly as approved at Gupshup. {{1}}, {{2}} … stand for what a campaign fills "
        "in for each person.",
    )
    samples = SamplesField(
        label="Samples",
        required=False,
        help_text="What could stand in each placeholder. The preview shows these.",
    )
    footer = forms.CharField(
        required=False,
        widget=CountedInput(limit=FOOTER_MAX, amber=FOOTER_MAX - 6),
        help_text="A small grey line, like “Reply STOP to unsubscribe”.",
    )
    buttons = ButtonsField(
        required=False,
        help_text="Up to 10. Quick replies stand together, before or after all others.",
    )

    def wording(self) -> Wording:
        """Of the cleaned data; what is empty is left out."""
        given = self.cleaned_data
        samples: dict[str, str] = given.get("samples") or {}
        buttons: tuple[Button, ...] = given.get("buttons") or ()
        return Wording(
            header=_header(given, samples),
            body=_text(given.get("body", ""), samples, place="body"),
            footer=given.get("footer", ""),
            buttons=buttons,
        )


def _header(given: dict[str, Any], samples: dict[str, str]) -> Header | None:
    name = given.get("header_kind") or NO_HEADER
    if name == NO_HEADER:
        return None
    kind = HeaderKind(name)
    if kind is HeaderKind.TEXT:
        text = _text(given.get("header_text", ""), samples, place="header")
        return Header(kind=kind, given=name, text=text)
    media = given.get("header_media", "") if kind in MEDIA_HEADERS else ""
    return Header(kind=kind, given=name, media_sample=media)


def _text(text: str, samples: dict[str, str], *, place: str) -> Text:
    """A browser sends its line breaks as two characters, WhatsApp knows one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    names = sending_order(lines)
    given = tuple(samples.get(f"{place}.{name}", "") for name in names)
    return Text(text=lines, samples=given if any(given) else ())


def initial_of(wording: Wording) -> dict[str, Any]:
    """What the fields show for a stored wording."""
    header = wording.header
    body = wording.body or Text()
    initial: dict[str, Any] = {
        "body": body.text,
        "footer": wording.footer,
        "buttons": wording.buttons,
        "samples": _samples(body, place="body"),
    }
    if header is not None:
        initial["header_kind"] = header.kind.value
        initial["header_text"] = header.text.text
        initial["header_media"] = header.media_sample
        initial["samples"] = _samples(header.text, place="header") | initial["samples"]
    return initial


def _samples(text: Text, *, place: str) -> dict[str, str]:
    return {f"{place}.{name}": text.sample_values.get(name, "") for name in text.names}
