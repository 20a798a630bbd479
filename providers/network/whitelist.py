"""The addresses from which this installation sends, and whether Gupshup is said to know them."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db.models import Count, Max, Sum
from django.utils import timezone

from providers.models import (
    CallbackRefusal,
    Incident,
    IncidentKind,
    ObservedIP,
    Project,
    Provider,
    RefusedCallback,
    SendingIP,
    Verification,
    VerificationResult,
)
from providers.network.fetching import FetchRefused, fetch
from providers.network.public_addresses import Address, Network
from providers.network.ranges import covering

logger = logging.getLogger(__name__)

# The task looks several times meanwhile; a server that has moved is forgotten.
OBSERVATION_LASTS = timedelta(hours=1)
REFUSALS_SHOWN = timedelta(hours=24)
REFUSALS_KEPT = timedelta(days=7)
MOST_REFUSALS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Observed:
    """The address under which a worker was seen from outside, and whether it is on the list."""

    address: str
    at: datetime
    is_listed: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Callbacks of one network that were refused lately."""

    network: str
    reason: CallbackRefusal
    count: int
    minutes: int
    last: datetime


def networks_of(project: Project) -> list[Network]:
    rows = SendingIP.objects.of(project).values_list("network", flat=True)
    return [ip_network(row) for row in rows]


def observed(project: Project) -> list[Observed]:
    known = networks_of(project)
    since = timezone.now() - OBSERVATION_LASTS
    rows = ObservedIP.objects.filter(last_seen_at__gte=since).order_by("-last_seen_at")
    return [
        Observed(row.address, row.last_seen_at, covering(ip_address(row.address), known))
        for row in rows
    ]


def refused_accounts(project: Project) -> list[Verification]:
    """Accounts at which Gupshup refused our address the last time."""
    refused = Verification.objects.filter(
        provider__project=project, result=VerificationResult.IP_REFUSED
    )
    return list(refused.order_by("account"))


def open_incident(project: Project) -> Incident | None:
    """Gupshup's refusal of our address that is not over yet, whoever met it."""
    kind = IncidentKind.IP_REFUSED
    return Incident.objects.open().filter(project=project, kind=kind).first()


def verifications_of(project: Project) -> list[Verification]:
    provider = Provider.objects.filter(project=project).first()
    return list(provider.verifications.order_by("account")) if provider else []


def refused_callbacks(project: Project) -> list[Refused]:
    """Of the last day, the most frequent first."""
    since = timezone.now() - REFUSALS_SHOWN
    rows = (
        RefusedCallback.objects.filter(project=project, minute__gte=since)
        .values("network", "reason")
        .annotate(total=Sum("count"), minutes=Count("pk"), last=Max("minute"))
        .order_by("-total")[:MOST_REFUSALS_SHOWN]
    )
    return [
        Refused(
            row["network"],
            CallbackRefusal(row["reason"]),
            row["total"],
            row["minutes"],
            row["last"],
        )
        for row in rows
    ]


def observe() -> str:
    """Asks EGRESS_IP_URL under which address this process is seen; empty where it isn't set, or
    gives none."""
    if not settings.EGRESS_IP_URL:
        return ""
    try:
        body = fetch(settings.EGRESS_IP_URL, limit=10_000).body
        address = _first_address(_candidates(body.decode("utf-8", "replace")))
    except FetchRefused as refused:
        logger.warning("EGRESS_IP_URL gives no address: %s", refused.reason)
        return ""
    if address is None:
        logger.warning("EGRESS_IP_URL gives no address: its answer holds none")
        return ""
    now = timezone.now()
    ObservedIP.objects.update_or_create(address=str(address), defaults={"last_seen_at": now})
    return str(address)


def prune() -> None:
    RefusedCallback.objects.filter(minute__lt=timezone.now() - REFUSALS_KEPT).delete()
    ObservedIP.objects.filter(last_seen_at__lt=timezone.now() - REFUSALS_KEPT).delete()


def _candidates(text: str) -> list[str]:
    """Services answer with the bare address, or with JSON that holds it."""
    try:
        read = json.loads(text)
    except ValueError:
        return text.split()
    if isinstance(read, dict):
        return [value for value in read.values() if isinstance(value, str)]
    return text.split()


def _first_address(texts: Iterable[str]) -> Address | None:
    for text in texts:
        try:
            return ip_address(text.strip().strip('"'))
        except ValueError:
            continue
    return None
