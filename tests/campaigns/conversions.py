"""Who reached the goals of runs, found the plain way: each event of each person, one by one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from campaigns.models import ConversionOf, Message, Occurrence, Reason, Run, State
from tests.campaigns.recount import quarter_of, series

GONE = (State.SUPPRESSED, State.FAILED, State.UNKNOWN)
CONTROLS = {
    Reason.CONTROL_GROUP: ConversionOf.CONTROL,
    Reason.PROJECT_CONTROL_GROUP: ConversionOf.PROJECT_CONTROL,
}
PREFIX = {
    ConversionOf.SENT: "",
    ConversionOf.UNSENT: "unsent_",
    ConversionOf.CONTROL: "control_",
    ConversionOf.PROJECT_CONTROL: "project_control_",
}
COUNTED = ("converted", "conversions", "valued", "value:")
# A run, a name, a variant, and a quarter of an hour.
Key = tuple[int, str, int | None, datetime | None]
Counts = dict[Key, int]


def told(runs: Iterable[Run]) -> Counts:
    """What the tallies of these runs say of conversions."""
    return {
        (run.pk, *key): n
        for run in runs
        for key, n in series([run.pk]).items()
        if any(name in key[0] for name in COUNTED)
    }


def expected(runs: Sequence[Run]) -> Counts:
    counts: Counter[Key] = Counter()
    times: dict[tuple[Message, ConversionOf], list[datetime]] = defaultdict(list)
    kinds = {run.goal.kind_id for run in runs if run.goal}
    for event in Occurrence.objects.filter(kind__in=kinds):
        for campaign in {run.campaign for run in runs}:
            found = _credit(event, [run for run in runs if run.campaign == campaign])
            if found is None:
                continue
            message, who = found
            times[message, who].append(event.at)
            counts.update(_counted(event, message, PREFIX[who]))
    for (message, who), ats in times.items():
        first = quarter_of(min(ats))
        counts[message.run_id or 0, f"{PREFIX[who]}converted", message.variant_id, first] += 1
    return {key: n for key, n in counts.items() if n}


def _credit(event: Occurrence, runs: Sequence[Run]) -> tuple[Message, ConversionOf] | None:
    """The last message that was sent before it, else the last row of somebody sent nothing."""
    best = None
    for run in runs:
        if run.goal is None or not _is_meant(event, run.goal.document):
            continue
        for message in run.messages.filter(profile=event.profile_id):
            who, clock = _who(message), message.sent_at or message.created_at
            if who is None or not clock <= event.at <= clock + run.goal.within:
                continue
            rank = (who is ConversionOf.SENT, clock, message.pk)
            if best is None or rank > best[0]:
                best = (rank, message, who)
    return best and best[1:]


def _is_meant(event: Occurrence, document: dict[str, Any]) -> bool:
    if event.kind.name != document["event"]:
        return False
    amount = event.properties.get("Amount")
    is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
    return all(is_number and amount >= one["value"] for one in document.get("where", ()))


def _who(message: Message) -> ConversionOf | None:
    if message.sent_at is not None:
        return ConversionOf.SENT
    if message.reason in CONTROLS:
        return CONTROLS[Reason(message.reason)]
    assigned = message.send_key is not None and message.state in GONE
    return ConversionOf.UNSENT if assigned else None


def _counted(event: Occurrence, message: Message, prefix: str) -> Counts:
    run, variant = message.run_id or 0, message.variant_id
    counts = {(run, f"{prefix}conversions", variant, quarter_of(event.at)): 1}
    amount = event.properties.get("Amount")
    if isinstance(amount, int | float):
        said = str(event.properties.get("Currency", "")).upper()
        currency = said if len(said) == 3 else "INR"
        counts[run, f"{prefix}valued", variant, None] = 1
        counts[run, f"{prefix}value:{currency}", variant, None] = round(amount * 1000)
    return counts
