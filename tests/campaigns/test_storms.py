"""Too many failures among the newest results, whichever worker had them."""

import pytest
from django.db import transaction
from pytest_django import Settings

from campaigns import storms
from campaigns.halting import watch_for_storms
from campaigns.lifecycle import resume
from campaigns.models import CampaignStatus
from providers.gateway.results import Answer, Verdict
from providers.models import Incident, IncidentKind, Project
from tests.factories import CampaignFactory

FAILED, FINE = True, False
ACCEPTED = Answer(verdict=Verdict.ACCEPTED)
REFUSED = Answer(verdict=Verdict.REFUSED, code="101")
RETRY = Answer(verdict=Verdict.RETRY, code="4001")


@pytest.fixture(autouse=True)
def _window_of_ten(settings: Settings, project: Project) -> None:
    settings.SEND_STORM_WINDOW = 10
    storms.forget(project.pk)


def test_the_results_of_all_workers_add_up_and_one_of_them_finds_the_storm(
    project: Project,
) -> None:
    found = [storms.note(project.pk, [FAILED, FINE]) for _ in range(7)]

    assert found == [0, 0, 0, 0, 5, 0, 0]


def test_only_the_newest_count(project: Project) -> None:
    storms.note(project.pk, [FAILED] * 9)
    storms.note(project.pk, [FINE] * 9)

    assert storms.note(project.pk, [FAILED] * 3) == 0


def test_good_news_is_no_storm(project: Project) -> None:
    storms.note(project.pk, [FAILED] * 9)

    assert storms.note(project.pk, [FINE]) == 0


def test_while_redis_is_away_nothing_is_found(project: Project, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert storms.note(project.pk, [FAILED] * 20) == 0


def test_a_storm_pauses_what_runs_and_says_what_the_last_one_was(project: Project) -> None:
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)

    watch_for_storms(project.pk, [RETRY] * 20)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING

    watch_for_storms(project.pk, [REFUSED] * 5 + [ACCEPTED] * 4 + [REFUSED, ACCEPTED])
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.PAUSED
    assert "Of the last 10 messages 5 failed" in campaign.status_reason
    assert [incident.kind for incident in Incident.objects.open()] == [IncidentKind.STORM]


@pytest.mark.django_db(transaction=True)
def test_what_failed_before_somebody_resumed_it_does_not_pause_it_again(project: Project) -> None:
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.PAUSED)
    storms.note(project.pk, [FAILED] * 9)

    with transaction.atomic():
        resume(campaign)

    assert storms.note(project.pk, [FAILED]) == 0
