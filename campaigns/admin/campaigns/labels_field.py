"""The field for a campaign's labels: a line of words with commas between them."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns.planning.labelling import LabelError, read_labels


class LabelsField(forms.Field):
    def __init__(self) -> None:
        super().__init__(
            label="Labels",
            required=False,
            widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "maxlength": "500"}),
            help_text="Words by which you find it again, with commas between them. Leave it empty "
            "for none.",
        )

    def prepare_value(self, value: Any) -> Any:
        """As it is typed, also before there is any."""
        return value if isinstance(value, str) else ", ".join(value or ())

    def to_python(self, value: Any) -> list[str]:
        try:
            return read_labels(str(value or ""))
        except LabelError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
