"""The life of one message, told in the order in which it happened."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.gates.explaining import explain
from campaigns.models import Message, Outbox, OutboxState, State
from campaigns.planning.previewing import wording_of
from templates_app.kinds.preview import Preview
from templates_app.models import TemplateVersion
from templates_app.rendering.variants import prepare
from templates_app.values.personalization import PersonalizationError


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is None for what has no time of its own; such a moment comes last."""

    at: datetime | None
    title: str
    detail: str = ""


def life_of(message: Message) -> list[Moment]:
    steps = [(moment.at, moment) for moment in _happened(message) if moment.at]
    # Gupshup's times of clicks are whole seconds: within one second the usual order is the truth.
    steps.sort(key=lambda step: step[0].replace(microsecond=0))
    beginning = Moment(message.created_at, _beginning(message))
    return [beginning, *(moment for _, moment in steps), *_now(message)]


def latest_step(message: Message) -> datetime | None:
    """When it last went a step further; None while it waits for its first."""
    steps = ("sent_at", "delivered_at", "read_at", "clicked_at", "replied_at", "failed_at")
    return max((at for step in steps if (at := getattr(message, step))), default=None)


def text_of(
    message: Message, *, versions: Mapping[int, TemplateVersion] | None = None
) -> Preview | None:
    """What was written to be sent: of a campaign with its placeholders, as today's values of the
    person may differ from those that were sent. `versions` are read already, for many messages."""
    if message.variant is not None:
        return wording_of(message.variant)
    content = message.content or {}
    if "version" in content:
        known = versions_of([message]) if versions is None else versions
        return _text_of_template(content, known)
    text = content.get("text")
    return Preview(body=text) if isinstance(text, str) else None


def versions_of(messages: Iterable[Message]) -> dict[int, TemplateVersion]:
    """The wordings of those that are templates outside of a campaign."""
    ids = {content["version"] for m in messages if "version" in (content := m.content or {})}
    return TemplateVersion.objects.select_related("template__project").in_bulk(ids) if ids else {}


def _text_of_template(
    content: Mapping[str, Any], versions: Mapping[int, TemplateVersion]
) -> Preview | None:
    version = versions.get(content["version"])
    if version is None:
        return None
    try:
        return prepare(version, content["values"]).preview(content["person"])
    except PersonalizationError:
        return None


def _beginning(message: Message) -> str:
    if message.state == State.SUPPRESSED and not message.attempt:
        return "Not queued" if message.send_key is None else "Queued"
    return "Queued"


def _happened(message: Message) -> Iterator[Moment]:
    yield Moment(message.sent_at, "Sent", "Gupshup took it.")
    yield Moment(message.delivered_at, "Delivered", "It is on the phone.")
    yield Moment(message.read_at, "Viewed")
    yield Moment(message.clicked_at, "Clicked", "The first click on a link or button.")
    yield Moment(message.replied_at, "Replied", "The first reply to it.")
    if message.failed_at and message.state != State.UNKNOWN:
        yield Moment(message.failed_at, "Failed", _why(message))


def _now(message: Message) -> Iterator[Moment]:
    """How it stands, where that is no moment of the above."""
    outbox: Outbox | None = getattr(message, "outbox", None)
    state = State(message.state)
    if state is State.QUEUED:
        yield Moment(None, *_waiting(message, outbox))
    elif state is State.SUPPRESSED:
        yield Moment(None, "Suppressed", _why(message))
    elif state is State.IN_DOUBT:
        yield Moment(
            outbox.due_at if outbox else None,
            "In doubt",
            "It may have left: no clear answer came. A delivery report settles it, until then "
            "nothing is sent again.",
        )
    elif state is State.UNKNOWN:
        yield Moment(message.failed_at, "Failed", _why(message))


def _waiting(message: Message, outbox: Outbox | None) -> tuple[str, str]:
    if outbox is not None and outbox.state == OutboxState.CLAIMED:
        return "Sending", f"Attempt {outbox.attempt} is under way."
    if message.attempt:
        return "Waiting for another try", _last_answer(message)
    return "Waiting for its turn", ""


def _last_answer(message: Message) -> str:
    tried = "Tried once" if message.attempt == 1 else f"Tried {message.attempt} times"
    return f"{tried}. The last answer: {message.code} {message.detail}".strip()


def _why(message: Message) -> str:
    return explain(message.reason, message.code).meaning if message.reason else message.detail
