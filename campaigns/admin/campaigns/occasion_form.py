"""The “When” of a live campaign: what sets it off, as the form asks for it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import (
    CHECKBOX_CLASSES,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.admin.campaigns.event_rows import EventRows, EventRowsField, about_it, event_rows
from campaigns.admin.campaigns.goal_form import GoalForm
from campaigns.audience.segments.given import Known, KnownEvent
from campaigns.audience.segments.knowing import event_names, known_events
from campaigns.models import Campaign, EventName, Segment
from campaigns.planning.occasion import Deed, Entry, Mistake, Occasion, mistakes
from campaigns.planning.occasion_document import OccasionError, as_document, read_occasion
from campaigns.planning.occasion_events import happened, with_messages
from campaigns.planning.occasion_words import COMPARED
from campaigns.planning.schedule_words import WEEKDAYS
from campaigns.planning.units_of_time import UNITS, in_units

WHEN_LIVE = "live"
NEVER_AGAIN = "never"
LONGEST = 1_000_000  # of a unit: more than any span that is allowed, and less than breaks one
OCCASION_FIELDS = (
    *("begins", "did_event", "did_where", "entered", "became", "became_of"),
    *("delay", "delay_unit", "unless_event", "unless_of", "unless_where"),
    *("again", "again_unit", "on_weekdays", "since", "hours_until"),
)
# Where the form says what is wrong with a part.
FIELD_OF = {"until": "hours_until"}
DOES, ENTERS, BECOMES = "event", "segment", "message"
BECAME = {
    EventName.VIEWED: "They viewed it",
    EventName.CLICKED: "They clicked in it",
    EventName.REPLIED: "They answered it",
    EventName.DELIVERED: "It was delivered",
    EventName.SENT: "It was sent",
}
# Without that nothing sets it off.
ASKED_FOR = {DOES: "did_event", ENTERS: "entered", BECOMES: "became_of"}
MOST_CAMPAIGNS = 200  # the newest
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
    begins = forms.ChoiceField(
        label="What sets it off",
        choices=[
            (DOES, "Somebody does something"),
            (ENTERS, "Somebody comes into a segment"),
            (BECOMES, "A campaign's message is viewed, clicked or answered"),
        ],
        required=False,
        initial=DOES,
        widget=UnfoldAdminRadioSelectWidget,
    )
    entered = _menu(
        "The segment",
        [],
        help_text=COMPARED,
    )
    did_event = _menu(
        "When somebody did",
        [],
        help_text="What your shop or app tells Kabootar of people: Audience › Custom events.",
    )
    did_where = EventRowsField(label="Only where", required=False)
    became = _menu(
        "What became of it",
        [(name.value, words) for name, words in BECAME.items()],
        initial=EventName.VIEWED.value,
    )
    became_of = _menu(
        "The campaign",
        [],
        help_text="Also what becomes now of a message that went out long ago.",
    )
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
    unless_of = _menu("The campaign", [])
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
            **_saved_beginning(occasion),
            "delay": delay,
            "delay_unit": delay_unit,
            "unless_event": occasion.unless.event if occasion.unless else "",
            "unless_of": str(occasion.unless.of or "") if occasion.unless else "",
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
        unless: Any = self.fields["unless_event"]
        fates = [(name.value, words) for name, words in BECAME.items()]
        unless.choices = [*unless.choices, ("What becomes of campaigns' messages", fates)]
        self._offer_segments()
        self._offer_campaigns()

    def _offer_segments(self) -> None:
        segments: Any = self.fields["entered"]
        known = Segment.objects.filter(project=self.project).order_by("name")
        named = known.values_list("pk", "name")
        segments.choices = [("", "Choose a segment"), *((str(pk), name) for pk, name in named)]

    def _offer_campaigns(self) -> None:
        """The newest; also those that are chosen."""
        chosen = [str(self[name].value() or "") for name in ("became_of", "unless_of")]
        kept = [int(one) for one in chosen if one.isascii() and one.isdecimal() and len(one) < 19]
        mine = Campaign.objects.without_versions().filter(project=self.project)
        others = mine.exclude(pk=self.instance.pk).order_by("-pk")
        newest = [*others.values_list("pk", "name")[:MOST_CAMPAIGNS]]
        listed = {**dict(newest), **dict(others.filter(pk__in=kept).values_list("pk", "name"))}
        named = [(str(pk), name) for pk, name in listed.items()]
        became_of: Any = self.fields["became_of"]
        became_of.choices = [("", "Choose a campaign"), *named]
        unless_of: Any = self.fields["unless_of"]
        unless_of.choices = [("", "Any campaign"), *named]

    @property
    def offers_segments(self) -> bool:
        menu: Any = self.fields["entered"]
        return len(menu.choices) > 1

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

    @property
    def did_name(self) -> str:
        """Of the event that sets it off; empty where nothing is chosen yet, or it is none."""
        field = {DOES: "did_event", BECOMES: "became"}.get(self._begins)
        return str(self[field].value() or "") if field else ""

    def _rows(self, side: str) -> EventRows:
        name = self.did_name if side == "did" else str(self["unless_event"].value() or "")
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
        return with_messages(known_events(self.project, readable) if self.project else Known())

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
        chosen = ASKED_FOR[self._begins]
        for other in {*ASKED_FOR.values()} - {chosen}:
            self.errors.pop(other, None)  # nobody would see what is wrong there
        if not typed.get(chosen) and chosen not in self.errors:
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

    @property
    def _begins(self) -> str:
        begins = str(self["begins"].value() or DOES)
        return begins if begins in ASKED_FOR else DOES

    def _beginning(self, known: Known) -> Deed | Entry:
        typed = self.cleaned_data
        if self._begins == ENTERS:
            return Entry(int(typed["entered"]))
        if self._begins == BECOMES:
            name = typed.get("became") or EventName.VIEWED.value
            where = about_it(typed["did_where"] or [], known.events[name])
            return Deed(name, tuple(where), int(typed["became_of"]))
        return self._deed("did", known)

    def _occasion(self) -> Occasion:
        typed, known = self.cleaned_data, self._events
        unless = typed.get("unless_event")
        again_unit = typed.get("again_unit") or "days"
        never = again_unit == NEVER_AGAIN
        return Occasion(
            did=self._beginning(known),
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
        where = tuple(about_it(self.cleaned_data[f"{side}_where"] or [], event))
        of = self.cleaned_data.get("unless_of") if name in BECAME else None
        return Deed(name, where, int(of) if of else None)

    def _about_rows(self, occasion: Occasion) -> list[Mistake]:
        """What a rule would say of them."""
        found = []
        for side, deed in (("did", occasion.did), ("unless", occasion.unless)):
            try:
                if isinstance(deed, Deed):
                    happened(deed, self._events)
            except OccasionError as refused:
                found.append(Mistake(f"{side}_where", str(refused)))
        return found


def _saved_beginning(occasion: Occasion) -> Mapping[str, Any]:
    did = occasion.did
    if isinstance(did, Entry):
        return {"begins": ENTERS, "entered": str(did.segment)}
    if did.of is not None:
        began = {"begins": BECOMES, "became": did.event, "became_of": str(did.of)}
        return {**began, "did_where": list(did.where)}
    return {"begins": DOES, "did_event": did.event, "did_where": list(did.where)}


def _to_the_minute(at: Any) -> Any:
    return at and at.replace(second=0, microsecond=0)
