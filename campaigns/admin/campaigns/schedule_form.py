"""The “When” of a campaign that recurs: its days, as the form asks for them."""

from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    CHECKBOX_CLASSES,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.admin.campaigns.occasion_form import WHEN_LIVE, OccasionForm
from campaigns.models import CampaignKind, OwnTime
from campaigns.planning.planned_dates import schedule_of
from campaigns.planning.schedule import LAST_DAY, MOST_AGAIN, MOST_TIMES, Every, Schedule, mistakes
from campaigns.planning.schedule_document import ScheduleError, as_document
from campaigns.planning.schedule_words import WEEKDAYS

RECURRING = "recurring"
KINDS = {RECURRING: CampaignKind.RECURRING, WHEN_LIVE: CampaignKind.LIVE}
NEVER, UNTIL, TIMES = "never", "until", "times"
OWN_FIELDS = (
    *("every", "n", "weekdays", "month_day", "at", "starts_on", "ending", "until", "times"),
    *("again_days", "sends_late", "whose_dates"),
)
MONTH_DAYS = [
    *((str(day), str(day)) for day in range(1, LAST_DAY)),
    (str(LAST_DAY), "the last day"),
]


def _typed_as(kind: str, **attributes: str) -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"type": kind, **attributes})


def _one_of(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=False,
        initial=choices[0][0],
        widget=UnfoldAdminRadioSelectWidget,
    )


class ScheduleForm(OccasionForm):
    every = _one_of(
        "Repeats by",
        [(Every.WEEK, "Weeks"), (Every.DAY, "Days"), (Every.MONTH, "Months")],
    )
    n = forms.IntegerField(
        label="Every",
        required=False,
        initial=1,
        widget=_typed_as("number", min="1", max="365"),
        help_text="1 is every day, week or month; 2 is every other one.",
    )
    weekdays = forms.MultipleChoiceField(
        label="On",
        choices=[(str(number), name) for number, name in enumerate(WEEKDAYS, 1)],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": " ".join(CHECKBOX_CLASSES)}),
    )
    month_day = forms.ChoiceField(
        label="On day",
        choices=MONTH_DAYS,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="A month that is shorter has it on its last day.",
    )
    at = forms.TimeField(label="At", required=False, widget=_typed_as("time"))
    whose_dates = _one_of(
        "Whose time that is",
        [
            (OwnTime.NO, "The project's: everybody's turn comes at the same moment"),
            (OwnTime.LEAVE_OUT, "Each person's own, by the time zone in their profile"),
        ],
    )
    starts_on = forms.DateField(label="From", required=False, widget=_typed_as("date"))
    ending = _one_of(
        "Ends",
        [(NEVER, "When somebody stops it"), (UNTIL, "After a day"), (TIMES, "After so many times")],
    )
    until = forms.DateField(label="The last day", required=False, widget=_typed_as("date"))
    times = forms.IntegerField(
        label="How many times",
        required=False,
        widget=_typed_as("number", min="1", max=str(MOST_TIMES)),
        help_text="A date that is skipped counts, too.",
    )
    again_days = forms.IntegerField(
        label="Nobody again within so many days",
        required=False,
        widget=_typed_as("number", min="1", max=str(MOST_AGAIN)),
        help_text="Empty: whoever is in the audience gets it each time. 3650 is ten years: nobody "
        "gets it twice.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._was_recurring = self.instance.recurs
        for name, value in self._saved_days().items():
            self.initial.setdefault(name, value)

    def _saved_days(self) -> dict[str, Any]:
        try:
            schedule = schedule_of(self.instance)
        except ScheduleError:
            schedule = None
        if schedule is None:
            return {"starts_on": timezone.localdate()}
        return {
            "every": schedule.every.value,
            "whose_dates": OwnTime.LEAVE_OUT if self.instance.own_time else OwnTime.NO,
            "n": schedule.n,
            "weekdays": [str(day) for day in sorted(schedule.weekdays)],
            "month_day": str(schedule.month_day or 1),
            "at": schedule.at,
            "starts_on": schedule.starts_on,
            "ending": UNTIL if schedule.until else TIMES if schedule.times else NEVER,
            "until": schedule.until,
            "times": schedule.times,
            "again_days": schedule.again_days,
        }

    @property
    def changed_data(self) -> list[str]:
        """What a campaign that goes out once has in fields that nobody sees says nothing."""
        changed: list[str] = super().changed_data
        if self._was_recurring or self._is_recurring:
            return changed
        return [name for name in changed if name not in OWN_FIELDS]

    @property
    def _is_recurring(self) -> bool:
        return bool(self.data.get("when") == RECURRING)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name in self._hidden():  # nobody would see what is wrong there
            self.errors.pop(name, None)
        recurs = self._is_recurring
        self.instance.kind = KINDS.get(self.data.get("when", ""), CampaignKind.ONCE)
        self.instance.schedule = self._document() if recurs else None
        return cleaned

    def _hidden(self) -> list[str]:
        if not self._is_recurring:
            return list(OWN_FIELDS)
        every, ending = self.cleaned_data.get("every"), self.cleaned_data.get("ending")
        belongs = {"weekdays": every in ("", Every.WEEK), "month_day": every == Every.MONTH}
        belongs |= {"until": ending == UNTIL, "times": ending == TIMES}
        return [name for name, is_shown in belongs.items() if not is_shown]

    def _document(self) -> dict[str, Any] | None:
        """None where something is missing or wrong, which its field says."""
        for name in self._lacking():
            self.add_error(name, LACKING[name])
        if any(name in self.errors for name in OWN_FIELDS):
            return None
        schedule = self._schedule()
        found = mistakes(schedule)
        for mistake in found:
            self.add_error(mistake.field, mistake.words)
        return None if found else as_document(schedule)

    def _lacking(self) -> list[str]:
        ending = self.cleaned_data.get("ending")
        wanted = {"at": True, "until": ending == UNTIL, "times": ending == TIMES}
        return [
            name
            for name, is_wanted in wanted.items()
            if is_wanted and name not in self.errors and self.cleaned_data.get(name) is None
        ]

    def _schedule(self) -> Schedule:
        """Without what belongs to another rhythm or end than the one that is chosen."""
        typed = self.cleaned_data
        every = Every(typed["every"] or Every.WEEK)
        days = typed["weekdays"] if every == Every.WEEK else ()
        return Schedule(
            every=every,
            n=1 if typed["n"] is None else typed["n"],
            weekdays=frozenset(int(day) for day in days),
            month_day=int(typed["month_day"] or 1) if every == Every.MONTH else None,
            at=typed["at"].replace(second=0, microsecond=0),
            starts_on=typed["starts_on"] or timezone.localdate(),
            until=typed["until"] if typed["ending"] == UNTIL else None,
            times=typed["times"] if typed["ending"] == TIMES else None,
            again_days=typed["again_days"],
        )


LACKING = {
    "at": "Choose the time of the day.",
    "until": "Choose the last day, or another end.",
    "times": "Say how many times, or choose another end.",
}
