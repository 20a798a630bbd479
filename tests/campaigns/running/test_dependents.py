import pytest

from campaigns.models import CampaignKind, CampaignStatus
from campaigns.running.dependents import RESUME_IT
from campaigns.running.lifecycle import LifecycleError, resume
from providers.connection.dependents import dependents_of, stop_dependents
from providers.watch.actors import SYSTEM
from templates_app.keeping.statuses import set_status
from templates_app.models import Status
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


@pytest.mark.parametrize(
    ("kind", "status", "becomes"),
    [
        (CampaignKind.RECURRING, Status.PAUSED, CampaignStatus.PAUSED),
        (CampaignKind.LIVE, Status.PAUSED, CampaignStatus.PAUSED),
        (CampaignKind.RECURRING, Status.REJECTED, CampaignStatus.STOPPED),
        (CampaignKind.ONCE, Status.PAUSED, CampaignStatus.STOPPED),
    ],
)
def test_what_stands_waits_while_meta_pauses_its_template(
    kind: CampaignKind, status: Status, becomes: CampaignStatus
) -> None:
    running = CampaignFactory.create(status=CampaignStatus.RUNNING, kind=kind)
    template = VariantFactory.create(campaign=running).version.template

    set_status(template, status, by=SYSTEM)

    running.refresh_from_db()
    assert running.status == becomes
    assert (RESUME_IT in running.status_reason) is (becomes == CampaignStatus.PAUSED)


def test_it_is_resumed_when_its_template_is_approved_again() -> None:
    running = CampaignFactory.create(status=CampaignStatus.RUNNING, kind=CampaignKind.LIVE)
    template = VariantFactory.create(campaign=running).version.template
    set_status(template, Status.PAUSED, by=SYSTEM)
    running.refresh_from_db()

    with pytest.raises(LifecycleError, match="Wait until it is approved again"):
        resume(running, by=SYSTEM)
    set_status(template, Status.APPROVED, by=SYSTEM)
    resume(running, by=SYSTEM)

    running.refresh_from_db()
    assert running.status == CampaignStatus.RUNNING
