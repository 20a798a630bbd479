"""The form of one person, in marketers' words."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from campaigns.audience.consent import LONGEST as LONGEST_CONSENT
from campaigns.audience.imports.people_rows import RowRefusedError, read_identity
from campaigns.audience.subscriptions import block_of
from campaigns.models import Profile
from providers.admin.long_select import LongSelect
from providers.admin.yes_no_unknown import YesNoUnknownField, as_choice
from providers.models import Project
from providers.phones.numbers import PhoneError, read_phone
from providers.phones.zone_names import zone_names
from providers.views.plain_errors import PlainModelForm


class ProfileForm(PlainModelForm):
    project: Project | None = None  # set by the page

    phone = forms.CharField(
        max_length=40,  # as people write it
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="With + and country code, like +919000011122.",
    )
    subscribed = YesNoUnknownField(
        label="MSG-whatsapp",
        unknown="Unknown: they get no messages",
        yes="Subscribed: they have agreed to get WhatsApp messages",
        no="Not subscribed: they get no messages",
        # What somebody saw counts: whoever leaves meanwhile is not brought back by saving the page.
        show_hidden_initial=True,
    )
    blocked = forms.BooleanField(
        label="Block this phone (MSG-dndWhatsApp)",
        required=False,
        show_hidden_initial=True,
        widget=UnfoldBooleanSwitchWidget,
        help_text="Nobody with this phone gets messages. Somebody who writes STOP is blocked by "
        "that; unblock them only if they ask for it.",
    )
    evidence = forms.CharField(
        label="How do you know?",
        required=False,
        max_length=LONGEST_CONSENT,
        strip=True,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="How they agreed, or asked for no more messages: the sentence they ticked and "
        "where, or “by phone, to Meera”. It is kept in the history below.",
    )
    time_zone = forms.ChoiceField(
        choices=lambda: [
            ("", "As the project"),
            *((zone, zone) for zone in zone_names()),
        ],
        required=False,
        widget=LongSelect,
    )

    class Meta:
        model = Profile
        fields = ["identity", "name", "phone", "email", "language", "time_zone", "is_test"]
        labels = {"email": "E-mail", "is_test": "Test profile"}
        help_texts = {
            "identity": "Your own key for this person, like a customer number.",
            "language": "Like en or pt_BR.",
            "is_test": "For trying things out: somebody of your team.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profile = self.instance
        if profile._state.adding:
            return
        block = block_of(profile)
        self.initial["subscribed"] = as_choice(profile.subscribed)
        self.initial["blocked"] = bool(block and block.blocked)

    def clean_identity(self) -> str:
        try:
            return read_identity(self.cleaned_data["identity"])
        except RowRefusedError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_phone(self) -> str:
        """Sets the match key along with it."""
        raw: str = self.cleaned_data["phone"]
        country = self.project.default_country if self.project else ""
        try:
            phone = read_phone(raw, default_country=country) if raw else None
        except PhoneError as error:
            raise forms.ValidationError(error.reason) from None
        self.instance.match_key = phone.match_key if phone else None
        self.instance.phone_is_invalid = False
        return phone.e164 if phone else ""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("blocked") and not data.get("phone") and "phone" not in self.errors:
            self.add_error("blocked", "There is no phone to block.")
        return data
