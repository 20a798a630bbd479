"""Live campaigns, as they are some time after they were published, and what people do."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import Campaign, CampaignKind, CampaignStatus, Message, Profile, Trigger
from campaigns.planning.occasion import Deed, Occasion
from campaigns.planning.occasion_document import as_document
from campaigns.running.lifecycle import publish
from providers.models import Project, Provider
from providers.watch.actors import SYSTEM
from tests.factories import CampaignFactory, EventKindFactory, ProviderFactory, VariantFactory

CART, ORDER = "Cart left", "Order placed"
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def draft(project: Project, **changes: Any) -> Campaign:
    """Whoever leaves a cart gets it; `changes` are of what sets it off, or of the campaign."""
    if not Provider.objects.filter(project=project).exists():
        ProviderFactory.create(project=project, rate=20)
    for name in (CART, ORDER):
        if not project.event_kinds.filter(name=name).exists():
            EventKindFactory.create(project=project, name=name)
    own = {name: changes.pop(name) for name in OF_OCCASION if name in changes}
    campaign: Campaign = VariantFactory.create(
        campaign=CampaignFactory.create(
            project=project,
            kind=CampaignKind.LIVE,
            occasion=as_document(Occasion(**{"did": Deed(CART), **own})),
            **changes,
        ),
        template__project=project,
    ).campaign
    return campaign


OF_OCCASION = ("did", "delay", "unless", "again", "weekdays", "since", "until")


def living(project: Project, *, for_hours: float = 1000, **changes: Any) -> Campaign:
    """Published so many hours ago."""
    campaign = draft(project, **changes)
    publish(campaign, by=SYSTEM)
    campaign.runs.update(started_at=ago(hours=for_hours))
    return campaign


def did(who: Profile, name: str = CART, at: datetime | None = None, **properties: Any) -> None:
    """One event, told now."""
    tell(who.project, [told(who, name, at, **properties)])


def told(
    who: Profile, name: str = CART, at: datetime | None = None, **properties: Any
) -> dict[str, Any]:
    at = at or timezone.now()
    record = {"identity": who.identity, "name": name, "at": at.isoformat()}
    return {**record, "properties": properties}


def tell(project: Project, records: list[dict[str, Any]]) -> list[str]:
    return [verdict.outcome.value for verdict in upload(project, records, by=SYSTEM)]


def entries(campaign: Campaign) -> list[tuple[int, str]]:
    """Whose triggers there are, and how each ended: "waits", "message", or its reason."""
    rows = Trigger.objects.filter(campaign=campaign).order_by("at", "pk")
    return [
        (row.profile_id, (row.reason or "message") if row.ended_at else "waits") for row in rows
    ]


def messages_of(campaign: Campaign) -> list[tuple[int | None, str]]:
    """Whose messages there are, and why they are suppressed, if they are."""
    rows = Message.objects.filter(campaign=campaign).order_by("pk")
    return list(rows.values_list("profile_id", "reason"))


def is_running(campaign: Campaign) -> bool:
    campaign.refresh_from_db()
    return campaign.status == CampaignStatus.RUNNING
