"""One slot for one person: personalize, clean, fall back, measure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import partial
from typing import ClassVar

from templates_app.values.cleaning import clean, encode_url_tail
from templates_app.values.instants import expiry_ms
from templates_app.values.media_links import usable_media_link
from templates_app.values.personalization import (
    MissingPropertyError,
    OverlongTextError,
    Personalized,
    Profile,
    compile_text,
    literal,
)
from templates_app.values.slots import Slot, SlotKind, SlotValue


class UnusableValueError(Exception):
    """This person can't get the message. Holds no personal data: `slot` is the slot's key,
    `reason` the reason of the suppressed message."""

    reason: ClassVar[str]

    def __init__(self, slot: str) -> None:
        super().__init__(slot)
        self.slot = slot


class MissingValueError(UnusableValueError):
    """The slot came out empty, or as something that can't be used there, without a fallback."""

    reason = "missing_value"


class ValueTooLongError(UnusableValueError):
    reason = "value_too_long"


class OfferExpiredError(UnusableValueError):
    """The offer ends before the message would leave."""

    reason = "offer_expired"


def usable_code(value: str) -> str:
    code = clean(value)
    return code if re.fullmatch(r"[0-9A-Za-z]+", code) else ""


def usable_degrees(value: str, *, limit: int) -> str:
    """Decimal degrees within ±limit, as they were written."""
    degrees = clean(value)
    is_number = re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,15})?", degrees, re.ASCII)
    return degrees if is_number and abs(float(degrees)) <= limit else ""


_FINISH: dict[SlotKind, Callable[[str], str]] = {
    SlotKind.TEXT: clean,
    SlotKind.FILE_NAME: clean,
    SlotKind.PAYLOAD: clean,
    SlotKind.MEDIA: usable_media_link,
    SlotKind.URL_TAIL: encode_url_tail,
    SlotKind.CODE: usable_code,
    SlotKind.LATITUDE: lambda value: usable_degrees(value, limit=90),
    SlotKind.LONGITUDE: lambda value: usable_degrees(value, limit=180),
}


def finisher(kind: SlotKind, *, zone: tzinfo) -> Callable[[str], str]:
    """What a slot makes of a value; empty means that it can't be used there. `zone` is that of
    times which don't name one."""
    if kind is SlotKind.EXPIRY:
        return partial(expiry_ms, zone=zone)
    return _FINISH[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledSlot:
    slot: Slot
    text: Personalized
    finish: Callable[[str], str]
    fallback: str
    # The finished value when everybody gets the same.
    constant: str | None

    def fill(self, profile: Profile) -> str:
        value = self.constant
        if value is None:
            value = self._personal(profile) or self.fallback
        if not value and self.slot.required:
            raise MissingValueError(self.slot.key)
        if len(value) > self.slot.max_length:
            raise ValueTooLongError(self.slot.key)
        return value

    def _personal(self, profile: Profile) -> str:
        try:
            return self.finish(self.text.render(profile))
        except MissingPropertyError:
            return ""
        except OverlongTextError:
            raise ValueTooLongError(self.slot.key) from None


def compile_slot(slot: Slot, value: SlotValue, *, zone: tzinfo) -> CompiledSlot:
    """Raises PersonalizationError for a text that can't be read."""
    finish = finisher(slot.kind, zone=zone)
    return _compiled(slot, compile_text(value.text, zone=zone), finish, fallback=value.fallback)


def sample_slot(slot: Slot) -> CompiledSlot:
    """Filled with the template's own sample, whose braces mean nothing."""
    return _compiled(slot, literal(slot.sample), finisher(slot.kind, zone=UTC), fallback="")


def _compiled(
    slot: Slot, text: Personalized, finish: Callable[[str], str], *, fallback: str
) -> CompiledSlot:
    ready_fallback = finish(fallback)
    constant = None if text.constant is None else finish(text.constant) or ready_fallback
    return CompiledSlot(
        slot=slot, text=text, finish=finish, fallback=ready_fallback, constant=constant
    )
