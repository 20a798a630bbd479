"""The fields that make up a wording, shared by the form that saves and the live preview.

Each type has its own; `FIELDS` says which. A further type is a further class, named there.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from providers.views.plain_errors import PlainForm
from templates_app.admin.card_widgets import CardsInput
from templates_app.admin.widgets import (
    BodyInput,
    ButtonsInput,
    CountedInput,
    MediaInput,
    SamplesInput,
    text_with,
    unix_lines,
)
from templates_app.models import Kind
from templates_app.rules.headers import FOOTER_MAX, HEADER_MAX
from templates_app.rules.offers import BODY_MAX_IN_OFFERS, OFFER_HEADERS, OFFER_MAX
from templates_app.rules.texts import BODY_LONG, BODY_MAX
from templates_app.wording.components import MEDIA_HEADERS, Header, HeaderKind, Offer, Text, Wording
from templates_app.wording.placeholders import sending_order

NO_HEADER = ""
HEADER_CHOICES = [
    (NO_HEADER, "No header"),
    (HeaderKind.TEXT.value, "Text"),
    (HeaderKind.IMAGE.value, "Image"),
    (HeaderKind.VIDEO.value, "Video"),
    (HeaderKind.DOCUMENT.value, "Document"),
    (HeaderKind.LOCATION.value, "Location"),
]


# Far more than the rules allow, whose words are better; but rules and preview take seconds for
# megabytes, and whoever may look may ask for them.
LONGEST_TEXT = 20_000  # characters
LONGEST_PARTS = 100_000  # of all buttons, samples or cards
TOO_LONG = "This is many times longer than a template may be."


class _Parts(forms.Field):
    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(repr(value)) > LONGEST_PARTS:
            raise ValidationError(TOO_LONG)


class ButtonsField(_Parts):
    widget = ButtonsInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return tuple(initial or ()) != tuple(data or ())


class SamplesField(_Parts):
    widget = SamplesInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or {}) != (data or {}))


class CardsField(_Parts):
    widget = CardsInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return tuple(initial or ()) != tuple(data or ())


def _text_field(**more: Any) -> forms.CharField:
    return forms.CharField(max_length=LONGEST_TEXT, error_messages={"max_length": TOO_LONG}, **more)


class WordingFields(PlainForm):
    """What every type has: the text, and samples for its placeholders."""

    body = _text_field(
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

    def wording(self) -> Wording:
        """Of the cleaned data; what is empty is left out."""
        return Wording(body=self._body())

    def _body(self) -> Text:
        return _text(self.cleaned_data.get("body", ""), self._samples(), place="body")

    def _samples(self) -> dict[str, str]:
        return self.cleaned_data.get("samples") or {}


class BasicFields(WordingFields):
    header_kind = forms.ChoiceField(
        label="Header",
        choices=HEADER_CHOICES,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    header_text = _text_field(
        label="Header text",
        required=False,
        widget=CountedInput(limit=HEADER_MAX, amber=HEADER_MAX - 6),
        help_text="One line in bold, above the message. At most one placeholder.",
    )
    header_media = _text_field(
        label="Sample file",
        required=False,
        widget=MediaInput,
        help_text="A public https link, or a file of yours. Each campaign may send one of its own.",
    )
    footer = _text_field(
        required=False,
        widget=CountedInput(limit=FOOTER_MAX, amber=FOOTER_MAX - 6),
        help_text="A small grey line, like “Reply STOP to unsubscribe”.",
    )
    buttons = ButtonsField(
        required=False,
        help_text="Up to 10. Quick replies stand together, before or after all others.",
    )

    def wording(self) -> Wording:
        given = self.cleaned_data
        return Wording(
            header=_header(given, self._samples()),
            body=self._body(),
            footer=given.get("footer", ""),
            buttons=given.get("buttons") or (),
        )


class OfferFields(WordingFields):
    header_kind = forms.ChoiceField(
        label="Header",
        choices=[choice for choice in HEADER_CHOICES if choice[0] in ("", *OFFER_HEADERS)],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    header_media = BasicFields.base_fields["header_media"]
    offer_text = _text_field(
        label="Offer title",
        required=False,
        widget=CountedInput(limit=OFFER_MAX, amber=OFFER_MAX - 2),
        help_text="Stands above the message, like “Ends tonight”.",
    )
    has_expiration = forms.BooleanField(
        label="With a countdown",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="Each campaign says when the offer ends. The phone counts down to it.",
    )
    body = _text_field(
        label="Message",
        required=False,
        widget=BodyInput(limit=BODY_MAX_IN_OFFERS, amber=BODY_LONG),
        help_text="Exactly as approved at Gupshup, up to 600 characters. An offer has no footer.",
    )
    buttons = ButtonsField(
        required=False,
        help_text="The code to copy comes first, then the link. Up to 10 altogether.",
    )

    def wording(self) -> Wording:
        given = self.cleaned_data
        return Wording(
            header=_header(given, self._samples()),
            offer=Offer(
                text=given.get("offer_text", ""),
                has_expiration=bool(given.get("has_expiration")),
            ),
            body=self._body(),
            buttons=given.get("buttons") or (),
        )


class CarouselFields(WordingFields):
    cards = CardsField(
        required=False,
        help_text="2 to 10, all with a picture or all with a video, and with the same buttons.",
    )

    def wording(self) -> Wording:
        return Wording(body=self._body(), cards=self.cleaned_data.get("cards") or ())


FIELDS: dict[Kind, type[WordingFields]] = {
    Kind.BASIC: BasicFields,
    Kind.LIMITED_TIME_OFFER: OfferFields,
    Kind.CAROUSEL: CarouselFields,
}
# In the order of the page.
NAMES: dict[Kind, list[str]] = {
    Kind.BASIC: [
        "header_kind",
        "header_text",
        "header_media",
        "body",
        "samples",
        "footer",
        "buttons",
    ],
    Kind.LIMITED_TIME_OFFER: [
        "header_kind",
        "header_media",
        "offer_text",
        "has_expiration",
        "body",
        "samples",
        "buttons",
    ],
    Kind.CAROUSEL: ["body", "samples", "cards"],
}


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
    names = sending_order(unix_lines(text))
    return text_with(text, {name: samples.get(f"{place}.{name}", "") for name in names})


def initial_of(wording: Wording) -> dict[str, Any]:
    """What the fields show for a stored wording."""
    header = wording.header
    body = wording.body or Text()
    initial: dict[str, Any] = {
        "body": body.text,
        "footer": wording.footer,
        "buttons": wording.buttons,
        "samples": _samples(body, place="body"),
        "cards": wording.cards or (),
    }
    if wording.offer is not None:
        initial["offer_text"] = wording.offer.text
        initial["has_expiration"] = wording.offer.has_expiration
    if header is not None:
        initial["header_kind"] = header.kind.value
        initial["header_text"] = header.text.text
        initial["header_media"] = header.media_sample
        initial["samples"] = _samples(header.text, place="header") | initial["samples"]
    return initial


def _samples(text: Text, *, place: str) -> dict[str, str]:
    return {f"{place}.{name}": text.sample_values.get(name, "") for name in text.names}
