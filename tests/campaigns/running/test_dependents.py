import pytest

from campaigns.models import CampaignStatus
from providers.connection.dependents import dependents_of, stop_dependents
from providers.watch.actors import SYSTEM
from tests.factories import (
    CampaignFactory,
    TemplateFactory,
    TemplateVersionFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


def test_a_template_names_what_is_scheduled_or_under_way_with_any_of_its_versions() -> None:
    template = TemplateFactory.create()
    newer = TemplateVersionFactory.create(template=template)
    campaigns = {
        status: CampaignFactory.create(name=status, status=status) for status in CampaignStatus
    }
    for campaign in campaigns.values():
        VariantFactory.create(campaign=campaign, version=newer)
    VariantFactory.create(campaign=CampaignFactory.create(status=CampaignStatus.RUNNING))

    named = [(found.name, found.url) for found in dependents_of(template)]

    assert named == [
        (f"{status} ({status})", f"/campaigns/campaign/{campaigns[status].pk}/change/")
        for status in ("launching", "paused", "running", "scheduled")
    ]


def test_stopping_tells_each_campaign_why_and_leaves_what_has_ended() -> None:
    variant = VariantFactory.create(
        campaign__status=CampaignStatus.RUNNING, version__template=TemplateFactory.create()
    )
    template = variant.version.template
    stopped = stop_dependents(template, reason="The template was deleted.", by=SYSTEM)

    variant.campaign.refresh_from_db()
    assert (variant.campaign.status, variant.campaign.status_reason) == (
        CampaignStatus.STOPPED,
        "The template was deleted.",
    )
    stopped[0].stop("Again.", SYSTEM)
    variant.campaign.refresh_from_db()
    assert variant.campaign.status_reason == "The template was deleted."
