"""A day and time that somebody types, in the project's zone.

Where the clocks change, a time comes twice or not at all: then the field offers what can be meant.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from unfold.widgets import UnfoldAdminTextInputWidget

# Near the calendar's ends PostgreSQL keeps moments that Python can't read back: one such row, and
# no list with it can be shown any more.
FIRST_YEAR, LAST_YEAR = 2000, 2100
FIRST, SECOND, NEXT = "first", "second", "next"
WORDS = {
    FIRST: "The first {typed}, before the clocks go back",
    SECOND: "The second {typed}, an hour or so later",
    NEXT: "{at}, the next time that there is",
}
CHOSEN = "|"  # between what was typed and which reading of it was chosen
LONGEST_GAP = 24 * 60  # minutes


class MomentInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    template_name = "campaigns/moment_input.html"

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        chosen = data.get(_reading_name(name))
        return f"{typed}{CHOSEN}{chosen}" if typed and chosen else typed

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        typed, _, chosen = str(value or "").partition(CHOSEN)
        context = super().get_context(name, typed, attrs)
        offered = {"name": _reading_name(name), "options": _options(typed), "chosen": chosen}
        return {**context, "readings": offered}


class MomentField(forms.DateTimeField):
    widget = MomentInput

    def to_python(self, value: Any) -> datetime | None:
        typed, _, chosen = value.partition(CHOSEN) if isinstance(value, str) else (value, "", "")
        try:
            return super().to_python(typed)
        except forms.ValidationError as problem:
            naive = (problem.params or {}).get("datetime")
            if problem.code != "ambiguous_timezone" or naive is None:
                raise
            meant = _readings(naive)
            if chosen not in meant:
                raise forms.ValidationError(_clocks_change(naive, meant)) from None
            return meant[chosen].astimezone(UTC)

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise forms.ValidationError(f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.")


def as_typed(at: datetime) -> str:
    """What the field shows of a moment that was saved."""
    local = timezone.localtime(at)
    typed = f"{local:%Y-%m-%dT%H:%M}"
    is_twice = _readings(local.replace(tzinfo=None, fold=0))
    return f"{typed}{CHOSEN}{SECOND if local.fold else FIRST}" if is_twice else typed


def _readings(typed: datetime) -> dict[str, datetime]:
    """What can be meant where the clocks change; empty where it is one moment."""
    zone = timezone.get_current_timezone()
    first, second = (typed.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return {}
    if _is_there(first):
        return {FIRST: first, SECOND: second}
    minutes = (first.replace(second=0) + timedelta(minutes=n) for n in range(LONGEST_GAP + 1))
    return {NEXT: next(at for at in minutes if _is_there(at))}


def _is_there(at: datetime) -> bool:
    there_and_back = at.astimezone(UTC).astimezone(at.tzinfo)
    return there_and_back.replace(tzinfo=None) == at.replace(tzinfo=None)


def _options(typed: str) -> list[tuple[str, str]]:
    try:
        naive = parse_datetime(typed)
    except ValueError:
        return []
    if naive is None or naive.tzinfo:
        return []
    return [
        (name, WORDS[name].format(typed=f"{naive:%H:%M}", at=f"{at:%H:%M}"))
        for name, at in _readings(naive).items()
    ]


def _clocks_change(typed: datetime, meant: dict[str, datetime]) -> str:
    if NEXT in meant:
        why = "does not exist that day: the clocks go forward"
        return f"{typed:%H:%M} {why}. Choose {meant[NEXT]:%H:%M} above, or another time."
    return f"{typed:%H:%M} comes twice that day: the clocks go back. Choose above which is meant."


def _reading_name(name: str) -> str:
    return f"{name}_reading"
