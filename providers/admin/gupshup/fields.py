"""Form fields of the WhatsApp Connect page."""

import re
from typing import Any

from django import forms
from django.urls import reverse
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from providers.connection.callback_urls import can_be_reached
from providers.gateway.requests import Account
from providers.models import Verification
from providers.phones.numbers import PhoneError, read_phone

LONGEST_ID, LONGEST_PASSWORD = 40, 200
_SHORTCODE = re.compile(r"[0-9]{3,8}")
_WITH_PLUS = (
    "Write the number with + and the country code, like +919000000001. "
    "A shortcode has 3 to 8 digits."
)
_DIGITS = re.compile(r"[0-9]+")
_BETWEEN_DIGITS = re.compile(r"[\s().\-\u200b-\u200f\u202a-\u202e\ufeff]")


class AccountIdField(forms.CharField):
    """Digits; spaces around or between them, as they come with copying, are dropped."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}
        kwargs.setdefault("max_length", LONGEST_ID)
        super().__init__(widget=UnfoldAdminTextInputWidget(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> str:
        return "".join((super().to_python(value) or "").split())

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not (value.isascii() and value.isdigit()):
            raise forms.ValidationError(
                "An account ID has digits only, like 2000123456. An e-mail address or the name "
                "of the account is something else."
            )


class SecretField(forms.CharField):
    """A password that goes in and never comes out: nothing is shown, empty keeps what is stored."""

    def __init__(self, *, stored: str = "", **kwargs: Any) -> None:
        # Browsers ignore "off" for passwords and would fill in the person's own.
        attrs = {"autocomplete": "new-password", "spellcheck": "false"}
        self._stored = stored
        kwargs.setdefault("max_length", LONGEST_PASSWORD)
        super().__init__(widget=UnfoldAdminPasswordWidget(attrs=attrs), **kwargs)

    def keep(self, stored: str) -> None:
        """From now on empty means this."""
        self._stored = stored
        self.required = False
        self.widget.attrs["placeholder"] = "Stored. Leave empty to keep it."

    def clean(self, value: Any) -> Any:
        return super().clean(value) or self._stored

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


class BusinessNumberField(forms.CharField):
    """Our own number at Gupshup: E.164, or a shortcode."""

    default_country = ""  # of the project; its numbers need no + and country code

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "inputmode": "tel"}
        super().__init__(widget=UnfoldAdminTextInputWidget(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        number = _BETWEEN_DIGITS.sub("", super().clean(value) or "")
        if not number or _SHORTCODE.fullmatch(number):
            return number
        if _DIGITS.fullmatch(number) and len(number) <= 9:
            raise forms.ValidationError(
                f"A shortcode has 3 to 8 digits, this one has {len(number)}. Write a full number "
                "with + and the country code, like +919000000001."
            )
        try:
            return read_phone(number, default_country=self.default_country or "IN").e164
        except PhoneError as error:
            reason = error.reason if number.startswith("+") else _WITH_PLUS
            raise forms.ValidationError(reason) from None


class CallbackUrlWidget(forms.TextInput):
    """The address to copy, when it was last called, and what may be posted to it."""

    template_name = "providers/gupshup/callback_url.html"

    def __init__(self, *, endpoint: str) -> None:
        super().__init__()
        self.endpoint = endpoint
        self.last_call: Any = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["can_be_reached"] = can_be_reached()
        return {**context, "endpoint": self.endpoint, "last_call": self.last_call}


class VerifyWidget(forms.TextInput):
    """The button that asks Gupshup about an account, and what it said the last time."""

    template_name = "providers/gupshup/verify.html"

    def __init__(self, *, account: Account) -> None:
        super().__init__()
        self.account = account
        self.last: Verification | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        address = reverse(f"admin:providers_provider_verify_{self.account.value}")
        return {**context, "account": self.account.value, "address": address, "last": self.last}


class VerifyField(forms.CharField):
    """Holds nothing; a place in the form for the button."""

    def __init__(self, *, account: Account, **kwargs: Any) -> None:
        widget = VerifyWidget(account=account)
        super().__init__(disabled=True, required=False, widget=widget, **kwargs)
