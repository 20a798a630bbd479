"""The life of one message, told in the order in which it happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from campaigns.gates.explaining import explain
from campaigns.gates.quiet_hours import quiet_hours_of
from campaigns.gates.registry import reasons_by_lot
from campaigns.models import Message, Outbox, OutboxState, State, VariantsBy
from campaigns.planning.variants import why_it


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
    beginning = Moment(message.created_at, _beginning(message), which_variant(message))
    return [beginning, *(moment for _, moment in steps), *_now(message)]


def latest_step(message: Message) -> datetime | None:
    """When it last went a step further; None while it waits for its first."""
    steps = ("sent_at", "delivered_at", "read_at", "clicked_at", "replied_at", "failed_at")
    return max((at for step in steps if (at := getattr(message, step))), default=None)


def _beginning(message: Message) -> str:
    if message.state == State.SUPPRESSED and not message.attempt:
        was_queued = message.send_key is not None and message.reason not in reasons_by_lot()
        return "Queued" if was_queued else "Not queued"
    return "Queued"


def which_variant(message: Message) -> str:
    """Which of several, and why; empty where everybody gets the same."""
    campaign, variant = message.campaign, message.variant
    if campaign is None or variant is None or campaign.variants_by == VariantsBy.ONE:
        return ""
    return f"Variant {variant.letter}, for {why_it(campaign, variant)}."


def _happened(message: Message) -> Iterator[Moment]:
    yield Moment(message.sent_at, "Sent", "Gupshup took it.")
    yield Moment(message.delivered_at, "Delivered", "It is on the phone.")
    yield Moment(message.read_at, "Viewed")
    yield Moment(message.clicked_at, "Clicked", "The first click on a link or button.")
    yield Moment(message.replied_at, "Replied", "The first reply to it.")
    if message.failed_at and message.state != State.UNKNOWN:
        yield Moment(message.failed_at, "Failed", why(message))


def _now(message: Message) -> Iterator[Moment]:
    """How it stands, where that is no moment of the above."""
    outbox: Outbox | None = getattr(message, "outbox", None)
    state = State(message.state)
    if state is State.QUEUED:
        yield Moment(None, *_waiting(message, outbox))
    elif state is State.SUPPRESSED:
        yield Moment(None, "Suppressed", why(message))
    elif state is State.IN_DOUBT:
        yield Moment(
            outbox.due_at if outbox else None,
            "In doubt",
            "It may have left: no clear answer came. A delivery report settles it, until then "
            "nothing is sent again.",
        )
    elif state is State.UNKNOWN:
        yield Moment(message.failed_at, "Failed", why(message))


def _waiting(message: Message, outbox: Outbox | None) -> tuple[str, str]:
    if outbox is not None and outbox.state == OutboxState.CLAIMED:
        return "Sending", f"Attempt {outbox.attempt} is under way."
    if asleep := _asleep(message):
        return "Waiting for the end of quiet hours", asleep
    if message.attempt:
        return "Waiting for another try", _last_answer(message)
    return "Waiting for its turn", ""


def _asleep(message: Message) -> str:
    """What time it is where they are, in the campaign's quiet hours; empty outside of them."""
    hours = quiet_hours_of(message.campaign) if message.campaign else None
    if hours is None:
        return ""
    theirs = hours.of_person(message.profile.time_zone if message.profile else "")
    now = timezone.now()
    over = theirs.end_after(now)
    if over is None:
        return ""
    there = now.astimezone(theirs.zone)
    return (
        f"It is {there:%H:%M} where they are ({theirs.zone.key}), and until {over:%H:%M} nothing"
        " of this campaign goes out there."
    )


def _last_answer(message: Message) -> str:
    tried = "Tried once" if message.attempt == 1 else f"Tried {message.attempt} times"
    return f"{tried}. The last answer: {message.code} {message.detail}".strip()


def why(message: Message) -> str:
    """It was suppressed, or failed."""
    return explain(message.reason, message.code).meaning if message.reason else message.detail
