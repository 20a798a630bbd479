"""A template is taken out of use at the very moment in which a campaign with it goes out."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from campaigns.models import Campaign, CampaignStatus, RunStatus, State
from campaigns.running.lifecycle import LifecycleError, publish, start_second_try
from providers.models import Project, User
from providers.watch.actors import SYSTEM, Actor
from templates_app.keeping.statuses import set_status
from templates_app.models import Status, Template
from tests.campaigns.drafts import ready
from tests.factories import MessageFactory, RunFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def beside(act: Callable[[], object]) -> str:
    """On a connection of its own; why it was not done, or nothing."""
    try:
        act()
    except LifecycleError as error:
        return str(error)
    finally:
        connection.close()
    return ""


def wait_for_a_lock(done: "Future[str]") -> None:
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if done.done() or cursor.fetchone() != (0,):
                return
            time.sleep(0.05)


def outcome(campaign: Campaign, act: Callable[[Campaign], None]) -> tuple[str, str]:
    """What was said, and what the campaign is, where the template is paused meanwhile."""
    template = Template.objects.get()
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            set_status(template, Status.PAUSED, by=SYSTEM)
            said = other.submit(beside, lambda: act(Campaign.objects.get(pk=campaign.pk)))
            wait_for_a_lock(said)
        refused = said.result(timeout=30)
    campaign.refresh_from_db()
    return refused, campaign.status


@pytest.fixture
def asha() -> User:
    return UserFactory.create()


def test_no_campaign_is_published_with_it(project: Project, asha: User) -> None:
    campaign = ready(project)
    said, status = outcome(campaign, lambda draft: publish(draft, by=Actor(asha)))
    assert "only an approved one can be sent" in said
    assert status == CampaignStatus.DRAFT


def test_no_campaign_is_tried_again_with_it(project: Project) -> None:
    campaign = ready(project, status=CampaignStatus.COMPLETED)
    run = RunFactory.create(campaign=campaign, status=RunStatus.FINISHED)
    MessageFactory.create(run=run, state=State.FAILED, reason="retries_exhausted")
    said, status = outcome(campaign, lambda campaign: start_second_try(campaign, by=SYSTEM))
    assert "only an approved one can be sent" in said
    assert status == CampaignStatus.COMPLETED
