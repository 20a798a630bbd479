"""Meta's limit of the number, beside the people of a campaign: on the last page."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, MessageKind, State
from campaigns.planning.preflight import findings, variants_of
from campaigns.results.number_limit import QUARTER, room_for
from providers.models import Project, Provider
from templates_app.models import Template
from tests.campaigns.drafts import page, ready
from tests.factories import MessageFactory, ProviderFactory, RunFactory, TallyFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NOW = timezone.now()
LAST = NOW.replace(minute=NOW.minute // 15 * 15, second=0, microsecond=0)


@pytest.fixture
def provider(project: Project) -> Provider:
    provider: Provider = ProviderFactory.create(project=project, messaging_limit="TIER_250")
    return provider


def sent(project: Project, n: int, *, hours_ago: float) -> None:
    run = RunFactory.create(campaign__project=project, started_at=NOW - 30 * HOUR)
    quarter = LAST - timedelta(hours=hours_ago)
    TallyFactory.create(run=run, name="sent", n=n, quarter=quarter)


def test_what_was_sent_in_a_day_counts_whoever_sent_it(provider: Provider) -> None:
    project = provider.project
    sent(project, 100, hours_ago=20)
    sent(project, 60, hours_ago=2)
    sent(project, 999, hours_ago=25)
    for at in (NOW - HOUR, NOW - 30 * HOUR, None):
        MessageFactory.create(
            project=project, run=None, kind=MessageKind.API, state=State.SENT, sent_at=at
        )
    sent(ProviderFactory.create().project, 77, hours_ago=1)

    room = room_for(provider, people=100, at=NOW)

    assert room is not None
    assert (room.most, room.used, room.too_many) == (250, 161, 11)


@pytest.mark.parametrize(
    ("people", "free_in", "too_many"),
    [
        (90, timedelta(0), 0),
        # When the hundred of twenty hours ago are a day old.
        (91, 4 * HOUR + QUARTER, 1),
        (190, 4 * HOUR + QUARTER, 100),
        (191, 22 * HOUR + QUARTER, 101),
        (250, 22 * HOUR + QUARTER, 160),
        (251, None, 161),
    ],
)
def test_it_says_when_all_of_them_could_get_it(
    provider: Provider, people: int, free_in: timedelta | None, too_many: int
) -> None:
    sent(provider.project, 100, hours_ago=20)
    sent(provider.project, 60, hours_ago=2)

    room = room_for(provider, people=people, at=NOW)

    assert room is not None
    free_at: datetime | None = None
    if free_in is not None:
        free_at = LAST + free_in if free_in else NOW
    assert (room.too_many, room.free_at) == (too_many, free_at)


def test_what_was_sent_today_is_no_use_of_the_day_after_tomorrow(provider: Provider) -> None:
    sent(provider.project, 250, hours_ago=1)
    room = room_for(provider, people=250, at=NOW + 48 * HOUR)
    assert room is not None
    assert (room.used, room.too_many) == (0, 0)


@pytest.mark.parametrize("limit", ["", "TIER_UNLIMITED", "TIER_OF_SOME_DAY", "TIER_0"])
def test_a_limit_that_nobody_knows_is_not_made_up(provider: Provider, limit: str) -> None:
    provider.messaging_limit = limit
    assert room_for(provider, people=10, at=NOW) is None


def last_page(client: Client, campaign: Campaign) -> str:
    return " ".join(client.get(page(campaign, "publish/reach")).content.decode().split())


def test_the_last_page_says_how_many_the_limit_leaves_out(
    project: Project, marketer: Client
) -> None:
    campaign = ready(project, people=3)
    Provider.objects.update(messaging_limit="TIER_2")
    too_many = last_page(marketer, campaign)
    Provider.objects.update(messaging_limit="TIER_10K")
    enough = last_page(marketer, campaign)
    Provider.objects.update(messaging_limit="")
    unknown = last_page(marketer, campaign)

    assert "<strong>2 people in 24 hours</strong>: about <strong>1 person</strong>" in too_many
    assert "take them in 2 days" in too_many
    assert "10,000 people in 24 hours, has room for them." in enough
    assert "people in 24 hours" not in unknown


@pytest.mark.parametrize(
    ("quality", "said"), [("red", ["low"]), ("yellow", ["medium"]), ("green", []), ("", [])]
)
def test_a_template_that_meta_rates_low_is_warned_of(
    project: Project, quality: str, said: list[str]
) -> None:
    campaign: Any = ready(project)
    Template.objects.update(quality=quality)
    found = [
        one for one in findings(campaign, variants_of(campaign)) if "Meta rates" in one.message
    ]
    assert [one.blocks for one in found] == [False for _ in said]
    assert all(words in one.message for words, one in zip(said, found, strict=True))
