"""The “What” of a campaign's form: a card for each variant. The first one's fields have plain
names, those of the others a prefix, so that a campaign with one message is as simple as ever.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from unfold.widgets import (
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.models import MOST_TEST_VARIANTS, MOST_VARIANTS, Variant, VariantsBy
from campaigns.models.variant import letter_of
from campaigns.planning.drafting import Written
from providers.admin.row_numbers import row_number
from templates_app.admin.picker import TemplateChoiceField
from templates_app.models import TemplateVersion
from templates_app.rendering.variants import slots_of
from templates_app.values.media_links import own_file_of
from templates_app.values.personalization import SOURCE_MAX
from templates_app.values.slots import Slot, SlotKind, SlotValue, read_value

MOMENT = "2026-12-31 18:00"
COUNT = "variant_count"
MOST_FITS = 4_000
_PREFIX = re.compile(r"v([1-9][0-9]?)-(.+)")
_OF_FIRST = re.compile(r"(template|share|fits|(text|fallback|offered)-.+)")
_NOT_COPIED = ("share", "fits")
_NO_SHARE = "A share is from 1 to 99 in a hundred."


@dataclass(frozen=True)
class SlotRow:
    """One value that the template asks for."""

    slot: Slot
    text: forms.BoundField
    fallback: forms.BoundField
    offered_name: str

    @property
    def is_personal(self) -> bool:
        """Does it need a fallback? A text that is the same for everybody does not."""
        return bool(self.fallback.value()) or "{" in str(self.text.value() or "")

    @property
    def own_file(self) -> str:
        """The template's own, which stands in the field as long as nobody chooses another."""
        return own_file_of(self.slot)

    @property
    def is_moment(self) -> bool:
        """Is it a day and time, which a picker can fill in?"""
        return self.slot.kind is SlotKind.EXPIRY


class VariantCard:
    """One variant on the form, as it is typed or saved. `form` has its fields."""

    def __init__(self, form: Any, position: int, saved: Variant | None) -> None:
        self.form, self.position = form, position
        self._add_choices(saved)
        self.version = self._chosen_version()
        self.slots: Sequence[Slot] = slots_of(self.version) if self.version else ()
        self._add_slots(saved)

    @property
    def letter(self) -> str:
        return letter_of(self.position)

    @property
    def template(self) -> forms.BoundField:
        return self._field("template")

    @property
    def share(self) -> forms.BoundField:
        return self._field("share")

    @property
    def fits(self) -> forms.BoundField:
        return self._field("fits")

    @property
    def slot_rows(self) -> list[SlotRow]:
        return [
            SlotRow(
                slot,
                self._field(_key("text", slot)),
                self._field(_key("fallback", slot)),
                name_of(self.position, _key("offered", slot)),
            )
            for slot in self.slots
        ]

    def values(self) -> dict[str, dict[str, str]]:
        """Slot → what was written, as a variant keeps it."""
        written = {slot.key: self._value(slot) for slot in self.slots}
        return {
            key: {"text": value.text, "fallback": value.fallback}
            for key, value in written.items()
            if value.is_given
        }

    def variant(self) -> Variant | None:
        """What the card says, saved or not."""
        if self.version is None:
            return None
        return Variant(
            position=self.position,
            version=self.version,
            values=self.values(),
            share=self._share(),
            fits=str(self.fits.value() or ""),
        )

    def written(self) -> Written | None:
        said = self.variant()
        template = self.form.cleaned_data.get(name_of(self.position, "template"))
        if said is None or template is None:
            return None
        return Written(
            template=template,
            values=said.values,
            position=self.position,
            share=said.share,
            fits=said.fits,
        )

    def offer_own_files(self, data: QueryDict) -> None:
        """A template brings its own file along, unless somebody has put another one in: what was
        offered before and left as it was follows the template."""
        for slot in self.slots:
            text, offered = (name_of(self.position, _key(part, slot)) for part in _TEXT_OFFERED)
            if slot.media and data.get(text) == data.get(offered):
                data[text] = own_file_of(slot)

    def _field(self, name: str) -> forms.BoundField:
        field: forms.BoundField = self.form[name_of(self.position, name)]
        return field

    def _add_choices(self, saved: Variant | None) -> None:
        form, name = self.form, name_of(self.position, "template")
        if self.position:
            form.fields[name] = template_field(label=f"Template of variant {self.letter}")
        if saved:
            form.initial.setdefault(name, saved.version.template_id)
        form.fields[name].queryset = form.templates_with(row_number(form.typed(name)))
        form.fields[name_of(self.position, "share")] = _share_field(saved)
        form.fields[name_of(self.position, "fits")] = _fits_field(saved)

    def _chosen_version(self) -> TemplateVersion | None:
        name = name_of(self.position, "template")
        templates = self.form.fields[name].queryset
        template = templates.filter(pk=row_number(self.form.typed(name))).first()
        if template is None:
            return None
        version: TemplateVersion = template.current
        version.template = template
        return version

    def _add_slots(self, saved: Variant | None) -> None:
        for slot in self.slots:
            offered = SlotValue(text=own_file_of(slot))
            value = read_value(saved.values.get(slot.key)) if saved else offered
            self.form.fields[name_of(self.position, _key("text", slot))] = _input(
                slot.label,
                initial=value.text,
                placeholder=MOMENT if slot.kind is SlotKind.EXPIRY else slot.sample,
            )
            self.form.fields[name_of(self.position, _key("fallback", slot))] = _input(
                "For people without it", initial=value.fallback, placeholder="Fallback"
            )

    def _value(self, slot: Slot) -> SlotValue:
        shown = [self._field(_key(part, slot)).value() for part in ("text", "fallback")]
        text, fallback = (str(value or "").strip() for value in shown)
        return SlotValue(text=text, fallback=fallback)

    def _share(self) -> int | None:
        """What is no number yet is none; the field says what is wrong with it."""
        share = row_number(str(self.share.value() or ""))
        return share if 0 < share < 100 else None


_TEXT_OFFERED = ("text", "offered")


def cards_of(form: Any, saved: Sequence[Variant], *, by: str) -> list[VariantCard]:
    by_position = {variant.position: variant for variant in saved}
    count = min(_count(form, saved), most_by(by)) if by != VariantsBy.ONE else 1
    return [VariantCard(form, position, by_position.get(position)) for position in range(count)]


def most_by(by: str) -> int:
    return MOST_TEST_VARIANTS if by == VariantsBy.TEST else MOST_VARIANTS


def _count(form: Any, saved: Sequence[Variant]) -> int:
    """Two at least, so that a campaign that gets several begins with a second one."""
    there = 1 + max((variant.position for variant in saved), default=0)
    typed = row_number(form.data.get(COUNT, "")) if form.is_bound else there
    return min(max(typed, 2), MOST_VARIANTS)


def name_of(position: int, name: str) -> str:
    return f"v{position}-{name}" if position else name


def with_another(data: QueryDict) -> QueryDict:
    """What was typed, and one variant more: a copy of the first."""
    changed = data.copy()
    count = min(max(row_number(data.get(COUNT, "")), 1), MOST_VARIANTS)
    if count < MOST_VARIANTS:
        for name, values in _of_first(data):
            if name not in _NOT_COPIED:
                changed.setlist(name_of(count, name), values)
        changed[COUNT] = str(count + 1)
    return changed


def without(data: QueryDict, position: int) -> QueryDict:
    """What was typed, and one variant less: those after it move up."""
    changed = QueryDict(mutable=True)
    for name, values in data.lists():
        of, own = _whose(name)
        if of != position:
            changed.setlist(name_of(of - 1, own) if of > position else name, values)
    changed[COUNT] = str(max(row_number(data.get(COUNT, "")) - 1, 1))
    return changed


def with_enough(data: QueryDict) -> QueryDict:
    """A second variant, where there is one and several are wanted."""
    wants = data.get("variants_by", VariantsBy.ONE) not in ("", VariantsBy.ONE)
    return with_another(data) if wants and row_number(data.get(COUNT, "")) < 2 else data


def _of_first(data: QueryDict) -> Iterator[tuple[str, list[str]]]:
    return ((name, values) for name, values in data.lists() if _OF_FIRST.fullmatch(name))


def _whose(name: str) -> tuple[int, str]:
    """Of which variant a name is; -1 where of none."""
    if found := _PREFIX.fullmatch(name):
        return int(found[1]), found[2]
    return (0, name) if _OF_FIRST.fullmatch(name) else (-1, name)


def _key(part: str, slot: Slot) -> str:
    return f"{part}-{slot.key.replace('.', '-')}"


def template_field(**more: Any) -> TemplateChoiceField:
    """A draft may be without a template."""
    return TemplateChoiceField(
        required=False,
        empty_label="No template yet",
        help_text="Only approved templates are listed.",
        **more,
    )


def _share_field(saved: Variant | None) -> forms.IntegerField:
    limits = {"type": "number", "min": "1", "max": "99"}
    return forms.IntegerField(
        label="Share, in percent",
        required=False,
        min_value=1,
        max_value=99,
        initial=saved.share if saved else None,
        error_messages={"min_value": _NO_SHARE, "max_value": _NO_SHARE},
        widget=UnfoldAdminTextInputWidget(attrs=limits),
    )


def _fits_field(saved: Variant | None) -> forms.CharField:
    return forms.CharField(
        label="For these values, one a line",
        required=False,
        max_length=MOST_FITS,
        initial=saved.fits if saved else "",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": "3"}),
        help_text="Capitals and blanks around a value don't matter.",
    )


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
