"""The second page of an import: what each column becomes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.audience.consent import LONGEST as LONGEST_CONSENT
from campaigns.audience.imports.column_names import KEYS, Target
from campaigns.audience.imports.mapping import (
    Column,
    ColumnMapping,
    MappingError,
)
from campaigns.audience.imports.property_names import LONGEST_NAME, property_name_of
from campaigns.audience.imports.uploading import Sample
from campaigns.audience.imports.values import ValueType
from campaigns.audience.uploads.event_names import LONGEST_NAME as LONGEST_EVENT
from campaigns.audience.uploads.event_names import read_event_name
from campaigns.audience.uploads.verdicts import RecordRefused
from campaigns.models import Import, ImportKind
from providers.admin.long_select import LongSelect
from providers.admin.yes_no_unknown import YesNoUnknownField, as_choice
from providers.phones.countries import countries
from providers.views.plain_errors import PlainForm

SHOWN_VALUES = 3
_OF_EVENTS = (Target.EVENT, Target.AT)
TARGETS = {
    ImportKind.PEOPLE: [target for target in Target if target not in _OF_EVENTS],
    ImportKind.LIST: [Target.IGNORED, *KEYS],
    ImportKind.EVENTS: [Target.IGNORED, *KEYS, *_OF_EVENTS, Target.PROPERTY],
}


@dataclass(frozen=True)
class ColumnRow:
    """One line of the page: a column, its first values, and the choices about it."""

    label: str
    values: list[str]
    target: forms.BoundField
    property_name: forms.BoundField
    value_type: forms.BoundField
    problem: str


class MappingForm(PlainForm):
    default_country = forms.ChoiceField(
        label="Numbers without a country code are from",
        choices=lambda: [(country.code, str(country)) for country in countries()],
        widget=LongSelect,
    )
    event_name = forms.CharField(
        label="Name of the event, for all rows",
        required=False,
        max_length=LONGEST_EVENT,
        help_text="Where no column holds it, like “Order placed”.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    new_subscribed = YesNoUnknownField(
        label="New people whose row doesn't say MSG-whatsapp are",
        unknown="Unknown: they get no messages until you know better",
        yes="Subscribed: they have agreed to get WhatsApp messages",
        no="Not subscribed: they get no messages",
        help_text="People you have already keep what they are.",
    )

    consent = forms.CharField(
        label="How did these people agree to get messages?",
        required=False,
        max_length=LONGEST_CONSENT,
        help_text="The sentence they ticked and where, like “Sign-up form on our website: Send me "
        "offers by WhatsApp”. It is kept as evidence with everybody whom this import subscribes.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    only_whole_rows = forms.TypedChoiceField(
        label="When a value is wrong, like an e-mail without @",
        choices=[
            ("", "Leave that value out, and let the rest of the row in"),
            ("yes", "Refuse the whole row"),
        ],
        coerce=bool,
        empty_value="",
        required=False,
        help_text="Either way you get those rows as a file, with what is wrong in them.",
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(
        self, data: Any = None, *, upload: Import, sample: Sample, guessed: ColumnMapping
    ) -> None:
        initial = {
            "default_country": upload.project.default_country,
            "new_subscribed": as_choice(upload.project.imported_as_subscribed),
        }
        super().__init__(data, initial=initial)
        self._sample, self._guessed = sample, guessed
        self._problems: Mapping[int | None, str] = {}
        self._kind = ImportKind(upload.kind)
        if self._kind != ImportKind.PEOPLE:
            for name in ("new_subscribed", "consent", "only_whole_rows"):
                del self.fields[name]
        if self._kind != ImportKind.EVENTS:
            del self.fields["event_name"]
        for index, column in enumerate(guessed.columns):
            self._add_fields(index, column)

    def _add_fields(self, index: int, column: Column) -> None:
        called = f"of the column “{column.label}”"
        self.fields[f"target_{index}"] = forms.ChoiceField(
            label=f"Use {called}",
            choices=[(target.value, str(target.label)) for target in TARGETS[self._kind]],
            required=False,
            initial=column.target,
            widget=UnfoldAdminSelectWidget(attrs={"data-target": ""}),
        )
        self.fields[f"property_{index}"] = forms.CharField(
            label=f"Property name {called}",
            required=False,
            max_length=LONGEST_NAME,
            initial=column.property_name or property_name_of(column.label),
            widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        )
        self.fields[f"type_{index}"] = forms.ChoiceField(
            label=f"Type {called}",
            choices=ValueType.choices,
            required=False,
            initial=column.value_type,
            widget=UnfoldAdminSelectWidget,
        )

    @property
    def mapping(self) -> ColumnMapping:
        """As chosen; a first look at the page shows what was guessed."""
        if not self.is_bound:
            return self._guessed
        return ColumnMapping(
            tuple(
                self._column(index, column) for index, column in enumerate(self._guessed.columns)
            ),
            event_name=self.cleaned_data.get("event_name", ""),
        )

    def clean_event_name(self) -> str:
        given: str = self.cleaned_data["event_name"]
        if not given:
            return ""
        try:
            return read_event_name(given)[0]
        except RecordRefused as problem:
            raise forms.ValidationError(str(problem)) from None

    @property
    def country_now(self) -> str:
        """As chosen, where that is a country."""
        cleaned = self.cleaned_data if self.is_bound else {}
        return str(cleaned.get("default_country") or self.initial["default_country"])

    @property
    def only_whole_rows_now(self) -> bool:
        return self.is_bound and bool(self.cleaned_data.get("only_whole_rows"))

    def _column(self, index: int, column: Column) -> Column:
        target = Target(self.cleaned_data.get(f"target_{index}", ""))
        if target not in (Target.PROPERTY, Target.AT):
            return Column(column.label, target)
        value_type = ValueType(self.cleaned_data.get(f"type_{index}") or ValueType.TEXT)
        if target == Target.AT:
            return Column(column.label, target, value_type=value_type)
        name = self.cleaned_data.get(f"property_{index}", "").strip()
        return Column(column.label, target, property_name=name, value_type=value_type)

    def tell(self, error: MappingError) -> None:
        """Show what is wrong beside the columns it is about."""
        self._problems = error.problems
        self.add_error(None, error.problems.get(None) or "Some columns need another look.")

    def rows(self) -> Iterator[ColumnRow]:
        for index, column in enumerate(self._guessed.columns):
            yield ColumnRow(
                label=column.label,
                values=self._sample.column(index, most=SHOWN_VALUES),
                target=self[f"target_{index}"],
                property_name=self[f"property_{index}"],
                value_type=self[f"type_{index}"],
                problem=self._problems.get(index, ""),
            )
