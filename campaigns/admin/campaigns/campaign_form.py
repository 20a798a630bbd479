"""The form of a campaign's draft. What is missing does not keep it from being saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.http import QueryDict
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.admin.campaigns.audience_form import AudienceForm
from campaigns.admin.campaigns.moment_field import MomentField, as_typed
from campaigns.admin.campaigns.template_picker import TemplateChoiceField
from campaigns.models import LEAST_CAP, Campaign, QuietAction, Variant
from campaigns.planning.drafting import WRITTEN
from campaigns.planning.preflight import Finding, Section, blocking, variants_of
from providers.admin.row_numbers import row_number
from providers.models import MOST_CONTROL, Provider
from templates_app.models import Status, Template, TemplateVersion
from templates_app.rendering.variants import slots_of
from templates_app.values.media_links import own_file_of
from templates_app.values.personalization import SOURCE_MAX
from templates_app.values.slots import Slot, SlotKind, SlotValue, read_value

NOW, LATER = "now", "later"
_TOO_MANY_HELD_BACK = (
    f"A control group is from 1 to {MOST_CONTROL} in a hundred. Leave it empty for none."
)
_CAP_TOO_SMALL = (
    f"A cap is at least {LEAST_CAP} people. To reach fewer, send to a list of them; leave it empty "
    "for no limit."
)
MOMENT = "2026-12-31 18:00"


@dataclass(frozen=True)
class SlotRow:
    """One value that the template asks for."""

    slot: Slot
    text: forms.BoundField
    fallback: forms.BoundField

    @property
    def is_personal(self) -> bool:
        """Does it need a fallback? A text that is the same for everybody does not."""
        return bool(self.fallback.value()) or "{" in str(self.text.value() or "")

    @property
    def own_file(self) -> str:
        """The template's own, which stands in the field as long as nobody chooses another."""
        return own_file_of(self.slot)

    @property
    def offered_name(self) -> str:
        return _offered_name(self.slot)

    @property
    def is_moment(self) -> bool:
        """Is it a day and time, which a picker can fill in?"""
        return self.slot.kind is SlotKind.EXPIRY


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


class CampaignForm(AudienceForm):
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
    template = TemplateChoiceField()
    when = forms.ChoiceField(
        label="When it goes out",
        choices=[(NOW, "As soon as it is published"), (LATER, "At a set time")],
        initial=NOW,
        widget=UnfoldAdminRadioSelectWidget,
    )
    starts_at = MomentField(label="Day and time", required=False)
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
            (QuietAction.DISCARD, "Drop it: who still waits when they begin doesn't get it"),
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
        fields = WRITTEN
        labels = {
            "resend_in_doubt": "Send again when nobody knows whether a message left",
            "ignores_caps": "Send it also to people who have had enough messages",
        }
        help_texts = {
            "name": "For your team; the people who get the messages don't see it.",
            "ignores_caps": "For news that can't wait. It counts for the campaigns after it all "
            "the same.",
            "resend_in_doubt": "If Gupshup neither answers nor reports on a message for a quarter "
            "of an hour, it is sent once more. Somebody may then get it twice.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        variant = self._saved_variant()
        self._prepare_fields(variant)
        self.version = self._chosen_version()
        self.slots: Sequence[Slot] = slots_of(self.version) if self.version else ()
        self._add_slot_fields(variant)
        if self.is_bound:
            self._offer_own_files()
            self._forget_hidden_time()

    def _saved_variant(self) -> Variant | None:
        if self.instance._state.adding:
            return None
        variants = variants_of(self.instance)
        return variants[0] if variants else None

    def _prepare_fields(self, variant: Variant | None) -> None:
        self.initial.setdefault("when", LATER if self.instance.starts_at else NOW)
        if variant:
            self.initial.setdefault("template", variant.version.template_id)
        self.offer_parts()
        templates: Any = self.fields["template"]
        chosen = self._typed("template")
        templates.queryset = self._templates(row_number(chosen))
        zone = self.project.time_zone if self.project else ""
        self.fields["starts_at"].help_text = f"In the project's time zone, {zone}."
        for name in ("starts_at", "ends_at"):
            if at := getattr(self.instance, name):
                self.initial[name] = as_typed(at)
        provider = Provider.objects.filter(project=self.project).first()
        if provider is not None:
            self.fields["per_minute"].help_text = (
                f"Empty: as fast as the connection may, {provider.rate * 60:,} a minute, shared "
                "with the other campaigns."
            )

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

    def _templates(self, chosen: int) -> Any:
        """The approved ones; also the chosen one, so that a draft says what became of it."""
        listed = Q(status=Status.APPROVED) | Q(pk=chosen)
        templates = Template.objects.filter(listed, project=self.project, current__isnull=False)
        return templates.select_related("current").order_by("name", "language")

    def _typed(self, name: str) -> str:
        """What the field shows now: typed or, before that, saved."""
        return str(self.data.get(name, "") if self.is_bound else self.initial.get(name) or "")

    def _chosen_version(self) -> TemplateVersion | None:
        chosen = self._typed("template")
        templates: Any = self.fields["template"]
        template = templates.queryset.filter(pk=row_number(chosen)).first()
        if template is None:
            return None
        version: TemplateVersion = template.current
        version.template = template
        return version

    def _add_slot_fields(self, variant: Variant | None) -> None:
        for slot in self.slots:
            offered = SlotValue(text=own_file_of(slot))
            saved = read_value(variant.values.get(slot.key)) if variant else offered
            self.fields[_text_name(slot)] = _input(
                slot.label,
                initial=saved.text,
                placeholder=MOMENT if slot.kind is SlotKind.EXPIRY else slot.sample,
            )
            self.fields[_fallback_name(slot)] = _input(
                "For people without it", initial=saved.fallback, placeholder="Fallback"
            )

    def _offer_own_files(self) -> None:
        """A template brings its own file along, unless somebody has put another one in: what was
        offered before and left as it was follows the template."""
        data = cast("QueryDict", self.data).copy()
        for slot in self.slots:
            text, offered = _text_name(slot), _offered_name(slot)
            if slot.media and data.get(text) == data.get(offered):
                data[text] = own_file_of(slot)
        self.data = data

    def _forget_hidden_time(self) -> None:
        """What is wrong with it would stand where nobody sees it."""
        data = cast("QueryDict", self.data).copy()
        if data.get("when") != LATER:
            data["starts_at"] = ""
        self.data = data

    @property
    def slot_rows(self) -> list[SlotRow]:
        return [
            SlotRow(slot, self[_text_name(slot)], self[_fallback_name(slot)]) for slot in self.slots
        ]

    def values(self) -> dict[str, dict[str, str]]:
        """Slot → what was written, as a variant keeps it."""
        written = {slot.key: self._value(slot) for slot in self.slots}
        return {
            key: {"text": value.text, "fallback": value.fallback}
            for key, value in written.items()
            if value.is_given
        }

    def _value(self, slot: Slot) -> SlotValue:
        shown = [self[name].value() for name in (_text_name(slot), _fallback_name(slot))]
        text, fallback = (str(value or "").strip() for value in shown)
        return SlotValue(text=text, fallback=fallback)

    def variants(self) -> list[Variant]:
        """What the form says, saved or not."""
        return [Variant(version=self.version, values=self.values())] if self.version else []

    def clean_control_percent(self) -> int | None:
        return self.cleaned_data.get("control_percent") or None

    def clean_quiet_action(self) -> str:
        return self.cleaned_data.get("quiet_action") or QuietAction.DELAY.value

    def clean_starts_at(self) -> datetime | None:
        if self.data.get("when") != LATER:
            return None
        starts_at: datetime | None = self.cleaned_data.get("starts_at")
        if starts_at is None:
            raise forms.ValidationError("Choose the day and time, or let it go out at once.")
        return starts_at


def section_states(found: Sequence[Finding]) -> dict[str, SectionState]:
    return {
        section.value: SectionState(
            section,
            blocking([f for f in found if f.section is section]),
            [f for f in found if f.section is section and not f.blocks],
        )
        for section in Section
    }


def _text_name(slot: Slot) -> str:
    return f"text-{slot.key.replace('.', '-')}"


def _offered_name(slot: Slot) -> str:
    return f"offered-{slot.key.replace('.', '-')}"


def _fallback_name(slot: Slot) -> str:
    return f"fallback-{slot.key.replace('.', '-')}"


def _input(label: str, *, initial: str, placeholder: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=SOURCE_MAX,
        initial=initial,
        widget=UnfoldAdminTextInputWidget(
            attrs={"placeholder": placeholder, "autocomplete": "off"}
        ),
    )
