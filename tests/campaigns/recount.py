"""The numbers of runs, counted from the message rows: what the tallies must equal at rest."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import QuerySet

from campaigns.models import Event, EventName, Message, State

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


def recount(run_ids: Iterable[int]) -> dict[str, int]:
    return recount_of(Message.objects.filter(run_id__in=list(run_ids)))


def recount_of(messages: QuerySet[Message]) -> dict[str, int]:
    numbers: Counter[str] = Counter()
    for message in messages:
        numbers["targeted"] += 1
        numbers.update(_names_of(message))
    numbers["clicks"] = Event.objects.filter(message__in=messages, name=EventName.CLICKED).count()
    return {name: n for name, n in numbers.items() if n}


def _names_of(message: Message) -> list[str]:
    names = [name for field, name in TIMES.items() if getattr(message, field)]
    state = State(message.state)
    if state in NAMES:
        names.append(NAMES[state])
    if state is State.SUPPRESSED:
        names.append(f"suppressed:{message.reason}")
    if state is State.UNKNOWN:
        names.append("failed:unknown")
    if state is State.FAILED:
        names.append(":".join(filter(None, ["failed", message.reason, message.code])))
    return names
