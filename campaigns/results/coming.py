"""What goes out next: set times, and the next dates of campaigns that recur."""

from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from campaigns.models import Campaign, CampaignStatus
from campaigns.planning.planned_dates import meant_at
from providers.models import Project


def coming_until(project: Project, until: datetime) -> QuerySet[Campaign]:
    """The soonest first, each with its `due`."""
    planned = Campaign.objects.without_versions().filter(
        project=project, status=CampaignStatus.SCHEDULED, archived_at=None
    )
    found = planned.select_related("project").annotate(due=Coalesce("next_due_at", "starts_at"))
    return found.filter(due__lt=until).order_by("due", "pk")


def planned_for(campaign: Campaign) -> datetime | None:
    """By the project's clocks, though by each person's own it begins before, for those further
    east."""
    due = campaign.next_due_at
    return campaign.starts_at if due is None else meant_at(campaign, due)
