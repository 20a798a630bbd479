"""Campaigns that nobody needs to see any more, out of the list and back again. Nothing is lost by
it: their pages, results and messages stay, and whoever is left out by their results still is."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import LIVE, Campaign, CampaignStatus
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor

# Whoever may approve one has to see it in the list.
MAY_GO = Q(archived_at=None) & ~Q(status__in=(CampaignStatus.AWAITING, *LIVE))
MAY_COME_BACK = Q(archived_at__isnull=False)


def archive(project: Project, campaigns: QuerySet[Campaign], *, by: Actor) -> int:
    """Those that are neither live nor there already; how many they are."""
    found = _of(project, campaigns).filter(MAY_GO)
    return _move(found, "archived", by=by, archived_at=timezone.now())


def bring_back(project: Project, campaigns: QuerySet[Campaign], *, by: Actor) -> int:
    found = _of(project, campaigns).filter(MAY_COME_BACK)
    return _move(found, "brought_back", by=by, archived_at=None)


def _of(project: Project, campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    return Campaign.objects.filter(project=project, pk__in=campaigns.order_by().values("pk"))


@transaction.atomic
def _move(
    found: QuerySet[Campaign], happened: str, *, by: Actor, archived_at: datetime | None
) -> int:
    held = list(found.select_for_update(no_key=True).order_by("pk"))
    moved = Campaign.objects.filter(pk__in=[campaign.pk for campaign in held])
    moved.update(archived_at=archived_at)
    auditing.record_each(f"campaign.{happened}", by=by, targets=held)
    return len(held)
