"""A choice of three: yes, no, and that nobody knows yet, which is None in the row."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminRadioSelectWidget


class YesNoUnknownField(forms.TypedChoiceField):
    def __init__(self, *, yes: str, no: str, unknown: str, **kwargs: Any) -> None:
        super().__init__(
            choices=[("", unknown), ("true", yes), ("false", no)],
            coerce=lambda value: value == "true",
            empty_value=None,
            required=False,
            widget=UnfoldAdminRadioSelectWidget,
            **kwargs,
        )


def as_choice(value: bool | None) -> str:
    """How a row's value stands in a form's initial ones."""
    return "" if value is None else str(value).lower()
