"""The form of the WhatsApp Connect page, for an account at Gupshup."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from unfold.widgets import UnfoldAdminRadioSelectWidget

from providers.admin.gupshup.fields import (
    AccountIdField,
    BusinessNumberField,
    CallbackUrlWidget,
    SecretField,
    VerifyField,
)
from providers.connection.callback_urls import callback_urls
from providers.connection.connecting import ACCOUNTS
from providers.connection.dependents import Dependent, dependents_of
from providers.connection.last_calls import last_call
from providers.gateway.requests import LONGEST_TEXT, Account
from providers.models import OptInBy, Project, Provider
from providers.views.plain_errors import PlainModelForm

PASSWORDS = ("hsm_password", "two_way_password")
TYPE_IT_AGAIN = (
    "Type this password once more: something else has to be mended, and a password never comes"
    " back with the page."
)


class GupshupForm(PlainModelForm):
    project: Project | None = None  # set by the page
    dependents: Sequence[Dependent] = ()  # what stops when the account is replaced

    inbound_url = forms.CharField(
        label="Inbound message callback URL",
        disabled=True,
        required=False,
        widget=CallbackUrlWidget(endpoint="response"),
        help_text="Gupshup posts what customers write to you to this address.",
    )
    status_url = forms.CharField(
        label="Delivery report callback URL",
        disabled=True,
        required=False,
        widget=CallbackUrlWidget(endpoint="status"),
        help_text="Gupshup posts delivery reports and clicks to this address.",
    )
    hsm_user_id = AccountIdField(
        label="HSM account ID",
        help_text="The user ID of your one-way account, which sends templates. Digits only.",
    )
    hsm_password = SecretField(
        label="HSM account password", help_text="Stored encrypted, and never shown again."
    )
    hsm_check = VerifyField(label="Does it work?", account=Account.HSM)
    two_way_user_id = AccountIdField(
        label="Two-way account user ID",
        help_text="The user ID of your two-way account, which sends answers. Digits only.",
    )
    two_way_password = SecretField(
        label="Two-way account password", help_text="Stored encrypted, and never shown again."
    )
    two_way_check = VerifyField(label="Does it work?", account=Account.TWO_WAY)
    number = BusinessNumberField(
        label="Mobile number",
        help_text="Your WhatsApp number with + and country code, like +919000000001, or your "
        "shortcode. In Gupshup's dashboard: Numbers › Your Numbers.",
    )
    opt_in_by = forms.ChoiceField(
        label="Opt-in at Gupshup",
        choices=[
            (
                OptInBy.KABOOTAR,
                "Done by Kabootar: Gupshup is told before a person's first template",
            ),
            (OptInBy.ELSEWHERE, "Done elsewhere: your own systems have told Gupshup already"),
        ],
        initial=OptInBy.KABOOTAR,
        widget=UnfoldAdminRadioSelectWidget,
        help_text="Gupshup wants to hear once of everybody who has agreed to get templates.",
    )

    class Meta:
        model = Provider
        fields = [
            "nickname",
            "hsm_user_id",
            "hsm_password",
            "two_way_user_id",
            "two_way_password",
            "number",
            "auto_reply_enabled",
            "auto_reply_text",
            "rate",
            "opt_in_by",
        ]
        labels = {"auto_reply_enabled": "Auto-reply to people you don't know"}
        help_texts = {
            "nickname": "A name for this set of credentials. Only your team sees it.",
            "auto_reply_enabled": "When somebody writes to you whose number is not among your "
            "profiles, this message is the answer.",
            "auto_reply_text": f"At most {LONGEST_TEXT:,} characters.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "auto_reply_text" in self.fields:
            self.fields["auto_reply_text"].widget.attrs["rows"] = 4
        for name in PASSWORDS:
            self.initial.pop(name, None)
            field = self.fields.get(name)
            if self.instance.pk and isinstance(field, SecretField):
                field.keep(getattr(self.instance, name))
        if self.project and "inbound_url" in self.fields:
            cast(
                "BusinessNumberField", self.fields["number"]
            ).default_country = self.project.default_country
            self._show_addresses(self.project)
            self._show_checks()

    def _show_addresses(self, project: Project) -> None:
        urls = callback_urls(project)
        self.initial["inbound_url"] = urls.inbound
        self.initial["status_url"] = urls.status
        self.fields["inbound_url"].widget.last_call = last_call(project, "response")
        self.fields["status_url"].widget.last_call = last_call(project, "status")

    def _show_checks(self) -> None:
        if not self.instance.pk:
            return
        for last in self.instance.verifications.all():
            self.fields[f"{last.account}_check"].widget.last = last

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._ask_before_replacing()
        if cleaned.get("auto_reply_enabled") and not cleaned.get("auto_reply_text", "").strip():
            self.add_error(
                "auto_reply_text",
                "Write the message that people get, or switch the auto-reply off.",
            )
        return cleaned

    def full_clean(self) -> None:
        super().full_clean()
        for name in PASSWORDS if self.errors else ():
            if self.data.get(name) and name not in self.errors:
                self.add_error(name, TYPE_IT_AGAIN)

    def _ask_before_replacing(self) -> None:
        """The stored passwords are not the other account's own, and what is on its way must not go
        on there."""
        if not self.instance.pk or not {*ACCOUNTS} <= {*self.changed_data}:
            return
        for name in PASSWORDS:
            if name not in self.changed_data and name not in self.errors:
                self.add_error(name, "This is another account: type its password.")
        self.dependents = dependents_of(self.instance)
        if self.dependents and not self.data.get("stop_dependents"):
            self.add_error(
                None,
                "These are other accounts than before, and something is still on its way through "
                "the old ones. Confirm below that it is stopped first.",
            )
