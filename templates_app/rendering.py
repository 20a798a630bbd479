"""Template version + values → gateway requests, and what the phone will show.

`prepare` does once whatever is the same for everybody. After it nothing here reads the database,
a clock or a file: the same person gives the same request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from providers.gateway.requests import GatewayRequest
from templates_app.components import Wording
from templates_app.filling import (
    CompiledSlot,
    MissingValueError,
    UnusableValueError,
    ValueTooLongError,
    compile_slot,
    sample_slot,
)
from templates_app.kinds import KINDS
from templates_app.kinds.base import Envelope, Plan
from templates_app.models import Kind, SendingStyle, TemplateVersion
from templates_app.personalization import Profile
from templates_app.preview import Preview
from templates_app.reading import read_wording
from templates_app.slots import Slot, SlotValue, read_value

__all__ = [
    "MissingValueError",
    "Prepared",
    "UnusableValueError",
    "ValueTooLongError",
    "prepare",
    "prepare_samples",
    "slots_of",
]

Person = Mapping[str, object]
NOBODY: Person = {"profile": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """`person` is {"profile": {"name": …, "identity": …, **properties}}."""

    slots: tuple[CompiledSlot, ...]
    plan: Plan

    def request(self, *, person: Person, phone: str, msg_id: str, extra: str) -> GatewayRequest:
        """Pure. Raises MissingValueError or ValueTooLongError for a person who can't get it;
        both are UnusableValueError with `slot` and `reason`. `phone` with or without the plus."""
        return self.plan.request(
            self._values(person), phone=phone.removeprefix("+"), msg_id=msg_id, extra=extra
        )

    def preview(self, person: Person = NOBODY) -> Preview:
        """What that request shows. Total: a slot that can't be filled stays visible as its
        placeholder, and the notes say what is missing."""
        try:
            return self.plan.preview(self._values(person))
        except UnusableValueError:
            return self._preview_with_gaps(_profile(person))

    def _values(self, person: Person) -> list[str]:
        profile = _profile(person)
        values = [slot.fill(profile) for slot in self.slots]
        self.plan.check(values)
        return values

    def _preview_with_gaps(self, profile: Profile) -> Preview:
        values: list[str | None] = []
        notes: list[str] = []
        for slot in self.slots:
            try:
                values.append(slot.fill(profile))
            except UnusableValueError as failure:
                values.append(None)
                notes.append(_note(slot.slot, failure))
        return self.plan.preview(values, notes=notes or ["The message gets too long."])


def prepare(version: TemplateVersion, values: Mapping[str, object]) -> Prepared:
    """`values` is a variant's JSON: slot key → {"text": …, "fallback": …}. Raises
    PersonalizationError where a text can't be read; check_values finds these beforehand."""
    template = version.template
    given = {key: read_value(raw) for key, raw in values.items()}
    return prepare_wording(
        read_wording(version.content),
        kind=Kind(template.kind),
        envelope=Envelope(
            language=template.language,
            template_id=template.vendor_id,
            by_text=template.sending_style == SendingStyle.BY_TEXT,
        ),
        values=given,
    )


def prepare_wording(
    wording: Wording, *, kind: Kind, envelope: Envelope, values: Mapping[str, SlotValue]
) -> Prepared:
    slots = KINDS[kind].slots(wording)
    given = {key for key, value in values.items() if value.is_given}
    return Prepared(
        slots=tuple(compile_slot(slot, values.get(slot.key, SlotValue())) for slot in slots),
        plan=KINDS[kind].plan(wording, envelope, given=given),
    )


def prepare_samples(wording: Wording, *, kind: Kind, language: str) -> Prepared:
    """Filled with the template's own samples, for the editor's preview."""
    return Prepared(
        slots=tuple(sample_slot(slot) for slot in KINDS[kind].slots(wording)),
        plan=KINDS[kind].plan(wording, Envelope(language=language), given=()),
    )


def slots_of(version: TemplateVersion) -> Sequence[Slot]:
    return KINDS[Kind(version.template.kind)].slots(read_wording(version.content))


def _profile(person: Person) -> Profile:
    return cast("Profile", person["profile"])


def _note(slot: Slot, failure: UnusableValueError) -> str:
    if isinstance(failure, ValueTooLongError):
        return f"{slot.label} gets longer than {slot.max_length} characters."
    return f"{slot.label} is empty for this person."
