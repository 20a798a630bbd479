"""Campaigns that recur, as they are some time after they were published."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.models import Campaign, CampaignKind, CampaignStatus
from campaigns.planning.planned_dates import undecided
from campaigns.planning.schedule import Every, Schedule
from campaigns.planning.schedule_document import as_document
from providers.models import Project, Provider
from tests.factories import CampaignFactory, ProfileFactory, ProviderFactory, VariantFactory


def daily(first: datetime, zone: str, **bounds: Any) -> dict[str, Any]:
    """Every day at the minute of `first`, from its day on."""
    local = first.astimezone(ZoneInfo(zone))
    at = local.time().replace(second=0, microsecond=0)
    return as_document(Schedule(every=Every.DAY, at=at, starts_on=local.date(), **bounds))


def came(minutes_ago: float) -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=minutes_ago)


def draft(
    project: Project, *, minutes_ago: float = -60, people: int = 2, **fields: Any
) -> Campaign:
    """Every day, its first date in an hour; nothing keeps it from going out."""
    if not Provider.objects.filter(project=project).exists():
        ProviderFactory.create(project=project, rate=20)
    ProfileFactory.create_batch(people, project=project)
    bounds = {name: fields.pop(name) for name in ("times", "until", "again_days") if name in fields}
    schedule = daily(came(minutes_ago), project.time_zone, **bounds)
    fields |= {"kind": CampaignKind.RECURRING, "schedule": schedule}
    campaign: Campaign = VariantFactory.create(
        campaign=CampaignFactory.create(project=project, **fields),
        template__project=project,
    ).campaign
    return campaign


def standing(project: Project, *, minutes_ago: float = 5, days: int = 1, **fields: Any) -> Campaign:
    """Its newest date came so many minutes ago, and it on the days before, and none was decided."""
    first = came(minutes_ago) - timedelta(days=days - 1)
    minutes = minutes_ago + 24 * 60 * (days - 1)
    fields = {"status": CampaignStatus.SCHEDULED, **fields}
    campaign = draft(project, minutes_ago=minutes, **fields)
    campaign.published_at = first - timedelta(hours=1)
    campaign.next_due_at = next(undecided(campaign)).at
    campaign.save()
    return campaign
