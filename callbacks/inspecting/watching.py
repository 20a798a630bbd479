"""Is something wrong with the callbacks? Opens incidents, and closes them when it is over.

Looks at a part of the rows only, so it costs the same however many there are. While a campaign goes
out the newest rows are seconds old and say nothing yet: so they are looked for by their times.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

from django.db.models import Max, Sum
from django.utils import timezone

from callbacks.inspecting.by_time import first_after
from callbacks.inspecting.one_row import one_row
from callbacks.models import LastCall, ReceiptState
from campaigns.models import EventName
from providers.models import (
    CallbackRefusal,
    CallbackSource,
    IncidentKind,
    Project,
    RefusedCallback,
)
from providers.network.public_addresses import Network
from providers.watch import incidents

ENOUGH = 2_000  # rows

# Silent: so many messages were taken by Gupshup long enough ago, and none was reported since.
SENT_ENOUGH = 20
REPORTS_TAKE = timedelta(minutes=10)
LOOKS_BACK = timedelta(hours=1)

WAITS_TOO_LONG = timedelta(minutes=2)
REFUSED_WITHIN = timedelta(minutes=15)
REFUSED_ENOUGH = 3
MOST_NETWORKS = 3  # are named
MATCHING_TAKES = timedelta(minutes=5)  # before that many a report only waits for its message
FACTS_ENOUGH = 50
UNMATCHED_SHARE = 0.2

SENT = f"""
SELECT count(*), min(at) FROM (
    SELECT at FROM campaigns_event
    WHERE project_id = %s AND name = '{EventName.SENT}' AND at BETWEEN %s AND %s
    ORDER BY at LIMIT {ENOUGH}
) AS sent
"""
REPORTED = f"""
SELECT max(received_at) FROM (
    SELECT kind, state, received_at FROM callbacks_receipt
    WHERE project_id = %s ORDER BY id DESC LIMIT {ENOUGH}
) AS newest WHERE kind IN ('delivery', 'mixed') OR state = {ReceiptState.WAITING:d}
"""
# Since when: what somebody has replayed came long ago, and what a worker has is not late yet.
WAITING = f"""
SELECT min(due_at) FROM (
    SELECT project_id, due_at FROM callbacks_receipt
    WHERE state = {ReceiptState.WAITING:d} ORDER BY id LIMIT {ENOUGH}
) AS waiting WHERE project_id = %s
"""
MATCHED = f"""
SELECT COALESCE(sum(unmatched), 0), COALESCE(sum(facts), 0) FROM (
    SELECT parked + left_out AS unmatched, facts, received_at FROM callbacks_receipt
    WHERE project_id = %s AND id < %s AND kind IN ('delivery', 'click', 'mixed')
    ORDER BY id DESC LIMIT {ENOUGH}
) AS older WHERE received_at >= %s
"""


@dataclass(frozen=True, slots=True)
class Check:
    """`find` says what is wrong, in words for the project's people, or nothing."""

    kind: IncidentKind
    find: Callable[[int, datetime], str]


def watch(*, at: datetime | None = None) -> None:
    now = at or timezone.now()
    for project_id in Project.objects.filter(provider__isnull=False).values_list("pk", flat=True):
        for check in CHECKS:
            if detail := check.find(project_id, now):
                incidents.report(project_id, check.kind, detail=detail)
            else:
                incidents.close(project_id, check.kind)


def _silence(project_id: int, now: datetime) -> str:
    (reported,) = one_row(REPORTED, project_id)
    since = max(reported or now - LOOKS_BACK, now - LOOKS_BACK)
    count, first = one_row(SENT, project_id, since, now - REPORTS_TAKE)
    if count < SENT_ENOUGH:
        return ""
    heard = LastCall.objects.filter(project=project_id).aggregate(at=Max("at"))["at"]
    called = heard is not None and heard >= first
    what = "sent no delivery report" if called else "called none of your addresses"
    taken = f"{count:,} messages or more" if count == ENOUGH else f"{count:,} messages"
    return (
        f"Gupshup took {taken} in the last hour, but {what} since. "
        "Check under WhatsApp Connect that both callback addresses are set up at Gupshup."
    )


def _refusals(project_id: int, now: datetime) -> str:
    """Anybody who has seen an account id can call with a wrong key: where a project names the
    networks that may call, what comes from elsewhere with a wrong key is a stranger's."""
    since = now - REFUSED_WITHIN
    rows = RefusedCallback.objects.filter(project=project_id, minute__gte=since)
    by_network = rows.values_list("network", "reason").annotate(Sum("count"))
    named = [ip_network(one) for one in _sources(project_id)]
    counted = [
        (network, count)
        for network, reason, count in by_network
        if reason == CallbackRefusal.SOURCE or not named or _touches(network, named)
    ]
    count = sum(count for _network, count in counted)
    if count < REFUSED_ENOUGH:
        return ""
    callers = sorted({network for network, _count in counted if network})
    networks = ", ".join(callers[:MOST_NETWORKS]) or "unknown networks"
    return (
        f"{count} callbacks from {networks} were refused in the last 15 minutes: their key is "
        "wrong or has retired, or they come from a network that is not on your list. Compare the "
        "addresses under WhatsApp Connect with those set up at Gupshup. If that is not Gupshup "
        "calling, name Gupshup's networks under IP whitelist: others are not counted then."
    )


def _sources(project_id: int) -> list[str]:
    rows = CallbackSource.objects.filter(project=project_id)
    return [str(network) for network in rows.values_list("network", flat=True)]


def _touches(network: str, named: Sequence[Network]) -> bool:
    """A refusal is noted with its whole neighbourhood, which may be wider than what was named."""
    try:
        caller = ip_network(network)
    except ValueError:
        return False
    return any(one.version == caller.version and one.overlaps(caller) for one in named)


def _lag(project_id: int, now: datetime) -> str:
    (oldest,) = one_row(WAITING, project_id)
    if oldest is None or now - oldest < WAITS_TOO_LONG:
        return ""
    minutes = int((now - oldest).total_seconds() // 60)
    return (
        f"The oldest callback has waited for {minutes} minutes. Nothing is lost; numbers and "
        "auto-replies are late. Ask whoever runs this installation to look at worker-callbacks."
    )


def _unmatched(project_id: int, now: datetime) -> str:
    newest = first_after(project_id, now - MATCHING_TAKES)
    unmatched, facts = one_row(MATCHED, project_id, newest, now - LOOKS_BACK)
    if facts < FACTS_ENOUGH or unmatched / facts < UNMATCHED_SHARE:
        return ""
    return (
        f"{unmatched} of {facts} reports of the last hour are about messages that this project "
        "does not know. Does another system, or another installation, send through the same "
        "account?"
    )


CHECKS = (
    Check(IncidentKind.SILENT, _silence),
    Check(IncidentKind.REFUSED, _refusals),
    Check(IncidentKind.LAG, _lag),
    Check(IncidentKind.UNMATCHED, _unmatched),
)
