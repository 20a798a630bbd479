"""How long people took to view it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from campaigns.models import CampaignStatus, Run, State
from campaigns.results import time_to_view as room
from campaigns.results.time_to_view import time_to_view
from providers.models import Project
from tests.campaigns.drafts import page
from tests.campaigns.states import count
from tests.factories import MessageFactory, RunFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def run(project: Project) -> Run:
    made: Run = RunFactory.create(
        campaign__project=project, campaign__status=CampaignStatus.COMPLETED
    )
    return made


def viewed(run: Run, *minutes: float) -> None:
    for taken in minutes:
        read_at = NOON + timedelta(minutes=taken)
        MessageFactory.create(run=run, state=State.READ, sent_at=NOON, read_at=read_at)


def test_the_middle_one_and_nine_in_ten(run: Run, viewer: Client) -> None:
    viewed(run, *range(10, 110, 10))
    MessageFactory.create(run=run, state=State.SENT, sent_at=NOON)
    count(run)
    said = (
        "From sent to viewed: the middle one of 10 people took about 50 minutes; nine in ten took"
        " about 1 hour 30 minutes at the most."
    )
    assert time_to_view([run.pk]) == said
    assert said in viewer.get(page(run.campaign)).content.decode()


def test_of_few_nothing_is_said(run: Run) -> None:
    viewed(run, *range(9))
    assert time_to_view([run.pk]) == time_to_view([]) == ""


def test_a_view_before_it_was_sent_took_no_time(run: Run) -> None:
    viewed(run, *[-5] * 10)
    assert "took less than a minute; nine in ten took less than a minute" in time_to_view([run.pk])


def test_no_more_are_looked_at_than_say_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 24)
    other = RunFactory.create(campaign=run.campaign, number=2)
    for each in (run, other):
        viewed(each, *range(20))
    assert "of 24 people" in time_to_view([run.pk, other.pk])
