"""Django's stock sentences about a field, said in ours: they name the field and the way out.

Every form of the console has it mixed in. What a form or a field says in words of its own stays.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

_GONE = "{name}: what was chosen is not there (any more). Choose again."
_CHOOSE = {"required": "{name} is missing. Choose one.", "invalid_choice": _GONE}
_CHOOSE_SOME = {
    "required": "{name} is missing. Choose at least one.",
    "invalid_choice": _GONE,
    "invalid_list": _GONE,
    "invalid_pk_value": _GONE,
}
_FILE = {
    "required": "{name} is missing. Choose a file.",
    "invalid": "{name} did not get here. Choose the file again.",
    "missing": "{name} did not get here. Choose the file again.",
    "empty": "{name} is an empty file. Choose another.",
}
# The narrowest type has the last word.
SENTENCES: Mapping[type[forms.Field], Mapping[str, str]] = {
    forms.Field: {"required": "{name} is missing. Fill it in."},
    forms.CharField: {
        "max_length": "{name} is too long: %(show_value)d characters, and %(limit_value)d fit.",
        "min_length": "{name} is too short: it needs %(limit_value)d characters or more.",
    },
    forms.IntegerField: {
        "invalid": "{name} has to be a whole number, like 20.",
        "min_value": "{name} has to be %(limit_value)s or more.",
        "max_value": "{name} has to be %(limit_value)s or less.",
    },
    forms.FloatField: {"invalid": "{name} has to be a number, like 12.5."},
    forms.DecimalField: {"invalid": "{name} has to be a number, like 12.5."},
    forms.DateField: {"invalid": "{name} has to be a day, like 2026-12-31."},
    forms.TimeField: {"invalid": "{name} has to be a time, like 21:00."},
    forms.DateTimeField: {"invalid": "{name} has to be a day and time, like 2026-12-31 18:00."},
    forms.EmailField: {"invalid": "{name} is no e-mail address. It looks like name@example.com."},
    forms.URLField: {"invalid": "{name} is no address. It begins with https://."},
    forms.BooleanField: {"required": "Tick {name} to go on."},
    forms.ChoiceField: _CHOOSE,
    forms.ModelChoiceField: _CHOOSE,
    forms.MultipleChoiceField: _CHOOSE_SOME,
    forms.ModelMultipleChoiceField: _CHOOSE_SOME,
    forms.FileField: _FILE,
}
# Django fills in what was typed, so a percent sign of the label has to be written twice.
_FILLED_IN = {
    *("max_length", "min_length", "min_value", "max_value"),
    *("invalid_choice", "invalid_pk_value"),
}


class PlainErrors:
    """Mixed into a form, before Django's own class."""

    def full_clean(self) -> None:
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            label = str(self[name].label)  # type: ignore[index]
            field.error_messages.update(_ours(field, f"“{label}”" if label else "This"))
        super().full_clean()  # type: ignore[misc]


class PlainForm(PlainErrors, forms.Form):
    pass


class PlainModelForm(PlainErrors, forms.ModelForm):  # type: ignore[type-arg]
    pass


def _ours(field: forms.Field, name: str) -> Iterator[tuple[str, str]]:
    sentences: dict[str, str] = {}
    stock: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        sentences |= SENTENCES.get(kind, {})
        if kind.__module__.startswith("django."):
            stock |= getattr(kind, "default_error_messages", {})
    for code, sentence in sentences.items():
        said = field.error_messages.get(code)
        if said is None or said is stock.get(code):
            shown = name.replace("%", "%%") if code in _FILLED_IN else name
            yield code, sentence.replace("{name}", shown)
