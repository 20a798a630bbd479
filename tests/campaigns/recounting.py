"""What a run's numbers must be: counted from its message rows, the slow way."""

from collections import Counter

from campaigns.models import Event, EventName, Message, Run, State
from campaigns.tallies import totals

BY_STATE = {
    State.QUEUED: "queued",
    State.SUPPRESSED: "suppressed",
    State.IN_DOUBT: "in_doubt",
    State.UNKNOWN: "failed",
    State.FAILED: "failed",
}
BY_TIME = {
    "sent": "sent_at",
    "delivered": "delivered_at",
    "read": "read_at",
    "clicked": "clicked_at",
    "replied": "replied_at",
}


def recount(run: Run) -> dict[str, int]:
    """The numbers that are not zero; without `targeted`, which is the number of rows."""
    numbers: Counter[str] = Counter()
    for message in Message.objects.filter(run=run):
        state = State(message.state)
        if name := BY_STATE.get(state):
            numbers[name] += 1
        if state is State.SUPPRESSED:
            numbers[f"suppressed:{message.reason}"] += 1
        if state is State.UNKNOWN:
            numbers["failed:unknown"] += 1
        if state is State.FAILED:
            numbers[":".join(filter(None, ["failed", message.reason, message.code]))] += 1
        numbers.update(key for key, column in BY_TIME.items() if getattr(message, column))
    if clicks := Event.objects.filter(message__run=run, name=EventName.CLICKED).count():
        numbers["clicks"] = clicks
    return dict(numbers)


def tallied(run: Run) -> dict[str, int]:
    return {name: n for name, n in totals([run.pk]).items() if n and name != "targeted"}
