import pytest

from campaigns.models import LIVE, Campaign, CampaignStatus
from campaigns.running import lifecycle
from campaigns.running.archiving import archive, bring_back
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.drafts import ready
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db

ALL = Campaign.objects.all()


def archived() -> set[str]:
    return {campaign.name for campaign in Campaign.objects.exclude(archived_at=None)}


def test_what_is_live_stays_in_the_list(project: Project) -> None:
    for status in CampaignStatus:
        CampaignFactory.create(project=project, name=status.value, status=status)
    CampaignFactory.create(name="elsewhere", status=CampaignStatus.COMPLETED)

    stays = {CampaignStatus.AWAITING, *LIVE}
    over = {status.value for status in CampaignStatus if status not in stays}
    assert archive(project, ALL, by=SYSTEM) == len(over)
    assert archived() == over
    assert archive(project, ALL, by=SYSTEM) == 0

    assert bring_back(project, ALL, by=SYSTEM) == len(over)
    assert archived() == set()


def test_whatever_is_published_is_back_in_the_list(project: Project) -> None:
    draft = ready(project, name="draft")
    archive(project, ALL, by=SYSTEM)
    assert archived() == {"draft"}
    lifecycle.publish(draft, by=SYSTEM)
    assert archived() == set()
