"""The “When” of a live campaign: what people do that sets it off, as the form asks for it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import (
    CHECKBOX_CLASSES,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.admin.campaigns.event_rows import EventRows, EventRowsField, about_it, event_rows
from campaigns.admin.campaigns.goal_form import GoalForm
from campaigns.audience.segments.given import Known, KnownEvent
from campaigns.audience.segments.knowing import event_names, known_events
from campaigns.planning.occasion import Deed, Mistake, Occasion, mistakes
from campaigns.planning.occasion_document import OccasionError, as_document, read_occasion
from campaigns.planning.occasion_events import happened
from campaigns.planning.schedule_words import WEEKDAYS
from campaigns.planning.units_of_time import UNITS, in_units

WHEN_LIVE = "live"
NEVER_AGAIN = "never"
LONGEST = 1_000_000  # of a unit: more than any span that is allowed, and less than breaks one
OCCASION_FIELDS = (
    *("did_event", "did_where", "delay", "delay_unit", "unless_event", "unless_where"),
    *("again", "again_unit", "on_weekdays", "since", "hours_until"),
)
# Where the form says what is wrong with a part.
FIELD_OF = {"until": "hours_until"}
CHOOSE = "Choose what people do."
HOW_OFTEN = "Say after how long, or choose “never”."


def _menu(label: str, choices: list[tuple[str, str]], **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=UnfoldAdminSelectWidget, **more
    )


def _number(label: str, **more: Any) -> forms.IntegerField:
    widget = UnfoldAdminTextInputWidget(attrs={"type": "number", "min": "0"})
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=LONGEST, widget=widget, **more
    )


def _time(label: str) -> forms.TimeField:
    widget = UnfoldAdminTextInputWidget(attrs={"type": "time"})
    return forms.TimeField(label=label, required=False, widget=widget)


class OccasionForm(GoalForm):
    did_event = _menu(
        "When somebody did",
        [],
        help_text="What your shop or app tells Kabootar of people: Audience › Custom events.",
    )
    did_where = EventRowsField(label="Only where", required=False)
    delay = _number("How long after it", initial=0, help_text="0 is at once; 90 days at most.")
    delay_unit = _menu(
        "Minutes, hours or days",
        [(unit, unit.capitalize()) for unit in UNITS],
        initial="hours",
    )
    unless_event = _menu(
        "Only if they did not do meanwhile",
        [],
        help_text="Whoever did it since gets nothing, also while their message waits.",
    )
    unless_where = EventRowsField(label="Only where", required=False)
    again = _number("The same person again, at the earliest after", initial=1)
    again_unit = _menu(
        "Hours, days or never",
        [("days", "Days"), ("hours", "Hours"), (NEVER_AGAIN, "Never again")],
        initial="days",
    )
    on_weekdays = forms.MultipleChoiceField(
        label="Only on",
        choices=[(str(number), name) for number, name in enumerate(WEEKDAYS, 1)],
        required=False,
        initial=[str(number) for number in range(1, 8)],
        widget=forms.CheckboxSelectMultiple(attrs={"class": " ".join(CHECKBOX_CLASSES)}),
    )
    since = _time("Only from")
    hours_until = _time("Only until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._was_live = self.instance.is_live
        for name, value in self._saved_occasion().items():
            self.initial.setdefault(name, value)
        self._offer_occasion_events()

    def _saved_occasion(self) -> Mapping[str, Any]:
        """Nothing of what can't be read any more."""
        try:
            occasion = read_occasion(self.instance.occasion)
        except OccasionError:
            return {}
        delay, delay_unit = in_units(occasion.delay)
        again, again_unit = (1, NEVER_AGAIN) if not occasion.again else in_units(occasion.again)
        return {
            "did_event": occasion.did.event,
            "did_where": list(occasion.did.where),
            "delay": delay,
            "delay_unit": delay_unit,
            "unless_event": occasion.unless.event if occasion.unless else "",
            "unless_where": list(occasion.unless.where) if occasion.unless else [],
            "again": again,
            "again_unit": again_unit,
            "on_weekdays": [str(day) for day in sorted(occasion.weekdays)],
            "since": occasion.since,
            "hours_until": occasion.until,
        }

    def _offer_occasion_events(self) -> None:
        menus = {"did_event": "Choose an event", "unless_event": "Nothing"}
        kept = [str(self.initial.get(field) or "") for field in menus]
        names = event_names(self.project, *kept) if self.project else []
        for field, none in menus.items():
            menu: Any = self.fields[field]
            menu.choices = [("", none), *((name, name) for name in names)]

    @property
    def offers_events(self) -> bool:
        menu: Any = self.fields["did_event"]
        return len(menu.choices) > 1

    @property
    def did_rows(self) -> EventRows:
        return self._rows("did")

    @property
    def unless_rows(self) -> EventRows:
        return self._rows("unless")

    def _rows(self, side: str) -> EventRows:
        name = str(self[f"{side}_event"].value() or "")
        where = self[f"{side}_where"].value() or []
        return event_rows(f"{side}_where", where, self.event_called(name))

    def event_called(self, name: str) -> KnownEvent:
        """One of those that are chosen."""
        return self._events.events.get(name, KnownEvent(0))

    @property
    def _events(self) -> Known:
        """Of what is chosen now, typed or saved."""
        names = {str(self[name].value() or "") for name in ("did_event", "unless_event")}
        readable = {name for name in names if name and "\0" not in name}
        return known_events(self.project, readable) if self.project else Known()

    @property
    def changed_data(self) -> list[str]:
        """What one that is not live has in fields that nobody sees says nothing."""
        changed: list[str] = super().changed_data
        if self._was_live or self.is_about_live:
            return changed
        return [name for name in changed if name not in OCCASION_FIELDS]

    @property
    def is_about_live(self) -> bool:
        return bool(self.data.get("when") == WHEN_LIVE)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.is_about_live:
            for name in OCCASION_FIELDS:  # nobody would see what is wrong there
                self.errors.pop(name, None)
            self.instance.occasion = None
        else:
            self.instance.occasion = self._occasion_document()
        return cleaned

    def _occasion_document(self) -> dict[str, Any] | None:
        """None where something is missing or wrong, which its field says."""
        typed = self.cleaned_data
        if not typed.get("did_event") and "did_event" not in self.errors:
            return None  # not chosen yet: the section says so
        if typed.get("again") is None and typed.get("again_unit") != NEVER_AGAIN:
            self.add_error("again", HOW_OFTEN)
        if any(name in self.errors for name in OCCASION_FIELDS):
            return None
        occasion = self._occasion()
        for mistake in [*mistakes(occasion), *self._about_rows(occasion)]:
            self.add_error(FIELD_OF.get(mistake.field, mistake.field), mistake.words)
        if any(name in self.errors for name in OCCASION_FIELDS):
            return None
        return as_document(occasion)

    def _occasion(self) -> Occasion:
        typed, known = self.cleaned_data, self._events
        unless = typed.get("unless_event")
        again_unit = typed.get("again_unit") or "days"
        never = again_unit == NEVER_AGAIN
        return Occasion(
            did=self._deed("did", known),
            delay=(typed.get("delay") or 0) * UNITS[typed.get("delay_unit") or "hours"],
            unless=self._deed("unless", known) if unless else None,
            again=None if never else typed["again"] * UNITS[again_unit],
            weekdays=frozenset(int(day) for day in typed["on_weekdays"]),
            since=_to_the_minute(typed.get("since")),
            until=_to_the_minute(typed.get("hours_until")),
        )

    def _deed(self, side: str, known: Known) -> Deed:
        name = self.cleaned_data[f"{side}_event"]
        event = known.events.get(name, KnownEvent(0))
        return Deed(name, tuple(about_it(self.cleaned_data[f"{side}_where"] or [], event)))

    def _about_rows(self, occasion: Occasion) -> list[Mistake]:
        """What a rule would say of them."""
        found = []
        for side, deed in (("did", occasion.did), ("unless", occasion.unless)):
            try:
                if deed is not None:
                    happened(deed, self._events)
            except OccasionError as refused:
                found.append(Mistake(f"{side}_where", str(refused)))
        return found


def _to_the_minute(at: Any) -> Any:
    return at and at.replace(second=0, microsecond=0)
