"""Which campaigns a change of a template stops; providers/dependents.py asks."""

from collections.abc import Iterator
from contextlib import suppress

from django.db.models import Model
from django.urls import reverse

from campaigns.lifecycle import LIVE, LifecycleError, stop
from campaigns.models import Campaign
from providers.dependents import Dependent


def campaigns_of_template(template: Model) -> Iterator[Dependent]:
    """Those that will send it, or are sending it, in whatever version."""
    campaigns = Campaign.objects.filter(variants__version__template=template.pk, status__in=[*LIVE])
    for campaign in campaigns.distinct().order_by("name", "pk"):
        yield _dependent(campaign)


def _dependent(campaign: Campaign) -> Dependent:
    def end(reason: str) -> None:
        with suppress(LifecycleError):  # it has ended by itself meanwhile
            stop(campaign, reason=reason)

    return Dependent(
        name=f"{campaign.name} ({campaign.get_status_display().lower()})",
        url=reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        stop=end,
    )
