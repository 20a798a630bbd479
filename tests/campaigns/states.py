"""A run with people in every state, and the tallies that belong to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.models import Message, Reason, Run, State
from tests.campaigns.recount import recount_in_time
from tests.factories import MessageFactory, TallyFactory

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

# Whatever can become of somebody, one each.
STATES: list[dict[str, Any]] = [
    {"state": State.QUEUED},
    {"state": State.SUPPRESSED, "reason": Reason.NO_PHONE, "send_key": None, "phone": ""},
    {"state": State.SUPPRESSED, "reason": Reason.NOT_SUBSCRIBED, "send_key": None},
    {"state": State.SUPPRESSED, "reason": Reason.CAMPAIGN_STOPPED},
    {"state": State.IN_DOUBT, "code": "timed_out"},
    {"state": State.UNKNOWN, "reason": Reason.UNKNOWN, "failed_at": NOON},
    {"state": State.SENT, "sent_at": NOON},
    {
        "state": State.FAILED,
        "reason": Reason.REPORTED,
        "code": "101",
        "sent_at": NOON,
        "failed_at": NOON,
    },
    {"state": State.FAILED, "reason": Reason.REFUSED, "code": "101", "failed_at": NOON},
    {
        "state": State.FAILED,
        "reason": Reason.REPORTED,
        "code": "BLOCKED_FOR_USER",
        "sent_at": NOON,
        "failed_at": NOON,
    },
    {"state": State.DELIVERED, "sent_at": NOON, "delivered_at": NOON},
    {"state": State.READ, "sent_at": NOON, "delivered_at": NOON, "read_at": NOON},
    {
        "state": State.READ,
        "sent_at": NOON,
        "delivered_at": NOON,
        "read_at": NOON + timedelta(minutes=1),
        "clicked_at": NOON + timedelta(minutes=2),
        "replied_at": NOON + timedelta(minutes=3),
    },
]


def fill(run: Run) -> list[Message]:
    messages = [MessageFactory.create(run=run, **state) for state in STATES]
    count(run)
    return messages


def count(run: Run) -> None:
    run.tallies.all().delete()
    for (name, variant, quarter), n in recount_in_time(run.messages.all()).items():
        TallyFactory.create(run=run, name=name, variant_id=variant, quarter=quarter, n=n)
