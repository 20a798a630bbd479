"""Template version + values → gateway requests, and what the phone will show.

`prepare` does once whatever is the same for everybody. After it nothing here reads the database,
a clock or a file: the same person gives the same request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from zoneinfo import ZoneInfo

from providers.gateway.requests import GatewayRequest
from templates_app.kinds import KINDS
from templates_app.kinds.base import Envelope
from templates_app.kinds.plan import Plan, plan_of
from templates_app.kinds.preview import Preview
from templates_app.models import Kind, SendingStyle, TemplateVersion
from templates_app.values.filling import (
    CompiledSlot,
    MissingValueError,
    OfferExpiredError,
    UnusableValueError,
    ValueTooLongError,
    compile_slot,
    sample_slot,
)
from templates_app.values.personalization import EVENT_KEY, PersonalizationError, Profile
from templates_app.values.slots import Slot, SlotKind, SlotValue, read_value
from templates_app.wording.components import Wording
from templates_app.wording.reading import read_wording

__all__ = [
    "MissingValueError",
    "OfferExpiredError",
    "Prepared",
    "UnusableValueError",
    "ValueTooLongError",
    "prepare",
    "prepare_samples",
    "preview_as_written",
    "slots_of",
]

Person = Mapping[str, object]
NOBODY: Person = {"profile": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """`person` is {"profile": {"name": …, "identity": …, **properties}}; of a live campaign also
    {"event": {**properties}}, of what they did."""

    slots: tuple[CompiledSlot, ...]
    plan: Plan

    def request(
        self, *, person: Person, phone: str, msg_id: str, extra: str, now: float = 0.0
    ) -> GatewayRequest:
        """Pure. Raises MissingValueError, ValueTooLongError or OfferExpiredError for a person who
        can't get it; all are UnusableValueError with `slot` and `reason`. `phone` with or without
        the plus, `now` in seconds since 1970: an offer that is over by then is not sent."""
        return self.request_with(
            self.fill(person, now=now), phone=phone, msg_id=msg_id, extra=extra
        )

    def request_with(
        self, values: Sequence[str], *, phone: str, msg_id: str, extra: str
    ) -> GatewayRequest:
        """With what `fill` gave."""
        return self.plan.request(values, phone=phone.removeprefix("+"), msg_id=msg_id, extra=extra)

    def fill(self, person: Person, *, now: float) -> list[str]:
        """A finished value for each slot. Raises as `request` does."""
        profile = _profile(person)
        values = [slot.fill(profile) for slot in self.slots]
        self.plan.check(values, now=now)
        return values

    def own_values(self) -> tuple[tuple[int, str], ...]:
        """The positions and keys of the values that a person has of their own. An offer's end
        counts as such: it was read in a time zone that the project may leave."""
        return tuple(
            (position, slot.slot.key)
            for position, slot in enumerate(self.slots)
            if slot.constant is None or slot.slot.kind is SlotKind.EXPIRY
        )

    def shown(self, own: Mapping[str, str]) -> Preview:
        """What a request with these own values showed, by their slots' keys."""
        return self.plan.preview([own.get(slot.slot.key, slot.constant) for slot in self.slots])

    def preview(self, person: Person = NOBODY, *, now: float = 0.0) -> Preview:
        """What that request shows. Total: a slot that can't be filled stays visible as its
        placeholder, and the notes say what is missing."""
        try:
            return self.plan.preview(self.fill(person, now=now))
        except OfferExpiredError as failure:
            return self._preview_with_gaps(_profile(person), otherwise=self.why_not(failure))
        except UnusableValueError:
            return self._preview_with_gaps(_profile(person), otherwise="The message gets too long.")

    def why_not(self, failure: UnusableValueError) -> str:
        """In words, why that person can't get it."""
        if isinstance(failure, OfferExpiredError):
            return "The offer is over by then."
        return _note(next(s.slot for s in self.slots if s.slot.key == failure.slot), failure)

    def _preview_with_gaps(self, profile: Profile, *, otherwise: str) -> Preview:
        """`otherwise` says what is wrong where each value is good by itself."""
        values: list[str | None] = []
        notes: list[str] = []
        for slot in self.slots:
            try:
                values.append(slot.fill(profile))
            except UnusableValueError as failure:
                values.append(None)
                notes.append(_note(slot.slot, failure))
        return self.plan.preview(values, notes=notes or [otherwise])


def prepare(version: TemplateVersion, values: Mapping[str, object]) -> Prepared:
    """`values` is a variant's JSON: slot key → {"text": …, "fallback": …}. Raises
    PersonalizationError where a text can't be read; check_values finds these beforehand."""
    template = version.template
    return prepare_wording(
        read_wording(version.content),
        kind=Kind(template.kind),
        envelope=Envelope(
            language=template.language,
            template_id=template.vendor_id,
            by_text=template.sending_style == SendingStyle.BY_TEXT,
            time_zone=zone_name_of(version),
        ),
        values={key: read_value(raw) for key, raw in values.items()},
    )


def preview_as_written(
    version: TemplateVersion,
    values: Mapping[str, object],
    person: Person = NOBODY,
    *,
    now: float = 0.0,
) -> Preview:
    """Of values that may not do yet: total, where `prepare` refuses a text that can't be read."""
    try:
        return prepare(version, values).preview(person, now=now)
    except PersonalizationError:
        return prepare(version, {}).preview()


def prepare_wording(
    wording: Wording, *, kind: Kind, envelope: Envelope, values: Mapping[str, SlotValue]
) -> Prepared:
    zone = ZoneInfo(envelope.time_zone)
    given = {key for key, value in values.items() if value.is_given}
    return Prepared(
        slots=tuple(
            compile_slot(slot, values.get(slot.key, SlotValue()), zone=zone)
            for slot in KINDS[kind].slots(wording)
        ),
        plan=plan_of(KINDS[kind], wording, envelope, given=given),
    )


def prepare_samples(wording: Wording, *, kind: Kind, language: str) -> Prepared:
    """Filled with the template's own samples, for the editor's preview."""
    return Prepared(
        slots=tuple(sample_slot(slot) for slot in KINDS[kind].slots(wording)),
        plan=plan_of(KINDS[kind], wording, Envelope(language=language), given=()),
    )


def slots_of(version: TemplateVersion) -> Sequence[Slot]:
    return KINDS[Kind(version.template.kind)].slots(read_wording(version.content))


def zone_name_of(version: TemplateVersion) -> str:
    """The project's time zone: in it moments are read and told."""
    return version.template.project.time_zone


def _profile(person: Person) -> Profile:
    """With what they did, where it is said."""
    profile = cast("Profile", person["profile"])
    return {**profile, EVENT_KEY: person["event"]} if "event" in person else profile


def _note(slot: Slot, failure: UnusableValueError) -> str:
    if isinstance(failure, ValueTooLongError):
        return f"{slot.label} gets longer than {slot.max_length} characters."
    if slot.kind is SlotKind.MEDIA:
        return f"{slot.label} is empty for this person, or no link that Gupshup can open."
    return f"{slot.label} is empty for this person."
