"""Is what a campaign's author wrote into the slots good enough to publish?

Errors block; warnings say who may be left out. Fixed values are judged here once and for all,
personalized ones for each person when the message is made.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from templates_app.models import TemplateVersion
from templates_app.rendering.variants import (
    Prepared,
    ValueTooLongError,
    prepare,
    slots_of,
    zone_name_of,
)
from templates_app.rules.offers import CODE_MAX_IN_OFFERS
from templates_app.rules.problems import Problem, error, errors_in, warning
from templates_app.values.filling import finisher
from templates_app.values.media_links import why_unusable, why_unusable_for_all
from templates_app.values.person import STANDARD_FIELDS
from templates_app.values.personalization import PersonalizationError, Personalized, compile_text
from templates_app.values.slots import Slot, SlotKind, SlotValue, read_value

UNUSABLE = {
    SlotKind.CODE: ("CODE_CHARS", "A code has letters and digits only."),
    SlotKind.LATITUDE: ("LOCATION_RANGE", "A latitude is a number from -90 to 90, like 18.9220."),
    SlotKind.LONGITUDE: ("LOCATION_RANGE", "A longitude is a number from -180 to 180."),
    SlotKind.EXPIRY: ("VALUE_FORMAT", "Give a day and time like 2026-12-31 18:00."),
}
TOO_LONG = {
    SlotKind.PAYLOAD: "PAYLOAD_LEN",
    SlotKind.CODE: "CODE_LEN",
    SlotKind.URL_TAIL: "URL_SUFFIX",
}


def check_values(
    version: TemplateVersion,
    values: Mapping[str, object],
    *,
    known_properties: Collection[str] | None = None,
    leaves_at: datetime | None = None,
) -> list[Problem]:
    """`place` is the slot's key. Without `known_properties` no property counts as unknown; without
    `leaves_at`, the moment of the first message, no offer counts as over."""
    return check_and_prepare(
        version, values, known_properties=known_properties, leaves_at=leaves_at
    )[0]


def check_and_prepare(
    version: TemplateVersion,
    values: Mapping[str, object],
    *,
    known_properties: Collection[str] | None = None,
    leaves_at: datetime | None = None,
) -> tuple[list[Problem], Prepared | None]:
    """As `check_values`; and the values made ready, where each of them is good by itself."""
    check = _Checker(
        known=known_properties,
        zone=ZoneInfo(zone_name_of(version)),
        leaves_at=leaves_at.timestamp() if leaves_at else 0.0,
    )
    problems: list[Problem] = []
    for slot in slots_of(version):
        problems.extend(check.slot(slot, read_value(values.get(slot.key))))
    if errors_in(problems):
        return problems, None
    prepared = prepare(version, values)
    return [*problems, *_whole_problems(prepared)], prepared


def asked_of_event(values: Mapping[str, object]) -> dict[str, frozenset[str]]:
    """Slot's key → the properties of an event that its text asks for, where it does."""
    found = {}
    for key, raw in values.items():
        try:
            names = compile_text(read_value(raw).text).of_event
        except PersonalizationError:
            continue
        if names:
            found[key] = names
    return found


def with_label(problem: Problem, slots: Iterable[Slot]) -> str:
    """For where it does not stand beside its field."""
    label = next((slot.label for slot in slots if slot.key == problem.place), "")
    is_named = not label or problem.message.startswith(label)
    return problem.message if is_named else f"{label}: {problem.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checker:
    known: Collection[str] | None
    zone: ZoneInfo
    leaves_at: float

    def slot(self, slot: Slot, value: SlotValue) -> Iterator[Problem]:
        if not value.is_given:
            if slot.required:
                yield error("VALUE_MISSING", slot.key, f"{slot.label}: fill this in.")
            return
        try:
            text = compile_text(value.text)
        except PersonalizationError as failure:
            yield error("VALUE_FORMAT", slot.key, str(failure))
            return
        yield from self._fixed(slot, value.fallback)
        if text.constant is not None:
            yield from self._fixed(slot, text.constant)
        elif slot.kind is SlotKind.MEDIA and (why := why_unusable_for_all(value.text)):
            yield _bad_link(slot, why)
        else:
            yield from _personal_problems(slot, text, value, self.known)

    def _fixed(self, slot: Slot, text: str) -> Iterator[Problem]:
        if not text.strip():
            return
        finished = finisher(slot.kind, zone=self.zone)(text)
        if not finished:
            yield _unusable(slot, text)
        elif len(finished) > slot.max_length:
            code = _too_long(slot)
            over = len(finished) - slot.max_length
            yield error(code, slot.key, f"At most {slot.max_length} characters: take out {over}.")
        elif slot.kind is SlotKind.EXPIRY and int(finished) <= self.leaves_at * 1000:
            yield error("OFFER_EXPIRED", slot.key, "The offer would be over when it goes out.")
        elif slot.kind is SlotKind.TEXT and re.search(r"[\n\r\t]| {5}", text.strip()):
            yield warning(
                "VALUE_WHITESPACE",
                slot.key,
                "WhatsApp allows no line breaks, tabs or wide gaps here: they become one blank.",
            )


def _unusable(slot: Slot, text: str) -> Problem:
    if slot.kind is SlotKind.MEDIA:
        return _bad_link(slot, why_unusable(text))
    code, message = UNUSABLE.get(slot.kind, ("VALUE_MISSING", "This shows nothing."))
    return error(code, slot.key, message)


def _bad_link(slot: Slot, why: str) -> Problem:
    return error("CARD_MEDIA" if slot.group else "HEADER_MEDIA", slot.key, why)


def _too_long(slot: Slot) -> str:
    if slot.kind is SlotKind.CODE and slot.max_length == CODE_MAX_IN_OFFERS:
        return "LTO_CODE_LEN"
    return TOO_LONG.get(slot.kind, "VALUE_TOO_LONG")


def _personal_problems(
    slot: Slot, text: Personalized, value: SlotValue, known: Collection[str] | None
) -> Iterator[Problem]:
    if known is not None:
        for name in sorted(text.properties - {*known} - {*STANDARD_FIELDS}):
            yield warning("PROPERTY_UNKNOWN", slot.key, f"No profile has a property “{name}” yet.")
    if slot.required and not value.fallback.strip() and not _has_default(text):
        yield warning(
            "VALUE_NO_FALLBACK",
            slot.key,
            "People without this property will not get the message. Add a fallback to reach them.",
        )


def _has_default(text: Personalized) -> bool:
    """Whether a person with an empty profile gets something."""
    try:
        return bool(text.render({}).strip())
    except (LookupError, ValueError):
        return False


def _whole_problems(prepared: Prepared) -> Iterator[Problem]:
    """Each fixed value may fit, and all those of one text together not."""
    constants = [slot.constant for slot in prepared.slots]
    for fit in prepared.plan.fits:
        if None in constants[fit.values]:
            continue
        try:
            fit.check([constant or "" for constant in constants])
        except ValueTooLongError as failure:
            yield error("VALUE_TOO_LONG", failure.slot, "All together this gets too long: shorten.")
