"""A version ready to be sent: all that is the same for every message is worked out here."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from providers.gateway.requests import GatewayRequest
from templates_app.kinds.base import Envelope, TemplateKind
from templates_app.kinds.messages import Filled, MessageBuilder, message_builder
from templates_app.kinds.parts import LimitedText
from templates_app.kinds.preview import Preview
from templates_app.kinds.skeleton import Skeleton
from templates_app.values.filling import OfferExpiredError, ValueTooLongError
from templates_app.values.slots import Slot, SlotKind
from templates_app.wording import placeholders
from templates_app.wording.components import Wording
from templates_app.wording.languages import is_right_to_left


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFit:
    """A text whose values may be too long together, though none is by itself. `repeats` is how
    often each value stands in the text, `room` what the text leaves for them."""

    values: slice
    keys: tuple[str, ...]
    repeats: tuple[int, ...]
    room: int

    def check(self, values: Sequence[str]) -> None:
        lengths = [
            len(value) * times
            for value, times in zip(values[self.values], self.repeats, strict=True)
        ]
        if sum(lengths) > self.room:
            raise ValueTooLongError(self.keys[lengths.index(max(lengths))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`values` are always finished and in the order of `keys`, the slots' keys; where a preview
    has none, it gets None."""

    kind: TemplateKind
    wording: Wording
    keys: tuple[str, ...]
    right_to_left: bool
    build: MessageBuilder
    header: slice
    body: slice
    fits: tuple[TextFit, ...]
    # Where the offer's end stands, and the one value that travels as a link's tail.
    expiry: int | None
    link_tail: int | None
    components: Skeleton | None

    def check(self, values: Sequence[str], *, now: float) -> None:
        """Raises ValueTooLongError when a text gets too long, though no value is by itself, and
        OfferExpiredError; `now` is in seconds since 1970."""
        for fit in self.fits:
            fit.check(values)
        if self.expiry is not None and int(values[self.expiry]) <= now * 1000:
            raise OfferExpiredError(self.keys[self.expiry])

    def request(
        self, values: Sequence[str], *, phone: str, msg_id: str, extra: str
    ) -> GatewayRequest:
        return self.build(
            Filled(
                phone=phone,
                msg_id=msg_id,
                extra=extra,
                header=tuple(values[self.header]),
                body=tuple(values[self.body]),
                link_tail="" if self.link_tail is None else values[self.link_tail],
                components=None if self.components is None else self.components.fill(values),
            )
        )

    def preview(self, values: Sequence[str | None], *, notes: Sequence[str] = ()) -> Preview:
        shown = self.kind.preview(self.wording, dict(zip(self.keys, values, strict=True)))
        return replace(shown, right_to_left=self.right_to_left, notes=tuple(notes))


def plan_of(
    kind: TemplateKind, wording: Wording, envelope: Envelope, *, given: Collection[str]
) -> Plan:
    """`given` are the keys of the slots that the campaign fills."""
    slots = kind.slots(wording)
    keys = tuple(slot.key for slot in slots)
    components = kind.components(wording, given=given)
    tails = _positions(slots, SlotKind.URL_TAIL)
    return Plan(
        kind=kind,
        wording=wording,
        keys=keys,
        right_to_left=is_right_to_left(envelope.language),
        build=message_builder(wording, envelope),
        header=_run(keys, "header."),
        body=_run(keys, "body."),
        fits=tuple(_fits(kind.texts(wording), keys)),
        expiry=next(iter(_positions(slots, SlotKind.EXPIRY)), None),
        link_tail=tails[0] if tails and components is None else None,
        components=None if components is None else _skeleton(components, keys),
    )


def _skeleton(components: list[object], keys: Sequence[str]) -> Skeleton:
    return Skeleton.of({"components": components}, keys)


def _positions(slots: Sequence[Slot], kind: SlotKind) -> list[int]:
    return [position for position, slot in enumerate(slots) if slot.kind is kind]


def _run(keys: Sequence[str], prefix: str) -> slice:
    """Where the keys with this prefix stand; they stand together."""
    found = [position for position, key in enumerate(keys) if key.startswith(prefix)]
    return slice(found[0], found[-1] + 1) if found else slice(0, 0)


def _fits(texts: Iterable[LimitedText], keys: Sequence[str]) -> Iterable[TextFit]:
    for place, text, limit in texts:
        counts = Counter(placeholders.names_in(text.text))
        repeats = tuple(counts[name] for name in text.names)
        # What the slot's own limit sees to needs no second look.
        if sum(repeats) > 1:
            run = _run(keys, f"{place}.")
            yield TextFit(
                values=slice(run.start, run.start + len(repeats)),
                keys=tuple(f"{place}.{name}" for name in text.names),
                repeats=repeats,
                room=limit - len(placeholders.without_placeholders(text.text)),
            )
