"""The form of a campaign's draft. What is missing does not keep it from being saved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.http import QueryDict
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.admin.campaigns.labels_field import LabelsField
from campaigns.admin.campaigns.moment_field import MomentField, as_typed
from campaigns.admin.campaigns.occasion_form import DOES, WHEN_LIVE
from campaigns.admin.campaigns.schedule_form import RECURRING, ScheduleForm
from campaigns.admin.campaigns.variant_cards import VariantCard, cards_of, template_field
from campaigns.audience.properties import names_to_choose_by
from campaigns.models import (
    LEAST_CAP,
    LEAST_TESTED,
    LONGEST_TEST,
    Campaign,
    DecidesBy,
    Decision,
    OwnTime,
    QuietAction,
    Variant,
    VariantsBy,
)
from campaigns.planning.drafting import WRITTEN, Written
from campaigns.planning.labelling import as_spelled, labels_of
from campaigns.planning.preflight import Finding, Section, blocking, variants_of
from providers.models import MOST_CONTROL, Provider
from templates_app.models import Status, Template

NOW, LATER = "now", "later"
TIMES = (
    *("starts_at", "own_time", "ends_at"),
    *("cut_off_hours", "quiet_from", "quiet_until", "per_minute"),
)
_TOO_MANY_HELD_BACK = (
    f"A control group is from 1 to {MOST_CONTROL} in a hundred. Leave it empty for none."
)
_NO_TEST = f"A test is for {LEAST_TESTED} to 100 in a hundred: of fewer nobody learns anything."
_NO_HOURS = f"From 1 to {LONGEST_TEST} hours."
_CAP_TOO_SMALL = (
    f"A cap is at least {LEAST_CAP} people. To reach fewer, send to a list of them; leave it empty "
    "for no limit."
)


@dataclass(frozen=True)
class SectionState:
    """A part of the page as its reader sees it: done, or what is missing or wrong."""

    name: Section
    blocking: Sequence[Finding]
    warnings: Sequence[Finding]

    @property
    def is_done(self) -> bool:
        return not self.blocking

    @property
    def is_wrong(self) -> bool:
        return any(finding.is_wrong for finding in self.blocking)


def _number_input(*, least: int, most: int | None = None) -> UnfoldAdminTextInputWidget:
    attributes = {"type": "number", "min": str(least)}
    return UnfoldAdminTextInputWidget(attrs=attributes | ({"max": str(most)} if most else {}))


def _time_input() -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"type": "time"})


class CampaignForm(ScheduleForm):
    labels = LabelsField()
    control_percent = forms.IntegerField(
        label="Control group, in percent",
        required=False,
        min_value=0,
        max_value=MOST_CONTROL,
        error_messages={"max_value": _TOO_MANY_HELD_BACK, "min_value": _TOO_MANY_HELD_BACK},
        widget=_number_input(least=0, most=MOST_CONTROL),
        help_text="So many in a hundred of those who would get it get nothing, so that you can "
        "compare. Chance draws them. Leave it empty for none.",
    )
    most_people = forms.IntegerField(
        label="People, at most",
        required=False,
        min_value=LEAST_CAP,
        max_value=2_000_000_000,
        error_messages={"min_value": _CAP_TOO_SMALL},
        widget=_number_input(least=LEAST_CAP),
        help_text="If more could get it, chance chooses among them, after the control group is "
        "taken out. Leave it empty for no limit.",
    )
    variants_by = forms.ChoiceField(
        label="Who gets what",
        choices=VariantsBy.choices,
        initial=VariantsBy.ONE,
        required=False,
        widget=UnfoldAdminRadioSelectWidget,
    )
    by_property = forms.ChoiceField(
        label="Property", required=False, initial="", widget=UnfoldAdminSelectWidget
    )
    test_percent = forms.IntegerField(
        label="Test, in percent of those who would get it",
        required=False,
        min_value=LEAST_TESTED,
        max_value=100,
        error_messages={"max_value": _NO_TEST, "min_value": _NO_TEST},
        widget=_number_input(least=LEAST_TESTED, most=100),
        help_text="They get the variants in equal parts; chance draws them. The others wait for "
        "the winner. With 100, everybody is in the test.",
    )
    decides_by = forms.ChoiceField(
        label="The better one is the one that more people",
        required=False,
        choices=DecidesBy.choices,
        initial=DecidesBy.VIEWED,
        widget=UnfoldAdminSelectWidget,
    )
    decides_after = forms.IntegerField(
        label="Chosen after so many hours",
        required=False,
        min_value=1,
        max_value=LONGEST_TEST,
        error_messages={"max_value": _NO_HOURS, "min_value": _NO_HOURS},
        widget=_number_input(least=1, most=LONGEST_TEST),
        help_text="From the start. People view a message for a day; before an hour has passed, few "
        "have.",
    )
    decision = forms.ChoiceField(
        label="What the others get then",
        required=False,
        choices=Decision.choices,
        initial=Decision.FIRST,
        widget=UnfoldAdminRadioSelectWidget,
    )
    template = template_field()
    when = forms.ChoiceField(
        label="When it goes out",
        choices=[
            (NOW, "As soon as it is published"),
            (LATER, "At a set time"),
            (RECURRING, "Again and again, on days of a calendar"),
            (WHEN_LIVE, "When something happens, to each person by themselves"),
        ],
        initial=NOW,
        widget=UnfoldAdminRadioSelectWidget,
    )
    starts_at = MomentField(label="Day and time", required=False)
    own_time = forms.ChoiceField(
        label="Whose time that is",
        choices=OwnTime.choices,
        required=False,
        initial=OwnTime.NO,
        widget=UnfoldAdminRadioSelectWidget,
        help_text="A person's time zone stands in their profile. Whoever has none gets it by the "
        "project's.",
    )
    ends_at = MomentField(
        label="End",
        required=False,
        help_text="Who has not got it by then doesn't get it any more. Leave it empty for no end.",
    )
    cut_off_hours = forms.IntegerField(
        label="Cut-off, in hours from the start",
        required=False,
        min_value=1,
        max_value=720,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "number", "min": "1", "max": "720"}),
        help_text="Who still waits then is left out, also when it starts late or was paused "
        "meanwhile. A second try has its own hours. Leave it empty for none.",
    )
    quiet_from = forms.TimeField(label="Quiet from", required=False, widget=_time_input())
    quiet_until = forms.TimeField(label="Quiet until", required=False, widget=_time_input())
    quiet_action = forms.ChoiceField(
        label="When somebody's turn comes in quiet hours",
        required=False,
        choices=[
            (QuietAction.DELAY, "Wait: the message goes out when they are over"),
            (QuietAction.DISCARD, "Drop it: whose turn comes while it is quiet doesn't get it"),
        ],
        initial=QuietAction.DELAY,
        widget=UnfoldAdminRadioSelectWidget,
    )
    per_minute = forms.IntegerField(
        label="Messages per minute, at most",
        required=False,
        min_value=1,
        max_value=300_000,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "number", "min": "1"}),
    )

    class Meta:
        model = Campaign
        # The goal, what recurs, or waits for something, is asked for by fields of its own.
        fields = [name for name in WRITTEN if name not in ("goal", "kind", "schedule", "occasion")]
        labels = {
            "resend_in_doubt": "Send again when nobody knows whether a message left",
            "ignores_caps": "Send it also to people who have had enough messages",
            "sends_late": "Send it late, if it could not go out in time",
        }
        help_texts = {
            "name": "For your team; the people who get the messages don't see it.",
            "ignores_caps": "For news that can't wait. It counts for the campaigns after it all "
            "the same.",
            "resend_in_doubt": "If Gupshup neither answers nor reports on a message for a quarter "
            "of an hour, it is sent once more. Somebody may then get it twice.",
            "sends_late": "Otherwise a date is skipped that can't begin before its cut-off or, "
            "without one, within an hour.",
        }

    cards: list[VariantCard]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_fields()
        by = self.typed("variants_by") or VariantsBy.ONE
        self.cards = cards_of(self, self._saved_variants(), by=by)
        if self.is_bound:
            self._offer_own_files()
            self._forget_hidden_time()

    def _saved_when(self) -> str:
        if self.instance.recurs:
            return RECURRING
        if self.instance.is_live:
            return WHEN_LIVE
        return LATER if self.instance.starts_at else NOW

    def _saved_variants(self) -> list[Variant]:
        return [] if self.instance._state.adding else variants_of(self.instance)

    def _prepare_fields(self) -> None:
        self.initial.setdefault("when", self._saved_when())
        self.offer_parts()
        self._offer_properties()
        zone = self.project.time_zone if self.project else ""
        self.fields["starts_at"].help_text = f"The project's time zone is {zone}."
        for name in ("starts_at", "ends_at"):
            if at := getattr(self.instance, name):
                self.initial[name] = as_typed(at)
        provider = Provider.objects.filter(project=self.project).first()
        if provider is not None:
            self.fields["per_minute"].help_text = (
                f"Empty: as fast as the connection may, {provider.rate * 60:,} a minute, shared "
                "with the other campaigns."
            )

    def _offer_properties(self) -> None:
        """Those with one value that can be written down; also the chosen one, whatever it is."""
        names = names_to_choose_by(self.project) if self.project else []
        chosen = self.instance.by_property
        offered = [*names, *([chosen] if chosen and chosen not in names else [])]
        by_property: Any = self.fields["by_property"]
        by_property.choices = [("", "Choose a property"), *((name, name) for name in offered)]

    @property
    def holds_back(self) -> bool:
        """Is there anything to see in the part about the control group and the cap?"""
        names = ("control_percent", "most_people")
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def has_limits(self) -> bool:
        """Is there anything to see in the part that is folded away?"""
        names = (
            *("ends_at", "cut_off_hours", "quiet_from", "quiet_until", "per_minute"),
            "ignores_caps",
        )
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def asks_about_caps(self) -> bool:
        """Is there a cap that it could go without asking, or did it mean to?"""
        return bool(self["ignores_caps"].value() or (self.project and self.project.caps))

    def templates_with(self, chosen: int) -> Any:
        """The approved ones; also the chosen one, so that a draft says what became of it."""
        listed = Q(status=Status.APPROVED) | Q(pk=chosen)
        templates = Template.objects.filter(listed, project=self.project, current__isnull=False)
        return templates.select_related("current").order_by("name", "language")

    def typed(self, name: str) -> str:
        """What the field shows now: typed or, before that, saved."""
        return str(self.data.get(name, "") if self.is_bound else self.initial.get(name) or "")

    def _offer_own_files(self) -> None:
        data = cast("QueryDict", self.data).copy()
        for card in self.cards:
            card.offer_own_files(data)
        self.data = data

    def _forget_hidden_time(self) -> None:
        """What is wrong with it would stand where nobody sees it."""
        data = cast("QueryDict", self.data).copy()
        if data.get("when") not in (LATER, WHEN_LIVE):
            data["starts_at"] = ""
        if data.get("when") != LATER:
            data["own_time"] = _whose_dates(data)
        data.setdefault("begins", DOES)  # of what was kept before there was a choice
        self.data = data

    def variants(self) -> list[Variant]:
        """What the form says, saved or not."""
        return [variant for card in self.cards if (variant := card.variant())]

    def written(self) -> list[Written]:
        return [written for card in self.cards if (written := card.written())]

    @property
    def known_labels(self) -> list[str]:
        return labels_of(self.project) if self.project else []

    def clean_labels(self) -> list[str]:
        labels: list[str] = self.cleaned_data.get("labels") or []
        return as_spelled(self.project, labels) if self.project else labels

    def clean_decides_by(self) -> str:
        return self.cleaned_data.get("decides_by") or DecidesBy.VIEWED.value

    def clean_decision(self) -> str:
        return self.cleaned_data.get("decision") or Decision.FIRST.value

    def clean_variants_by(self) -> str:
        return self.cleaned_data.get("variants_by") or VariantsBy.ONE.value

    def clean_control_percent(self) -> int | None:
        return self.cleaned_data.get("control_percent") or None

    def clean_quiet_action(self) -> str:
        return self.cleaned_data.get("quiet_action") or QuietAction.DELAY.value

    def clean_starts_at(self) -> datetime | None:
        if self.data.get("when") not in (LATER, WHEN_LIVE):
            return None
        starts_at: datetime | None = self.cleaned_data.get("starts_at")
        if starts_at is None and self.data.get("when") == LATER:
            raise forms.ValidationError("Choose the day and time, or let it go out at once.")
        return starts_at


def _whose_dates(data: "QueryDict") -> str:
    """Of one that recurs; what is no choice is told beside its field."""
    is_own = data.get("when") == RECURRING and data.get("whose_dates")
    return OwnTime.LEAVE_OUT.value if is_own else OwnTime.NO.value


def wrongly_typed(form: "CampaignForm") -> Iterator[Finding]:
    """Of the times: what can't be read reaches no campaign, so that nothing else would find it."""
    for name in TIMES:
        for words in form.errors.get(name, ()):
            message = f"{form.fields[name].label}: {words}"
            yield Finding(section=Section.WHEN, message=message, lacks=not form.typed(name))


def section_states(found: Sequence[Finding]) -> dict[str, SectionState]:
    return {
        section.value: SectionState(
            section,
            blocking([f for f in found if f.section is section]),
            [f for f in found if f.section is section and not f.blocks],
        )
        for section in Section
    }
