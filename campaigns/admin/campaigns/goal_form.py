"""The goal of a campaign, as its form asks for it: an event, what must hold of it, and a time."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, cast

from django import forms
from django.http import QueryDict
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from campaigns.admin.campaigns.audience_form import AudienceForm
from campaigns.admin.campaigns.event_rows import EventRows, EventRowsField, about_it, event_rows
from campaigns.audience.segments.given import KnownEvent
from campaigns.audience.segments.knowing import event_names
from campaigns.models import Campaign, PropertyType
from campaigns.planning.goal_document import (
    DEFAULT_WITHIN,
    LONGEST_NAME,
    GoalError,
    read_goal,
)
from campaigns.planning.goals import known_to
from campaigns.planning.units_of_time import UNITS, in_units

GOAL_FIELDS = (
    *("goal_event", "goal_where", "goal_within", "goal_unit"),
    *("goal_value", "goal_currency", "goal_currency_property"),
)
# Where the form says what is wrong with a part of the document.
FIELD_OF = {
    "event": "goal_event",
    "where": "goal_where",
    "minutes": "goal_within",
    "value": "goal_value",
    "currency": "goal_currency",
    "currency_property": "goal_currency_property",
}


def _menu(label: str, *, help_text: str = "") -> forms.CharField:
    """What it offers depends on the event, so reading the document looks at what was chosen."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_NAME,
        widget=UnfoldAdminSelectWidget,
        help_text=help_text,
    )


class GoalForm(AudienceForm):
    goal_event = forms.ChoiceField(
        label="Event to bring about",
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="What your shop or app tells Kabootar of people: see Audience › Custom events.",
    )
    goal_where = EventRowsField(label="Only where", required=False)
    goal_within = forms.IntegerField(
        label="Within",
        required=False,
        initial=in_units(DEFAULT_WITHIN)[0],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "number", "min": "1"}),
        help_text="From the message on; at the most five months, which are 150 days.",
    )
    goal_unit = forms.ChoiceField(
        label="Minutes, hours or days",
        required=False,
        choices=[(unit, unit.capitalize()) for unit in UNITS],
        initial=in_units(DEFAULT_WITHIN)[1],
        widget=UnfoldAdminSelectWidget,
    )
    goal_value = _menu(
        "Add up", help_text="A number in the event, like the amount of an order. May stay empty."
    )
    goal_currency = forms.CharField(
        label="Its currency",
        required=False,
        max_length=3,
        widget=UnfoldAdminTextInputWidget(attrs={"maxlength": "3", "size": "5"}),
        help_text="Three letters, like INR. May stay empty.",
    )
    goal_currency_property = _menu(
        "Or the property that names it",
        help_text="Where it names none, the currency beside counts.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._had_goal = self.instance.goal is not None
        for name, value in _initial(self.instance).items():
            self.initial.setdefault(name, value)
        self._say_how_long()
        self._offer_events()
        self._offer_properties_of_event()

    @property
    def has_goal(self) -> bool:
        """Is there anything to see in the part that is folded away?"""
        return bool(self["goal_event"].value() or any(name in self.errors for name in GOAL_FIELDS))

    @property
    def offers_goals(self) -> bool:
        offered: Any = self.fields["goal_event"]
        return len(offered.choices) > 1

    def _say_how_long(self) -> None:
        """Before an event is chosen nobody is asked for it, so it is as long as usual then."""
        if self.is_bound and "goal_within" not in self.data:
            data = cast("QueryDict", self.data).copy()
            data["goal_within"], data["goal_unit"] = map(str, in_units(DEFAULT_WITHIN))
            self.data = data

    def forgive(self) -> None:
        """What was not typed yet is nobody's mistake."""
        for name in GOAL_FIELDS:
            self.errors.pop(name, None)

    def _offer_events(self) -> None:
        shown: Any = self.fields["goal_event"]
        kept = str(self.initial.get("goal_event") or "")
        names = event_names(self.project, kept) if self.project else []
        shown.choices = [("", "No goal"), *((name, name) for name in names)]

    def _offer_properties_of_event(self) -> None:
        properties = self._goal_kind.properties
        numbers = {name for name, kind in properties if kind == PropertyType.NUMBER}
        texts = {name for name, kind in properties if kind == PropertyType.TEXT}
        self._offer("goal_value", "Nothing", [*sorted(numbers), *sorted(texts - numbers)])
        self._offer("goal_currency_property", "None", sorted(texts))

    def _offer(self, field: str, none: str, names: Iterable[str]) -> None:
        self.fields[field].widget.choices = [("", none), *((name, name) for name in names)]

    @cached_property
    def _goal_kind(self) -> KnownEvent:
        """That is chosen now, typed or saved."""
        name = str(self["goal_event"].value() or "")
        if self.project is None or not name or "\0" in name:
            return KnownEvent(0)
        chosen = Campaign(project=self.project, goal={"event": name})
        return known_to(chosen).events.get(name, KnownEvent(0))

    @property
    def goal_rows(self) -> EventRows:
        return event_rows("goal_where", self["goal_where"].value() or [], self._goal_kind)

    @property
    def changed_data(self) -> list[str]:
        """What stands beside a goal that is none says nothing."""
        changed: list[str] = super().changed_data
        if self._had_goal or self.data.get("goal_event"):
            return changed
        return [name for name in changed if name not in GOAL_FIELDS]

    def clean_goal_currency(self) -> str:
        return str(self.cleaned_data.get("goal_currency", "")).strip().upper()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.data.get("goal_event"):
            self.forgive()  # nobody would see what is wrong there
            self.instance.goal = None
        elif not any(name in self.errors for name in GOAL_FIELDS):
            self.instance.goal = self._checked_goal(self._goal_document())
        return cleaned

    def _checked_goal(self, document: dict[str, Any]) -> dict[str, Any] | None:
        asked = Campaign(project=self.project, goal=document)
        try:
            read_goal(document, known_to(asked))
        except GoalError as error:
            for part, words in error.fields.items():
                self.add_error(FIELD_OF[part], words)
            return None
        return document

    def _goal_document(self) -> dict[str, Any]:
        """Without what it does not say."""
        typed = self.cleaned_data
        within, unit = typed.get("goal_within"), typed.get("goal_unit") or "days"
        said = {
            "event": typed["goal_event"],
            "where": list(about_it(typed.get("goal_where") or [], self._goal_kind)),
            "minutes": None if within is None else within * (UNITS[unit] // UNITS["minutes"]),
            "value": typed.get("goal_value"),
        }
        if said["value"]:
            said["currency"] = typed.get("goal_currency")
            said["currency_property"] = typed.get("goal_currency_property")
        return {name: value for name, value in said.items() if value or name == "minutes"}


def _initial(campaign: Campaign) -> dict[str, Any]:
    """Of a goal that can't be read any more, what can."""
    goal = campaign.goal if isinstance(campaign.goal, dict) else {}
    said = {FIELD_OF[name]: goal[name] for name in FIELD_OF if name in goal}
    minutes = said.pop("goal_within", None)
    if isinstance(minutes, int) and minutes > 0:
        said["goal_within"], said["goal_unit"] = in_units(minutes * UNITS["minutes"])
    return said
