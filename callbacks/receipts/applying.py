"""What callbacks tell, applied to what they tell it about. Expects the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import cast

from callbacks.inbox.inbound import receive
from callbacks.parsers import AccountEvent, Arrived, Click, DeliveryReport, Fact, Inbound
from callbacks.parsers.facts import FactT_co
from callbacks.receipts import account_events
from campaigns.feedback import clicks
from campaigns.feedback.delivery import Report, Reportable, apply_reports
from campaigns.feedback.marketing_stops import note_marketing_stops
from campaigns.feedback.matching import Trace, attempt_of, find, foreign
from campaigns.models import State

STATES: Mapping[str, Reportable] = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.READ,
    "failed": State.FAILED,
}


class Verdict(Enum):
    APPLIED = "applied"
    PARKED = "parked"  # its message may yet be recorded
    LEFT_OUT = "left out"  # the same, but too many wait already
    FOREIGN = "foreign"  # another system's, on the same account


def apply(facts: Sequence[Arrived[Fact]]) -> list[Verdict]:
    """The verdict on each fact, in the order given."""
    traces = [trace_of(arrived.fact, project_id=arrived.project_id) for arrived in facts]
    found = find(traces)
    pairs = [(arrived, to) for arrived, to in zip(facts, found, strict=True) if to]
    reports = [r for arrived, to in pairs if (r := _report(arrived, to))]
    unsent = apply_reports(reports)
    note_marketing_stops([report for report in reports if report.message_id not in unsent])
    sent = [(arrived, to) for arrived, to in pairs if to not in unsent]
    clicks.apply_clicks([c for arrived, to in sent if (c := _click(arrived, to))])
    receive(_of_kind(facts, Inbound))
    account_events.obey(_of_kind(facts, AccountEvent))
    return _verdicts(traces, found, unsent)


def _verdicts(
    traces: Sequence[Trace | None], found: Sequence[int | None], unsent: Collection[int]
) -> list[Verdict]:
    """A fact about a message that nobody has tried to send is kept waiting: it may be early."""
    lost = [trace for trace, to in zip(traces, found, strict=True) if trace and to is None]
    fates = iter(foreign(lost))
    verdicts = []
    for trace, to in zip(traces, found, strict=True):
        if trace is None or (to is not None and to not in unsent):
            verdicts.append(Verdict.APPLIED)
        else:
            is_foreign = to is None and next(fates)
            verdicts.append(Verdict.FOREIGN if is_foreign else Verdict.PARKED)
    return verdicts


def trace_of(fact: Fact, *, project_id: int) -> Trace | None:
    """None for what is not about a message of ours."""
    if not isinstance(fact, DeliveryReport | Click):
        return None
    return Trace(
        project_id=project_id,
        extra=fact.extra,
        msg_id=fact.msg_id,
        external_id=fact.external_id if isinstance(fact, DeliveryReport) else None,
    )


def _report(arrived: Arrived[Fact], message_id: int) -> Report | None:
    """A click proves, too, that its message has left."""
    fact = arrived.fact
    if isinstance(fact, Click):
        at = min(fact.at, arrived.received_at)
        return Report(
            project_id=arrived.project_id,
            message_id=message_id,
            attempt=None,
            status=State.SENT,
            at=at,
            source=arrived.receipt_id,
        )
    if not isinstance(fact, DeliveryReport) or fact.status not in STATES:
        return None
    return Report(
        project_id=arrived.project_id,
        message_id=message_id,
        attempt=_attempt(arrived, message_id) if fact.status == "failed" else None,
        status=STATES[fact.status],
        # Whatever the sender's clock says, it did not happen after we knew of it.
        at=min(fact.at, arrived.received_at),
        code=fact.code or "",
        cause=fact.cause or "",
        external_id=fact.external_id or "",
        source=arrived.receipt_id,
    )


def _attempt(arrived: Arrived[Fact], message_id: int) -> int | None:
    trace = trace_of(arrived.fact, project_id=arrived.project_id)
    return attempt_of(message_id, trace) if trace else None


def _click(arrived: Arrived[Fact], message_id: int) -> clicks.Click | None:
    fact = arrived.fact
    if not isinstance(fact, Click):
        return None
    return clicks.Click(
        project_id=arrived.project_id,
        message_id=message_id,
        url=fact.url,
        short_url=fact.short_url,
        user_agent=fact.user_agent or "",
        at=min(fact.at, arrived.received_at),
        printed_at=fact.at,
        source=arrived.receipt_id,
    )


def _of_kind(facts: Sequence[Arrived[Fact]], kind: type[FactT_co]) -> list[Arrived[FactT_co]]:
    return [
        cast("Arrived[FactT_co]", arrived) for arrived in facts if isinstance(arrived.fact, kind)
    ]
