"""A day and time that somebody types, in the project's zone."""

from datetime import datetime

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

# Near the calendar's ends PostgreSQL keeps moments that Python can't read back: one such row, and
# no list with it can be shown any more.
FIRST_YEAR, LAST_YEAR = 2000, 2100


class MomentField(forms.DateTimeField):
    widget = UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"})

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise forms.ValidationError(f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.")
