"""A basic template, ready to be sent: what can be worked out once is worked out here."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from providers.gateway.requests import GatewayRequest
from templates_app import placeholders
from templates_app.components import Button, ButtonKind, Text, Wording
from templates_app.filling import ValueTooLongError
from templates_app.kinds.base import Envelope
from templates_app.kinds.messages import Filled, MessageBuilder, message_builder
from templates_app.kinds.parts import (
    body_slots,
    button_component,
    button_preview,
    button_slots,
    components_json,
    header_preview,
    header_slots,
    needs_components,
    shown_text,
)
from templates_app.languages import is_right_to_left
from templates_app.preview import Preview
from templates_app.rules.texts import BODY_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicPlan:
    """Values come in three runs: the header's up to `header_end`, the body's up to `body_end`,
    then one for each button in `filled_buttons`."""

    wording: Wording
    right_to_left: bool
    build: MessageBuilder
    header_end: int
    body_end: int
    # How often each body value stands in the text, and the room that the text leaves for them.
    repeats: tuple[int, ...]
    room: int
    filled_buttons: tuple[int, ...]
    # The position of the one value that travels as the link's tail, where one does.
    link_tail: int | None
    has_components: bool

    def check(self, values: Sequence[str]) -> None:
        body = values[self.header_end : self.body_end]
        lengths = [len(value) * times for value, times in zip(body, self.repeats, strict=True)]
        if sum(lengths) > self.room:
            names = (self.wording.body or Text()).names
            longest = f".{names[lengths.index(max(lengths))]}" if lengths else ""
            raise ValueTooLongError(f"body{longest}")

    def request(
        self, values: Sequence[str], *, phone: str, msg_id: str, extra: str
    ) -> GatewayRequest:
        return self.build(
            Filled(
                phone=phone,
                msg_id=msg_id,
                extra=extra,
                header=tuple(values[: self.header_end]),
                body=tuple(values[self.header_end : self.body_end]),
                link_tail="" if self.link_tail is None else values[self.link_tail],
                components=self._components(values) if self.has_components else None,
            )
        )

    def preview(self, values: Sequence[str | None], *, notes: Sequence[str] = ()) -> Preview:
        wording = self.wording
        tails = dict(zip(self.filled_buttons, values[self.body_end :], strict=True))
        return Preview(
            header=header_preview(wording.header, values[: self.header_end]),
            body=shown_text(wording.body or Text(), values[self.header_end : self.body_end]),
            footer=wording.footer,
            buttons=tuple(
                button_preview(button, tails.get(index))
                for index, button in enumerate(wording.buttons)
            ),
            right_to_left=self.right_to_left,
            notes=tuple(notes),
        )

    def _components(self, values: Sequence[str]) -> str:
        filled = zip(self.filled_buttons, values[self.body_end :], strict=True)
        return components_json(
            [
                button_component(self.wording.buttons[index], index=index, value=value)
                for index, value in filled
            ]
        )


def plan_basic(wording: Wording, envelope: Envelope, *, given: Collection[str]) -> BasicPlan:
    body = wording.body or Text()
    header_end = len(list(header_slots(wording.header)))
    body_end = header_end + len(list(body_slots(body, limit=BODY_MAX)))
    filled = tuple(int(slot.key.partition(".")[2]) for slot in button_slots(wording.buttons))
    counts = Counter(placeholders.names_in(body.text))
    has_components = needs_components(
        wording.buttons, has_payload=_has_payload(wording.buttons, given)
    )
    return BasicPlan(
        wording=wording,
        right_to_left=is_right_to_left(envelope.language),
        build=message_builder(wording, envelope),
        header_end=header_end,
        body_end=body_end,
        repeats=tuple(counts[name] for name in body.names),
        room=BODY_MAX - len(placeholders.without_placeholders(body.text)),
        filled_buttons=filled,
        link_tail=None if has_components else _link_tail(wording.buttons, filled, start=body_end),
        has_components=has_components,
    )


def _has_payload(buttons: Sequence[Button], given: Collection[str]) -> bool:
    return any(
        button.kind is ButtonKind.QUICK_REPLY and f"button.{index}" in given
        for index, button in enumerate(buttons)
    )


def _link_tail(buttons: Sequence[Button], filled: Sequence[int], *, start: int) -> int | None:
    dynamic = [start + at for at, index in enumerate(filled) if buttons[index].is_dynamic]
    return dynamic[0] if dynamic else None
