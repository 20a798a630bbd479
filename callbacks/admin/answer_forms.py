"""What is written into the inbox's boxes: a free text, or a template with its values."""

from collections.abc import Mapping
from typing import Any

from django import forms

from callbacks.answering import LONGEST_TEXT
from providers.models import Project
from templates_app.models import Template
from templates_app.rendering import slots_of
from templates_app.slots import Slot

FIELD = "value-{}"


class TextAnswerForm(forms.Form):
    text = forms.CharField(
        label="Your answer",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "class": "kcb-payload kcb-answer"}),
        error_messages={
            "required": "Write something first.",
            "max_length": f"At most {LONGEST_TEXT:,} characters fit into one message.",
        },
    )

    def clean_text(self) -> str:
        """A browser counts a line's end once and sends it twice."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


class TemplateAnswerForm(forms.Form):
    """With a field for each placeholder of the template that is chosen."""

    template = forms.ModelChoiceField(
        queryset=Template.objects.none(),
        empty_label="Choose an approved template …",
        error_messages={
            "required": "Choose a template.",
            "invalid_choice": "This template is not approved any more: choose another one.",
        },
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        approved = Template.objects.sendable().filter(project=project, current__isnull=False)
        self.fields["template"].queryset = approved.order_by("name")  # type: ignore[attr-defined]
        self.slots = self._slots(approved)
        for slot in self.slots:
            self.fields[FIELD.format(slot.key)] = forms.CharField(
                label=slot.label,
                max_length=slot.max_length,
                required=slot.required,
                help_text=f"Like {slot.sample}" if slot.sample else "",
                error_messages={"required": f"Fill in “{slot.label}”."},
                widget=forms.TextInput(attrs={"class": "kcb-payload"}),
            )

    def _slots(self, approved: Any) -> list[Slot]:
        chosen = str(self["template"].value() or "")
        rows = approved.select_related("current__template")
        template = rows.filter(pk=chosen).first() if chosen.isdecimal() else None
        return list(slots_of(template.current)) if template else []

    def values(self) -> Mapping[str, object]:
        """As a variant's."""
        return {
            slot.key: {"text": self.cleaned_data[FIELD.format(slot.key)], "fallback": ""}
            for slot in self.slots
            if self.cleaned_data.get(FIELD.format(slot.key))
        }
