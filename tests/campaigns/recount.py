"""The numbers of runs, counted from the message rows: what the tallies must equal at rest."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeAlias

from django.db.models import QuerySet, Sum

from campaigns.ledger.tallies import LINK, LINK_PEOPLE, PRESSED
from campaigns.models import BUTTON, Event, EventName, Message, Reason, Run, State, Tally

NAMES = {
    State.QUEUED: "queued",
    State.SUPPRESSED: "suppressed",
    State.IN_DOUBT: "in_doubt",
    State.UNKNOWN: "failed",
    State.FAILED: "failed",
}
TIMES = {
    "sent_at": "sent",
    "delivered_at": "delivered",
    "read_at": "read",
    "clicked_at": "clicked",
    "replied_at": "replied",
}
BY_LOT = (Reason.CONTROL_GROUP, Reason.PROJECT_CONTROL_GROUP)
# A name, the variant, and the quarter of an hour where the name has a time.
Key: TypeAlias = tuple[str, int | None, datetime | None]


def recount(run_ids: Iterable[int]) -> dict[str, int]:
    return recount_of(Message.objects.filter(run_id__in=list(run_ids)))


def recount_of(messages: QuerySet[Message]) -> dict[str, int]:
    numbers: Counter[str] = Counter()
    for (name, _, _), n in recount_in_time(messages).items():
        numbers[name] += n
    return dict(numbers)


def recount_in_time(messages: QuerySet[Message]) -> dict[Key, int]:
    """By variant and by the quarter of an hour of each message's own time."""
    numbers: Counter[Key] = Counter()
    with_goal = set(Run.objects.filter(goal__isnull=False).values_list("pk", flat=True))
    for message in messages:
        numbers["targeted", message.variant_id, None] += 1
        if message.run_id in with_goal and message.send_key and message.reason not in BY_LOT:
            numbers["assigned", message.variant_id, None] += 1
        numbers.update(_keys_of(message))
    clicks = Event.objects.filter(message__in=messages, name=EventName.CLICKED)
    for variant, at in clicks.values_list("message__variant", "at"):
        numbers["clicks", variant, quarter_of(at)] += 1
    numbers.update(_by_button(messages))
    return dict(numbers)


def _by_button(messages: QuerySet[Message]) -> Counter[Key]:
    """Each person once a button, and each of their clicks."""
    numbers, seen = Counter[Key](), set()
    events = Event.objects.filter(message__in=messages, properties__has_key=BUTTON)
    for event in events.select_related("message"):
        button, clicked = event.properties[BUTTON], event.name == EventName.CLICKED
        variant = event.message.variant_id
        if clicked:
            numbers[f"{LINK}{button}", variant, None] += 1
        if (event.message_id, event.name, button) not in seen:
            seen.add((event.message_id, event.name, button))
            numbers[f"{LINK_PEOPLE if clicked else PRESSED}{button}", variant, None] += 1
    return numbers


def series(run_ids: Iterable[int]) -> dict[Key, int]:
    """What the tallies say, as `recount_in_time`."""
    tallies = Tally.objects.filter(run_id__in=list(run_ids))
    rows = tallies.values_list("name", "variant", "quarter").annotate(Sum("n"))
    return {(name, variant, quarter): n for name, variant, quarter, n in rows if n}


def quarter_of(at: datetime | None) -> datetime | None:
    return at and at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def _keys_of(message: Message) -> Iterator[Key]:
    for field, name in TIMES.items():
        if at := getattr(message, field):
            yield name, message.variant_id, quarter_of(at)
    state = State(message.state)
    if state in NAMES:
        failed_at = message.failed_at if NAMES[state] == "failed" else None
        yield NAMES[state], message.variant_id, quarter_of(failed_at)
    if label := _label_of(message, state):
        yield label, message.variant_id, None


def _label_of(message: Message, state: State) -> str | None:
    if state is State.SUPPRESSED:
        return f"suppressed:{message.reason}"
    if state is State.UNKNOWN:
        return "failed:unknown"
    if state is State.FAILED:
        return ":".join(filter(None, ["failed", message.reason, message.code]))
    return None
