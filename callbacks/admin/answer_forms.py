"""What is written into the inbox's boxes: a free text, or a template with its values."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from providers.admin.row_numbers import row_number
from providers.gateway.requests import LONGEST_TEXT
from providers.models import Project
from providers.views.plain_errors import PlainForm
from templates_app.admin.picker import TemplateChoiceField
from templates_app.models import Template, TemplateVersion
from templates_app.rendering.checking import check_values
from templates_app.rendering.variants import slots_of
from templates_app.rules.problems import errors_in
from templates_app.values.media_links import own_file_of
from templates_app.values.slots import Slot

FIELD = "value-{}"


class TextAnswerForm(PlainForm):
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


class TemplateAnswerForm(PlainForm):
    """With a field for each placeholder of the template that is chosen."""

    template = TemplateChoiceField(
        empty_label="Choose an approved template …",
        error_messages={
            "required": "Choose a template.",
            "invalid_choice": "This template is not approved any more: choose another one.",
        },
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        approved = Template.objects.sendable().filter(project=project, current__isnull=False)
        template: Any = self.fields["template"]
        template.queryset = approved.select_related("current").order_by("name")
        self.version = self._version(approved)
        self.slots = list(slots_of(self.version)) if self.version else []
        for slot in self.slots:
            self.fields[FIELD.format(slot.key)] = forms.CharField(
                label=slot.label,
                max_length=slot.max_length,
                required=slot.required,
                initial=own_file_of(slot),
                help_text=f"Like {slot.sample}" if slot.sample and not slot.media else "",
                error_messages={"required": f"Fill in “{slot.label}”."},
                widget=forms.TextInput(attrs={"class": "kcb-payload"}),
            )

    def clean(self) -> dict[str, Any]:
        """What can't be sent stands beside its field."""
        cleaned = super().clean() or {}
        if self.version is not None and not self.errors:
            for problem in errors_in(check_values(self.version, self.values())):
                self.add_error(FIELD.format(problem.place), problem.message)
        return cleaned

    def _version(self, approved: Any) -> TemplateVersion | None:
        chosen = row_number(str(self["template"].value() or ""))
        rows = approved.select_related("current__template__project")
        template = rows.filter(pk=chosen).first()
        return template.current if template else None

    @property
    def slot_fields(self) -> list[tuple[Slot, forms.BoundField]]:
        return [(slot, self[FIELD.format(slot.key)]) for slot in self.slots]

    @property
    def has_choices(self) -> bool:
        field: Any = self.fields["template"]
        return bool(field.queryset.exists())

    def values(self) -> dict[str, object]:
        """As a variant's, once they are valid."""
        return _as_values(self.slots, self.cleaned_data)

    def written(self) -> dict[str, object]:
        """As a variant's, valid or not: what the fields show."""
        shown = {field.name: field.value() for _, field in self.slot_fields}
        return values_in(shown, self.version) if self.version else {}


def values_in(posted: Mapping[str, Any], version: TemplateVersion) -> dict[str, object]:
    """What stands in the fields, before anybody has judged it."""
    names = [FIELD.format(slot.key) for slot in slots_of(version)]
    texts = {name: str(posted.get(name) or "")[:LONGEST_TEXT].replace("\x00", "") for name in names}
    return _as_values(slots_of(version), texts)


def _as_values(slots: Iterable[Slot], texts: Mapping[str, Any]) -> dict[str, object]:
    return {
        slot.key: {"text": text, "fallback": ""}
        for slot in slots
        if (text := texts.get(FIELD.format(slot.key)))
    }
