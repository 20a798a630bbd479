"""The form of Send Test WhatsApp: to whom, and what."""

from typing import Any

from django import forms
from django.utils import timezone

from providers.gateway.requests import LONGEST_TEXT
from providers.models import Conversation, Project
from providers.phones.countries import Country, countries
from providers.phones.numbers import Phone, PhoneError, read_phone
from providers.views.plain_errors import PlainForm


class SendTestForm(PlainForm):
    country = forms.ChoiceField(choices=lambda: [(c.code, c.name) for c in countries()])
    to = forms.CharField(
        label="Mobile number",
        max_length=40,
        error_messages={"required": "Enter the mobile number of the phone that gets the test."},
    )
    text = forms.CharField(
        label="Message",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea,
        initial="Hello from Kabootar! This is a test message.",
        error_messages={
            "required": "Write a message.",
            "max_length": f"A message has at most {LONGEST_TEXT:,} characters.",
        },
    )
    anyway = forms.BooleanField(required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.initial.setdefault("country", project.default_country)

    def clean_text(self) -> str:
        """A browser counts a line's end once and sends it twice."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "to" in cleaned and "country" in cleaned:
            try:
                cleaned["phone"] = read_phone(cleaned["to"], default_country=cleaned["country"])
            except PhoneError as error:
                self.add_error("to", error.reason)
        return cleaned

    def problems(self) -> list[str]:
        return [str(problem) for errors in self.errors.values() for problem in errors]

    def chosen_country(self) -> Country:
        code = self["country"].value() or self.project.default_country
        known = {country.code: country for country in countries()}
        return known.get(code) or known["IN"]


def conversation_with(project: Project, phone: Phone) -> Conversation | None:
    """The open one, if there is one."""
    rows = Conversation.objects.open(at=timezone.now())
    return rows.filter(project=project, match_key=phone.match_key).first()
