"""A second try for those whom a passing trouble kept from getting a campaign."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.launching import launch
from campaigns.lifecycle import LifecycleError, retry
from campaigns.models import Campaign, CampaignStatus, Reason, Run, RunStatus, State
from campaigns.reconciling import finish_runs
from campaigns.retrying import count_retryable
from campaigns.tallies import totals
from providers.models import AuditEntry, Project
from tests.campaigns.drafts import ready
from tests.campaigns.recount import recount
from tests.campaigns.states import count
from tests.factories import MessageFactory, PhoneBlockFactory, ProfileFactory, RunFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
FAILED: dict[str, dict[str, Any]] = {
    "tried too often": {"state": State.FAILED, "reason": Reason.RETRIES_EXHAUSTED},
    "phone off": {"state": State.FAILED, "reason": Reason.REPORTED, "code": "001"},
    "capped long ago": {
        "state": State.FAILED,
        "reason": Reason.REPORTED,
        "code": "121",
        "failed_at": NOW - timedelta(hours=25),
    },
    "capped today": {
        "state": State.FAILED,
        "reason": Reason.REPORTED,
        "code": "121",
        "failed_at": NOW - timedelta(hours=23),
    },
    "not on WhatsApp": {"state": State.FAILED, "reason": Reason.REPORTED, "code": "003"},
    "refused": {"state": State.FAILED, "reason": Reason.REFUSED, "code": "105"},
    "nobody knows": {"state": State.UNKNOWN, "reason": Reason.UNKNOWN},
    "sent": {"state": State.SENT, "sent_at": NOW},
    "opted out since": {"state": State.FAILED, "reason": Reason.RETRIES_EXHAUSTED},
}
SECOND = {
    "tried too often": (State.QUEUED, ""),
    "phone off": (State.QUEUED, ""),
    "capped long ago": (State.QUEUED, ""),
    "opted out since": (State.SUPPRESSED, Reason.NUMBER_BLOCKED),
}


@pytest.fixture
def run(project: Project) -> Run:
    campaign = ready(project, people=0, status=CampaignStatus.COMPLETED)
    for name in FAILED:
        ProfileFactory.create(project=project, identity=name)
    people = list(project.profiles.order_by("pk"))
    run = RunFactory.create(
        campaign=campaign, status=RunStatus.FINISHED, last_profile_id=people[-1].pk
    )
    for person in people:
        MessageFactory.create(
            run=run, profile=person, phone=person.phone, **FAILED[person.identity]
        )
    PhoneBlockFactory.create(project=project, match_key=people[-1].match_key)
    count(run)
    return run


def second_run(campaign: Campaign) -> dict[str, tuple[int, str]]:
    second = campaign.runs.get(number=2)
    launch(second.pk)
    assert dict(totals([second.pk])) == recount([second.pk])
    rows = second.messages.values_list("profile__identity", "state", "reason")
    return {identity: (state, reason) for identity, state, reason in rows}


def test_it_reaches_exactly_those_who_failed_for_a_reason_that_passes(run: Run) -> None:
    assert count_retryable(run) == len(SECOND)

    retry(run.campaign)

    assert run.campaign.status == CampaignStatus.LAUNCHING
    assert second_run(run.campaign) == SECOND
    run.campaign.refresh_from_db()
    assert run.campaign.status == CampaignStatus.RUNNING


def test_who_was_in_doubt_to_the_end_is_tried_where_the_campaign_says_so(run: Run) -> None:
    Campaign.objects.update(resend_in_doubt=True)
    run.campaign.refresh_from_db()

    retry(run.campaign)

    assert second_run(run.campaign) == SECOND | {"nobody knows": (State.QUEUED, "")}


def test_a_campaign_is_tried_again_once(run: Run) -> None:
    retry(run.campaign)
    with pytest.raises(LifecycleError, match="launching now"):
        retry(run.campaign)
    launch(run.campaign.runs.get(number=2).pk)
    run.campaign.runs.get(number=2).outbox.all().delete()
    finish_runs()

    with pytest.raises(LifecycleError, match="second try already"):
        retry(run.campaign)
    assert Campaign.objects.get().status == CampaignStatus.COMPLETED


def test_without_anybody_to_try_nothing_starts(run: Run) -> None:
    run.messages.update(state=State.DELIVERED)

    with pytest.raises(LifecycleError, match="nobody for whom"):
        retry(run.campaign)
    assert (Campaign.objects.get().status, Run.objects.count()) == (CampaignStatus.COMPLETED, 1)


def test_it_starts_from_the_campaigns_page_after_saying_how_many(
    run: Run, marketer: Client
) -> None:
    page = f"/campaigns/campaign/{run.campaign_id}/"

    asked = [
        text in marketer.get(f"{page}{part}/").content.decode()
        for part, text in (("change", "Try failed ones again"), ("retry", "4 people have"))
    ]
    after = marketer.post(f"{page}retry/")

    assert (asked, after.status_code) == ([True, True], 302)
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["campaign.retried"]
    assert set(second_run(run.campaign)) == set(SECOND)
    assert "Counts both rounds" in marketer.get(f"{page}change/").content.decode()
