"""Home."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from campaigns.models import CampaignKind, CampaignStatus, VariantsBy
from config.console.dashboard import (
    Figure,
    Shown,
    ended_with_failures,
    live_campaigns,
    setup_steps,
    todays_figures,
)
from config.doctor.examining import examine
from providers.models import (
    Health,
    IncidentKind,
    Project,
    Provider,
    SendingAccount,
    Verification,
    VerificationResult,
)
from templates_app.models import Status
from tests.factories import (
    CampaignFactory,
    IncidentFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
    SendingIPFactory,
    TallyFactory,
    TemplateFactory,
)


def a_run(project: Project, numbers: dict[str, int], **campaign: Any) -> None:
    defaults = {"status": CampaignStatus.RUNNING, "published_at": timezone.now()}
    run = RunFactory.create(
        campaign=CampaignFactory.create(project=project, **{**defaults, **campaign})
    )
    for name, n in numbers.items():
        TallyFactory.create(run=run, name=name, n=n)


def done(project: Project) -> list[bool]:
    return [step.done for step in setup_steps(project)]


def test_the_checklist_ticks_what_is_there(project: Project) -> None:
    seen = [done(project)]
    provider = ProviderFactory.create(project=project, trial_ended_at=None)
    ReceiptFactory.create(project=project)
    TemplateFactory.create(project=project, status=Status.DRAFT)
    seen.append(done(project))
    let_in(provider)
    TemplateFactory.create(project=project, status=Status.APPROVED)
    ProfileFactory.create(project=project)
    CampaignFactory.create(project=project)
    seen.append(done(project))
    CampaignFactory.create(project=project, published_at=timezone.now())
    seen.append(done(project))
    assert seen == [
        [False, False, False, False, False, False],
        [True, True, False, False, False, False],
        [True, True, True, True, True, False],
        [True, True, True, True, True, True],
    ]


def test_the_addresses_are_allowed_where_gupshup_lets_us_in_as_the_doctor_says(
    project: Project,
) -> None:
    provider = ProviderFactory.create(project=project)
    SendingIPFactory.create(project=None)
    listed = (done(project)[2], address_at_the_doctor(project))
    let_in(provider)
    after = (done(project)[2], address_at_the_doctor(project))
    assert (listed, after) == ((False, Health.UNKNOWN), (True, Health.PASS))


def let_in(provider: Provider) -> None:
    """As Verify leaves it behind."""
    Verification.objects.create(
        provider=provider, account=SendingAccount.HSM, result=VerificationResult.WORKS
    )


def address_at_the_doctor(project: Project) -> str:
    return next(row.health for row in examine(project) if row.name == "address")


def test_the_checklist_knows_nothing_of_another_project(project: Project) -> None:
    other = ProjectFactory.create()
    ProviderFactory.create(project=other)
    ProfileFactory.create(project=other)
    SendingIPFactory.create(project=other)
    assert done(project) == [False] * 6


def test_a_live_campaign_shows_how_far_it_is(project: Project) -> None:
    a_run(project, {"targeted": 3000, "queued": 1800}, name="Diwali")
    a_run(project, {"targeted": 5}, name="Over", status=CampaignStatus.COMPLETED)
    (live,) = live_campaigns(project)
    assert live == Shown(
        name="Diwali",
        status=CampaignStatus.RUNNING,
        reason="",
        waits="",
        link=live.link,
        progress="1,200 of 3,000 people",
        percent=40,
        failed="",
    )


def test_a_campaign_that_has_found_nobody_yet_is_at_nought(project: Project) -> None:
    a_run(project, {}, status=CampaignStatus.LAUNCHING)
    (live,) = live_campaigns(project)
    assert (live.progress, live.percent) == ("Nobody yet", 0)


@pytest.mark.parametrize(
    ("numbers", "campaign", "words"),
    [
        ({}, {"status": CampaignStatus.LAUNCHING}, "Getting everybody's message ready"),
        ({"targeted": 500, "queued": 1, "in_doubt": 2}, {}, ""),
        ({"targeted": 500, "in_doubt": 2}, {}, "2 in doubt: settled by a report"),
        ({"targeted": 500}, {}, "the last answers are awaited"),
        ({"targeted": 500}, {"kind": CampaignKind.LIVE}, "It waits for what happens"),
        ({"targeted": 50}, {"variants_by": VariantsBy.TEST}, "the others wait for its winner"),
        ({"targeted": 500, "in_doubt": 2}, {"status": CampaignStatus.PAUSED}, ""),
    ],
)
def test_where_its_numbers_stand_still_home_says_what_it_waits_for(
    project: Project, viewer: Client, numbers: dict[str, int], campaign: dict[str, Any], words: str
) -> None:
    a_run(project, numbers, **campaign)
    (live,) = live_campaigns(project)
    assert (words in live.waits, bool(live.waits)) == (True, bool(words))
    assert escape(live.waits) in viewer.get("/").content.decode()


def test_todays_figures_add_up_the_runs_that_began_today(project: Project) -> None:
    numbers = {"targeted": 1250, "sent": 1000, "delivered": 900, "read": 450, "failed": 7}
    a_run(project, numbers)
    a_run(project, numbers)
    a_run(ProjectFactory.create(), numbers)
    assert todays_figures(project, now=timezone.now()) == [
        Figure("Sent", "2,000", "80.0 % of 2,500 targeted"),
        Figure("Delivered", "1,800", "90.0 % of 2,000 sent"),
        Figure("Viewed", "900", "50.0 % of 1,800 delivered"),
        Figure("Clicked", "0", "0 % of 1,800 delivered"),
        Figure("Replied", "0", "0 % of 1,800 delivered"),
        Figure("Failed", "14", "", link="/campaigns/message/?slice=failed&queued=day", is_bad=True),
    ]


def test_a_failure_is_a_way_to_its_reasons(project: Project, viewer: Client) -> None:
    a_run(project, {"targeted": 79, "queued": 69, "failed": 10}, status=CampaignStatus.PAUSED)
    page = viewer.get("/")
    (live,) = page.context["live"]

    reasons = viewer.get(live.reasons)

    assert f'href="{live.reasons}"' in page.content.decode()
    assert (live.failed, live.reasons) == ("10", f"{live.link}#failed-title")
    assert 'id="failed-title"' in reasons.content.decode()


def test_who_failed_is_shown_on_the_day_that_the_campaign_ended(project: Project) -> None:
    now = timezone.now()
    over = {"status": CampaignStatus.COMPLETED, "finished_at": now}
    a_run(project, {"targeted": 20, "failed": 3}, name="Some", **over)
    a_run(project, {"targeted": 20}, name="None", **over)
    a_run(
        project,
        {"targeted": 9, "failed": 9},
        name="Old",
        **over | {"finished_at": now - timedelta(days=2)},
    )
    CampaignFactory.create(
        project=project, name="Not begun", status=CampaignStatus.FAILED, finished_at=now
    )

    shown = ended_with_failures(project, now=now)

    assert {(one.name, one.failed) for one in shown} == {("Some", "3"), ("Not begun", "")}


def test_today_begins_at_midnight_of_the_project(project: Project) -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    midnight = datetime(2030, 1, 2, 0, 0, tzinfo=kolkata)
    campaign = CampaignFactory.create(project=project)
    for number, started_at in enumerate([midnight - timedelta(seconds=1), midnight]):
        run = RunFactory.create(campaign=campaign, number=number, started_at=started_at)
        TallyFactory.create(run=run, name="sent", n=10**number)
    (sent, *_rest) = todays_figures(project, now=midnight + timedelta(hours=1))
    assert sent.number == "10"


def test_home_shows_open_incidents_of_this_project_alone(project: Project, viewer: Client) -> None:
    IncidentFactory.create(project=project, kind=IncidentKind.ACCOUNT)
    IncidentFactory.create(project=project, closed_at=timezone.now())
    IncidentFactory.create(project=ProjectFactory.create())
    assert [str(row) for row in viewer.get("/").context["incidents"]] == [
        "Gupshup refused the account"
    ]


def test_home_takes_as_many_queries_for_much_as_for_little(
    project: Project, viewer: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            viewer.get("/")
        return len(captured)

    a_run(project, {"targeted": 10, "sent": 5})
    viewer.get("/")
    with_one = queries()
    for _ in range(5):
        a_run(project, {"targeted": 10, "sent": 5})
    IncidentFactory.create(project=project)
    assert queries() == with_one


def test_an_operator_without_any_project_is_led_to_create_one(operator: Client) -> None:
    page = operator.get("/").content.decode()
    assert "There is no project yet" in page
    assert "/providers/project/add/" in page


def test_the_last_30_days_are_shown_by_days_of_the_project(
    project: Project, viewer: Client
) -> None:
    assert "last 30 days" not in viewer.get("/").content.decode()
    noon = timezone.now().astimezone(ZoneInfo(project.time_zone)).replace(hour=12, minute=0)
    for days, sent in ((0, 5), (29, 7), (30, 9)):
        at = noon.replace(second=0, microsecond=0) - timedelta(days=days)
        run = RunFactory.create(campaign__project=project, started_at=at)
        TallyFactory.create(run=run, name="sent", quarter=at, n=sent)
    RunFactory.create(started_at=noon)  # of another project
    table = viewer.get("/").context["over_time"]
    assert [row.counts[0] for row in (table.rows[0], table.rows[-1])] == [7, 5]
    assert (len(table.rows), table.together[0]) == (30, 12)


def test_the_figures_of_the_last_days_are_a_file_too(project: Project, viewer: Client) -> None:
    now = timezone.now()
    run = RunFactory.create(campaign__project=project, campaign__published_at=now, started_at=now)
    TallyFactory.create(run=run, name="sent", quarter=now, n=7)
    TallyFactory.create(run=RunFactory.create(started_at=now), name="sent", quarter=now, n=90)
    address = reverse("admin:campaigns_campaign_last_days_file")
    assert address in viewer.get("/").content.decode()
    head, row = viewer.get(address).content.decode().splitlines()
    assert head.startswith(f"From ({project.time_zone}),Sent,")
    assert row.split(",")[1] == "7"
