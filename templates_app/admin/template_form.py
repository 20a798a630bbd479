"""The editor's form: what is stored of a template, and its wording."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelect2Widget

from templates_app.admin.wording_fields import WordingFields, initial_of
from templates_app.components import Wording
from templates_app.languages import LANGUAGES, language_name
from templates_app.models import SendingStyle, Status, Template
from templates_app.problems import Problem, errors_in
from templates_app.readiness import problems_before_approval
from templates_app.reading import read_wording

STORED_FIELDS = ["name", "language", "category", "status", "vendor_id", "sending_style"]
STALE = (
    "Somebody else saved this template while you were editing. Below is your text. Save again to "
    "put it above theirs, or reload the page to see theirs."
)


def language_choices() -> list[tuple[str, str]]:
    named = [(code, f"{name} ({code})") for code, name in LANGUAGES.items()]
    return sorted(named, key=lambda choice: choice[1])


class TemplateForm(WordingFields, forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(
        label="Language",
        choices=language_choices,
        initial="en",
        widget=UnfoldAdminSelect2Widget,
        help_text="As at Gupshup: each language of a template is one of its own.",
    )
    sending_style = forms.ChoiceField(
        label="How it is sent",
        choices=SendingStyle.choices,
        initial=SendingStyle.BY_ID,
        widget=UnfoldAdminRadioSelectWidget,
        help_text="By ID is safer: nothing has to match word by word.",
    )
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Template
        fields = STORED_FIELDS
        help_texts = {
            "name": "Exactly as at Gupshup: small letters, digits and _.",
            "category": "As Gupshup lists it. Meta decides it, and may change it.",
            "status": "“Approved” means that Gupshup lists this template as approved, word for "
            "word. Only approved templates can be sent.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keep_unknown_language()
        if self.instance.current is None:
            return
        stored = initial_of(read_wording(self.instance.current.content))
        self.initial = {**stored, "based_on": self.instance.current_id, **self.initial}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        based_on = cleaned.get("based_on")
        if self.instance.pk and based_on and based_on != self.instance.current_id:
            self.add_error(None, STALE)
            data = cast("QueryDict", self.data).copy()
            data["based_on"] = str(self.instance.current_id)
            self.data = data
        return cleaned

    def full_clean(self) -> None:
        """The rules come last, when the instance has the values that would be saved."""
        super().full_clean()
        if not self.is_bound:
            return
        # A field with an error loses its cleaned value, so the wording is read before.
        self._wording = super().wording()
        if self.instance.status != Status.APPROVED:
            return
        for problem in errors_in(problems_before_approval(self.instance, self._wording)):
            field = field_of(problem)
            if field not in STORED_FIELDS or not self.has_error(field):
                self.add_error(field, problem.message)

    def wording(self) -> Wording:
        return self._wording

    def _keep_unknown_language(self) -> None:
        code = self.instance.language
        field = self.fields.get("language")
        if isinstance(field, forms.ChoiceField) and code and code not in LANGUAGES:
            field.choices = [(code, language_name(code)), *language_choices()]


def field_of(problem: Problem) -> str | None:
    """The field beside which a problem is told; None for the whole form."""
    if problem.code == "VAR_EXAMPLE":
        return "samples"
    part = problem.place.partition(".")[0]
    return {"button": "buttons", "header": "header_kind", "type": None}.get(part, part)


def stored_wording(template: Template) -> Wording:
    return read_wording(template.current.content) if template.current else Wording()
