"""Is a campaign failing everybody? Whichever worker had the outcomes."""

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from campaigns.feedback.delivery import Report, apply_reports
from campaigns.models import Campaign, CampaignStatus, Reason, State
from campaigns.pace import storms
from campaigns.pace.storms import Outcome, Storm
from campaigns.running.lifecycle import resume
from campaigns.running.storm_watch import watch_for_storms
from providers.models import Incident, IncidentKind, Project
from providers.watch.actors import SYSTEM
from tests.factories import CampaignFactory, MessageFactory, RunFactory

FAILED, FINE = True, False


@pytest.fixture(autouse=True)
def campaign(settings: Settings, project: Project) -> Campaign:
    settings.SEND_STORM_WINDOW = 100
    campaign = CampaignFactory.create(project=project, name="Diwali", status=CampaignStatus.RUNNING)
    storms.forget(project.pk, campaign.pk)
    return campaign


def note(campaign: Campaign, *failures: bool) -> Storm | None:
    return storms.note(campaign.project_id, campaign.pk, failures)


def told(campaign: Campaign, *failures: bool) -> None:
    outcomes = [
        Outcome(
            project_id=campaign.project_id,
            campaign_id=campaign.pk,
            failed=failed,
            reason=Reason.REFUSED if failed else "",
            code="1010" if failed else "",
            detail="No file for 919000000001." if failed else "",
        )
        for failed in failures
    ]
    watch_for_storms(outcomes)


# A campaign's evidence ----------------------------------------------------------------------------


def test_ten_in_a_row_are_a_storm_whoever_had_them(campaign: Campaign) -> None:
    found = [note(campaign, FAILED, FAILED, FAILED) for _ in range(3)]

    assert [*found, note(campaign, FAILED)] == [
        *[None] * 3,
        Storm(failed=10, among=10, of_one=True),
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ([FINE] * 90 + [FAILED] * 10, (10, 10)),
        # Failures of so large a share, in windows of 10 to 100.
        ([FAILED, FAILED, FAILED, FINE] * 5, (14, 18)),
        ([FAILED, FAILED, FINE] * 10, (18, 26)),
        ([FAILED, FINE, FAILED, FINE, FAILED] * 10, (26, 42)),
        ([FAILED, FINE] * 49, None),
        ([FAILED] * 9 + [FINE] + [FAILED], None),
        ([FAILED, FAILED, FINE, FINE, FINE] * 100, None),
    ],
)
def test_evidence_adds_up_as_long_as_more_fail_than_are_accepted(
    campaign: Campaign, pattern: list[bool], expected: tuple[int, int] | None
) -> None:
    """How many failed among how many, as far as anything is found."""
    found = note(campaign, *pattern)
    assert (found and (found.failed, found.among, found.of_one)) == (expected and (*expected, True))


def test_a_smaller_share_may_be_too_much(campaign: Campaign, settings: Settings) -> None:
    settings.SEND_STORM_SHARE = 0.25

    assert note(campaign, *[FAILED, FINE] * 20) == Storm(failed=15, among=29, of_one=True)


def test_good_news_is_no_storm(campaign: Campaign) -> None:
    note(campaign, *[FAILED] * 9)

    assert note(campaign, FINE) is None


def test_a_storm_whose_campaign_was_not_paused_is_found_again(campaign: Campaign) -> None:
    note(campaign, *[FAILED] * 10)

    assert note(campaign, FAILED) == Storm(failed=11, among=11, of_one=True)


# A project's window -------------------------------------------------------------------------------


def test_many_small_campaigns_that_fail_a_little_are_a_storm_of_the_project(
    project: Project, campaign: Campaign
) -> None:
    campaigns = CampaignFactory.create_batch(10, project=project)

    found = [note(one, *[FAILED] * 5, *[FINE] * 5) for one in campaigns]
    found += [note(one, FINE, FAILED) for one in campaigns[:2]]

    assert found == [*[None] * 9, Storm(failed=50, among=100, of_one=False), None, None]


def test_of_one_campaign_the_project_learns_no_more_than_its_storm(
    project: Project, campaign: Campaign
) -> None:
    for _ in range(20):
        note(campaign, *[FAILED] * 10)

    assert note(CampaignFactory.create(project=project), *[FAILED, FINE] * 40) is None


# What comes of it ---------------------------------------------------------------------------------


def test_a_storm_pauses_the_campaign_and_says_what_to_do(
    project: Project, campaign: Campaign
) -> None:
    CampaignFactory.create(project=project, name="Fine", status=CampaignStatus.RUNNING)

    told(campaign, *[FAILED] * 10)
    told(campaign, FAILED)

    campaign.refresh_from_db()
    (incident,) = Incident.objects.open()
    assert set(Campaign.objects.values_list("name", "status")) == {
        ("Diwali", CampaignStatus.PAUSED),
        ("Fine", CampaignStatus.RUNNING),
    }
    assert campaign.status_reason == f"Too many messages failed. {incident.detail}"
    assert (incident.kind, incident.count) == (IncidentKind.STORM, 1)
    assert incident.detail == (
        "Diwali: the last 10 messages failed or got no clear answer, so the campaign was paused "
        "before everybody meets the same. The latest: Gupshup can't use the file's address "
        "(“No file for ….”). Use a public https address that opens without a login. Then resume "
        "the campaign: whoever was not called yet still waits."
    )


def test_a_projects_storm_pauses_all_that_runs(
    project: Project, campaign: Campaign, settings: Settings
) -> None:
    settings.SEND_STORM_WINDOW = 10
    CampaignFactory.create(project=project, status=CampaignStatus.LAUNCHING)

    told(campaign, *[FAILED, FINE] * 5, FAILED)

    assert {c.status for c in Campaign.objects.all()} == {CampaignStatus.PAUSED}
    assert Incident.objects.get().detail.startswith(
        "5 of the last 10 messages failed or got no clear answer, so this project's campaigns"
    )


def test_no_storms_where_nobody_wants_them(campaign: Campaign, settings: Settings) -> None:
    settings.SEND_STORM_WINDOW = 0

    told(campaign, *[FAILED] * 200)

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING


@pytest.mark.django_db(transaction=True)
def test_what_failed_before_somebody_resumed_it_does_not_pause_it_again(campaign: Campaign) -> None:
    told(campaign, *[FAILED] * 10)

    with transaction.atomic():
        resume(campaign, by=SYSTEM)

    assert [note(campaign, *[FAILED] * 9), note(campaign, FAILED)] == [
        None,
        Storm(failed=10, among=10, of_one=True),
    ]
    assert list(Incident.objects.open()) == []


def reported(campaign: Campaign, *codes: str) -> None:
    """Of new messages: failed with this code, or delivered."""
    reports, run = [], campaign.runs.first() or RunFactory.create(campaign=campaign)
    for code in codes:
        message = MessageFactory.create(
            run=run, state=State.SENT, sent_at=timezone.now(), attempt=1
        )
        reports.append(
            Report(
                project_id=campaign.project_id,
                message_id=message.pk,
                attempt=1,
                status=State.FAILED if code else State.DELIVERED,
                at=timezone.now(),
                code=code,
            )
        )
    with transaction.atomic():
        apply_reports(reports)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("codes", "status"),
    [
        (["038"] * 10, CampaignStatus.PAUSED),
        (["38"] * 9, CampaignStatus.RUNNING),
        (["038", ""] * 15, CampaignStatus.RUNNING),
        # Not on WhatsApp, Meta's limit, a reason that is not told, a code of Meta's.
        (["003", "121", "00a", "131026"] * 5, CampaignStatus.RUNNING),
        (["131050", "131049", "130472", "131047"] * 5, CampaignStatus.RUNNING),
        # A paused template, an account that can't be charged.
        (["132015", "131042"] * 5, CampaignStatus.PAUSED),
    ],
)
def test_failures_by_report_count_where_everybody_would_meet_them(
    campaign: Campaign, codes: list[str], status: CampaignStatus
) -> None:
    reported(campaign, *codes)

    campaign.refresh_from_db()
    assert campaign.status == status
    assert Incident.objects.open().exists() == (status == CampaignStatus.PAUSED)


@pytest.mark.django_db(transaction=True)
def test_accepted_messages_are_no_answer_to_reports_that_they_failed(campaign: Campaign) -> None:
    for _ in range(2):
        note(campaign, *[FINE] * 5)
        reported(campaign, *["038"] * 5)

    assert Incident.objects.get().detail == (
        "Diwali: the last 10 messages failed or got no clear answer, so the campaign was paused "
        "before everybody meets the same. The latest: The message matches no approved template. "
        "Compare the template with the approved one at Gupshup before you send again. Then resume "
        "the campaign: whoever was not called yet still waits."
    )


def test_a_campaign_is_proven_by_the_first_message_that_is_accepted(campaign: Campaign) -> None:
    def left() -> int | None:
        return storms.unproven([campaign.pk]).get(campaign.pk)

    seen = [left()]
    note(campaign, FAILED, FAILED)
    seen.append(left())
    note(campaign, FINE, FAILED)

    assert [*seen, left()] == [10, 8, None]


def test_while_redis_is_away_nothing_is_found(campaign: Campaign, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert (note(campaign, *[FAILED] * 20), storms.unproven([campaign.pk])) == (None, {})
