"""The editor's form: what is stored of a template, and its wording."""

import hashlib
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
)

from providers.admin.long_select import LongSelect
from providers.connection.dependents import Dependent, dependents_of
from providers.views.plain_errors import PlainModelForm
from templates_app.admin.wording_fields import FIELDS, initial_of
from templates_app.keeping.editing import EDITED_FIELDS, Edit, needs_stop
from templates_app.keeping.readiness import (
    UnderReviewError,
    problems_before_approval,
    samples_asked_for,
    waits_for_meta,
)
from templates_app.models import Kind, SendingStyle, Status, Template
from templates_app.rules.problems import Problem, Severity, errors_in
from templates_app.rules.set_aside import SETTABLE_ASIDE
from templates_app.wording.components import Wording
from templates_app.wording.languages import LANGUAGES, language_name
from templates_app.wording.reading import read_wording

STALE = (
    "Somebody else saved this template while you were editing. Below is your text. Save again to "
    "put it above theirs, or reload the page to see theirs."
)
ASKED = "Saving this stops campaigns. Look at their names below and confirm."


def language_choices() -> list[tuple[str, str]]:
    named = [(code, f"{name} ({code})") for code, name in LANGUAGES.items()]
    return sorted(named, key=lambda choice: choice[1])


class TemplateForm(PlainModelForm):
    """For one type: form_for adds its fields."""

    kind = Kind.BASIC
    may_set_aside = False  # set by the page, from the person's role
    unsaved: dict[str, Any] | None = None  # what the person wrote earlier and never saved

    language = forms.ChoiceField(
        label="Language",
        choices=language_choices,
        initial="en",
        widget=LongSelect,
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
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Template
        fields = EDITED_FIELDS
        help_texts = {
            "name": "Exactly as at Gupshup: small letters, digits and _.",
            "category": "As Gupshup lists it. Meta decides it, and may change it.",
            "status": "“Approved” means that Gupshup lists this template as approved, word for "
            "word. Only approved templates can be sent.",
        }
        widgets = {"status_reason": UnfoldAdminTextareaWidget({"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stops: Sequence[Dependent] = ()
        if self.instance._state.adding:
            self.instance.kind = self.kind
        self._keep_unknown_language()
        if self.instance.current is not None:
            stored = initial_of(read_wording(self.instance.current.content))
            seen = {"based_on": self.instance.current_id, "seen": self._last_change()}
            self.initial = {**stored, **seen, **self.initial}
        if self.unsaved:
            self.initial.update(self.unsaved)

    @property
    def stops_mark(self) -> str:
        """Of the campaigns that were shown: when others come up, they are asked about anew."""
        names = "\n".join(stop.url for stop in self.stops)
        return hashlib.sha256(names.encode()).hexdigest()[:16]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk and self._is_stale(cleaned):
            self.add_error(None, STALE)
            data = cast("QueryDict", self.data).copy()
            data["based_on"] = str(self.instance.current_id)
            data["seen"] = str(self._last_change())
            self.data = data
        return cleaned

    def full_clean(self) -> None:
        """The rules come last, when the instance has the values that would be saved."""
        super().full_clean()
        if not self.is_bound:
            return
        # A field with an error loses its cleaned value, so the wording is read before.
        self._wording: Wording = super().wording()  # type: ignore[misc]  # of the type's fields
        rows = Template.objects.select_related("current").filter(pk=self.instance.pk)
        self._stored = rows.first() if self.instance.pk else None
        if self.instance.status == Status.APPROVED:
            self._judge()
        if not self.errors and self._stored is not None:
            self._check_review(self._stored)
            self._ask_about_campaigns(self._stored)

    def wording(self) -> Wording:
        return self._wording

    def set_aside(self) -> list[str]:
        """What holds for exactly this wording: as ticked by an admin, else as stored."""
        if self.may_set_aside and hasattr(self.data, "getlist"):
            return sorted({*self.data.getlist("set_aside")} & SETTABLE_ASIDE)
        current = self.instance.current
        same = current is not None and read_wording(current.content) == self._wording
        return list(current.set_aside) if current is not None and same else []

    def edit(self) -> Edit:
        return Edit(
            wording=self._wording,
            based_on=self.cleaned_data.get("based_on"),
            seen=self.cleaned_data.get("seen"),
            set_aside=self.set_aside(),
            samples=self.samples(),
        )

    def samples(self) -> Severity:
        return samples_asked_for(self._stored, self._wording)

    def _judge(self) -> None:
        problems = problems_before_approval(
            self.instance, self._wording, set_aside=self.set_aside(), samples=self.samples()
        )
        for problem in errors_in(problems):
            field = field_of(problem)
            known = field if field in self.fields else None
            if known not in EDITED_FIELDS or not self.has_error(known):
                self.add_error(known, problem.message)

    def _check_review(self, stored: Template) -> None:
        """A new ID or another way of sending is no change of what Meta looks at."""
        named_anew = (stored.name, stored.language) != (self.instance.name, self.instance.language)
        changed = named_anew or stored_wording(stored) != self._wording
        if changed and self.instance.status == Status.PENDING and waits_for_meta(stored):
            self.add_error(None, str(UnderReviewError()))

    def _ask_about_campaigns(self, stored: Template) -> None:
        current = stored.current
        same = current is not None and read_wording(current.content) == self._wording
        if not needs_stop(stored, self.instance, current if same else None):
            return
        self.stops = dependents_of(stored)
        if self.stops and self.data.get("stop_campaigns") != self.stops_mark:
            self.add_error(None, ASKED)

    def _is_stale(self, cleaned: dict[str, Any]) -> bool:
        based_on, seen = cleaned.get("based_on"), cleaned.get("seen")
        if based_on and based_on != self.instance.current_id:
            return True
        return seen is not None and seen != self._last_change()

    def _last_change(self) -> int:
        last = self.instance.changes.order_by("-pk").values_list("pk", flat=True).first()
        return last or 0

    def _keep_unknown_language(self) -> None:
        code = self.instance.language
        field = self.fields.get("language")
        if isinstance(field, forms.ChoiceField) and code and code not in LANGUAGES:
            field.choices = [(code, language_name(code)), *language_choices()]


def form_for(kind: Kind) -> type[TemplateForm]:
    """The form of one type."""
    return type("TemplateForm", (TemplateForm, FIELDS[kind]), {"kind": kind})


def field_of(problem: Problem) -> str | None:
    """The field beside which a problem is told; None for the whole form."""
    if problem.code == "VAR_EXAMPLE" and not problem.place.startswith("card"):
        return "samples"
    part = problem.place.partition(".")[0]
    named = {
        "button": "buttons",
        "header": "header_kind",
        "offer": "offer_text",
        "card": "cards",
        "type": None,
    }
    return named.get(part, part)


def stored_wording(template: Template) -> Wording:
    return read_wording(template.current.content) if template.current else Wording()
