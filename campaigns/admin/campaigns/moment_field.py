"""A day and time that somebody types, in the project's zone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

# Near the calendar's ends PostgreSQL keeps moments that Python can't read back: one such row, and
# no list with it can be shown any more.
FIRST_YEAR, LAST_YEAR = 2000, 2100


class MomentField(forms.DateTimeField):
    widget = UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as problem:
            typed = (problem.params or {}).get("datetime")
            if problem.code != "ambiguous_timezone" or typed is None:
                raise
            raise forms.ValidationError(_clocks_change(typed)) from None

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise forms.ValidationError(f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.")


def _clocks_change(typed: datetime) -> str:
    """An hour before and after it there is one reading."""
    zone = timezone.get_current_timezone()
    there_and_back = typed.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    is_there = there_and_back.replace(tzinfo=None) == typed
    why = (
        "comes twice that day: the clocks go back"
        if is_there
        else ("does not exist that day: the clocks go forward")
    )
    before, after = (f"{typed + timedelta(hours=hours):%H:%M}" for hours in (-1, 1))
    return f"{typed:%H:%M} {why}. Choose {before} or {after}."
