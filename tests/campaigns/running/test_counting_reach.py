"""What the last page says of many people: a worker counts it, and the page says that it counts."""

from typing import Any

import psycopg
import pytest
import redis
from django.test import Client

from campaigns.audience.segments.estimating import LOCK_OF_WORKERS
from campaigns.models import Campaign, Profile
from campaigns.pace import kept_figures
from campaigns.running import counting_reach
from campaigns.tasks import count_reach
from providers.models import Project
from templates_app.models import Category, Template
from tests.campaigns.drafts import page, ready
from tests.factories import (
    ProfileFactory,
    SubscriptionChangeFactory,
    SubscriptionStartFactory,
)
from tests.workers import database_url

pytestmark = pytest.mark.django_db
COUNTING = "Counting how many people will get it"
LOOKING = "Looking whether everybody has the values"


@pytest.fixture
def campaign(project: Project, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """To more people than are counted at once."""
    monkeypatch.setattr(counting_reach, "FEW", 2)
    campaign = ready(project, people=2)
    ProfileFactory.create(project=project, identity="out", subscribed=False)
    ProfileFactory.create(project=project, identity="lacks", name="")
    return campaign


def shown(client: Client, campaign: Campaign, part: str) -> str:
    return " ".join(client.get(page(campaign, f"publish/{part}")).content.decode().split())


def test_a_worker_counts_and_everybody_reads_it(campaign: Campaign, marketer: Client) -> None:
    before = shown(marketer, campaign, "reach"), shown(marketer, campaign, "values")
    count_reach(campaign.pk)
    reach, values = shown(marketer, campaign, "reach"), shown(marketer, campaign, "values")
    ProfileFactory.create(project=campaign.project)

    assert (COUNTING in before[0], LOOKING in before[1]) == (True, True)
    assert "<strong>3 people get</strong>" in reach
    assert "1 of 4 will not get it" in reach
    assert "Counted at" in reach
    assert LOOKING not in values
    assert "3 people get" in shown(marketer, campaign, "reach")


@pytest.mark.parametrize("at_first", [True, False])
@pytest.mark.parametrize(
    ("category", "said"),
    [(Category.MARKETING, "Of <strong>2 people</strong> nobody wrote down"), ("UTILITY", "")],
)
def test_marketing_without_evidence_of_consent_is_warned_of(
    campaign: Campaign, marketer: Client, category: str, said: str, at_first: bool
) -> None:
    Template.objects.update(category=category)
    agreed, refused = campaign.project.profiles.filter(subscribed=True)[:2]
    for profile, value in ((agreed, True), (refused, False)):
        given: dict[str, Any] = {"value": value, "words": "Form: Send me offers"}
        if at_first:
            start = SubscriptionStartFactory.create(project=campaign.project, **given)
            Profile.objects.filter(pk=profile.pk).update(subscription_start=start)
        else:
            SubscriptionChangeFactory.create(profile=profile, **given)

    count_reach(campaign.pk)

    reach = shown(marketer, campaign, "reach")
    assert ("nobody wrote down" in reach, said in reach) == (bool(said), True)


def test_another_draft_is_counted_anew(campaign: Campaign, marketer: Client) -> None:
    count_reach(campaign.pk)
    Campaign.objects.update(per_minute=7)
    assert COUNTING in shown(marketer, campaign, "reach")


def test_whoever_lacks_a_value_is_kept_by_number(campaign: Campaign, marketer: Client) -> None:
    campaign.variants.update(values={"body.1": {"text": "{{ profile.name }}", "fallback": ""}})
    count_reach(campaign.pk)
    lacks = campaign.project.profiles.get(identity="lacks")
    values = shown(marketer, campaign, "values")
    assert "1 of these 3 would be left out" in values
    assert f"/campaigns/profile/{lacks.pk}/change/" in values


def test_without_redis_it_is_counted_at_once(
    campaign: Campaign, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(kept_figures, "shared_redis", away)
    assert "<strong>3 people get</strong>" in shown(marketer, campaign, "reach")


def test_one_worker_at_a_time_counts_for_a_project(campaign: Campaign, marketer: Client) -> None:
    assert COUNTING in shown(marketer, campaign, "reach")
    with psycopg.connect(database_url()) as another:
        another.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_OF_WORKERS, campaign.project_id]
        )
        count_reach(campaign.pk)
        assert COUNTING in shown(marketer, campaign, "reach")
    count_reach(campaign.pk)
    assert "<strong>3 people get</strong>" in shown(marketer, campaign, "reach")


def test_a_campaign_that_is_gone_is_not_counted() -> None:
    count_reach(0)
