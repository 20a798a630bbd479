"""Today beside the usual day, opt-outs beside the usual rate, and how people grow."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.audience.growth import Growth, count_people, growth_of
from campaigns.models import CampaignStatus, PeopleCount, Run, Source, SubscriptionChange
from campaigns.results.opt_outs import opt_outs_of
from campaigns.results.usual import Beside, today_beside
from config.console.waiting_for_you import waiting_for_you
from providers.models import Project
from tests.factories import (
    CampaignFactory,
    ImportFactory,
    ProfileFactory,
    RunFactory,
    TallyFactory,
)

pytestmark = pytest.mark.django_db
# 14:52 of Sunday in Kolkata.
NOW = datetime(2026, 3, 1, 9, 22, tzinfo=UTC)
HALF_PAST_TWO = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def run(project: Project) -> Run:
    Project.objects.filter(pk=project.pk).update(time_zone="Asia/Kolkata")
    project.refresh_from_db()
    run: Run = RunFactory.create(campaign__project=project, started_at=NOW - 7 * WEEK)
    return run


def counted(run: Run, n: int, at: datetime, name: str = "sent") -> None:
    TallyFactory.create(run=run, name=name, n=n, quarter=at)


def test_today_is_set_beside_the_middle_of_the_same_weekdays_until_the_same_time(
    project: Project, run: Run
) -> None:
    for weeks, n in enumerate((1_200, 1_000, 900, 50_000, 1_100, 0, 950)):
        counted(run, n, HALF_PAST_TWO - weeks * WEEK)
    counted(run, 77, NOW.replace(minute=15))  # this quarter is not over
    counted(run, 77, HALF_PAST_TWO + timedelta(hours=1) - WEEK)  # later on that day
    counted(run, 77, HALF_PAST_TWO - timedelta(days=1))  # another weekday

    today = today_beside(project, now=NOW)

    assert today is not None
    assert today.title == "Today until 14:45, beside the last 6 Sundays"
    assert today.numbers[0] == Beside("sent", 1_200, 975)
    assert today.numbers[0].words == "usually 975 by now: 23.1 % more"


@pytest.mark.parametrize(
    ("today", "usual", "words"),
    [
        (0, 0, "usually none by now"),
        (5, 5, "usually 5 by now: the same"),
        (0, 40, "usually 40 by now: 100 % fewer"),
        (100, 40, "usually 40 by now: 2.5 times as many"),
    ],
)
def test_the_difference_is_said_in_words(today: int, usual: int, words: str) -> None:
    assert Beside("sent", today, usual).words == words


def test_with_too_few_weeks_nothing_is_usual(project: Project, run: Run) -> None:
    counted(run, 1_200, HALF_PAST_TWO)
    Run.objects.update(started_at=NOW - 2 * WEEK)
    assert today_beside(project, now=NOW) is None
    Run.objects.update(started_at=NOW - 3 * WEEK - timedelta(hours=1))
    assert today_beside(project, now=NOW) is not None
    Run.objects.all().delete()
    assert today_beside(project, now=NOW) is None


def test_a_project_in_which_nothing_happens_on_that_day_says_nothing(
    project: Project, run: Run
) -> None:
    counted(run, 1_200, HALF_PAST_TWO - timedelta(days=2))
    assert today_beside(project, now=NOW) is None


def test_nobody_elses_numbers_count(project: Project, run: Run) -> None:
    counted(run, 10, HALF_PAST_TWO)
    other = RunFactory.create(started_at=NOW - 7 * WEEK)
    counted(other, 99, HALF_PAST_TWO)
    today = today_beside(project, now=NOW)
    assert today is not None
    assert today.numbers[0].today == 10


def test_on_the_day_of_a_clock_change_the_clock_counts(project: Project, run: Run) -> None:
    """In New York 10:00 of March 8 was four hours off UTC, a week before five."""
    project.time_zone = "America/New_York"
    ten = datetime(2026, 3, 8, 14, 0, tzinfo=UTC)
    counted(run, 7, ten - WEEK + timedelta(minutes=45))  # 9:45 there
    counted(run, 9, ten - WEEK + timedelta(hours=1))  # 10:00 there: not yet
    for weeks in (2, 3):
        counted(run, 7, ten - weeks * WEEK)
    Run.objects.update(started_at=ten - 3 * WEEK - timedelta(days=1))
    today = today_beside(project, now=ten)
    assert today is not None
    assert (today.until, today.weeks, today.numbers[0].usual) == ("10:00", 3, 7)


# Opt-outs -----------------------------------------------------------------------------------------


def left(project: Project, people: int, *, days: int, source: Source = Source.KEYWORD) -> None:
    SubscriptionChange.objects.bulk_create(
        SubscriptionChange(
            project=project,
            flag=SubscriptionChange.Flag.BLOCKED,
            value=True,
            source=source,
            at=NOW - timedelta(days=days),
        )
        for _ in range(people)
    )


@pytest.mark.parametrize(
    ("people", "judged"), [(80, "more than usual"), (20, "as usual"), (2, "fewer than usual")]
)
def test_opt_outs_are_judged_by_what_is_usual(
    project: Project, run: Run, people: int, judged: str
) -> None:
    counted(run, 10_000, NOW - timedelta(days=2), "delivered")
    counted(run, 20_000, NOW - timedelta(days=20), "delivered")
    left(project, people, days=1)
    left(project, 40, days=15)
    left(project, 500, days=1, source=Source.IMPORT)
    found = opt_outs_of(project, now=NOW)
    assert found is not None
    assert found.words == (
        f"{people} people left in 7 days: {people / 10:.1f} of 1,000 delivered. "
        f"In the four weeks before: 2.0. That is {judged}."
    )


def test_of_few_messages_no_rate_is_said(project: Project, run: Run) -> None:
    counted(run, 999, NOW - timedelta(days=2), "delivered")
    counted(run, 20_000, NOW - timedelta(days=20), "delivered")
    assert opt_outs_of(project, now=NOW) is None


# People -------------------------------------------------------------------------------------------


def test_people_are_counted_once_a_day_and_grow(project: Project) -> None:
    ProfileFactory.create_batch(3, project=project)
    assert growth_of(project) is None
    assert count_people(day=date(2026, 3, 1)) == Project.objects.count()
    ProfileFactory.create(project=project)
    assert count_people(day=date(2026, 3, 1)) == 0
    assert growth_of(project) is None
    count_people(day=date(2026, 3, 9))
    growth = growth_of(project)
    assert growth == Growth(4, 3)
    assert growth.words == "4: 1 more than a week before"


def test_what_waits_for_somebody_leads_to_its_list(project: Project) -> None:
    assert waiting_for_you(project) == []
    CampaignFactory.create_batch(2, project=project, status=CampaignStatus.DRAFT)
    CampaignFactory.create(project=project, status=CampaignStatus.PAUSED)
    CampaignFactory.create(status=CampaignStatus.PAUSED)
    ImportFactory.create(project=project, status="uploaded")
    assert [(one.words, one.link) for one in waiting_for_you(project)] == [
        ("1 campaign is paused", "/campaigns/campaign/?status__exact=paused"),
        ("1 import waits for its columns", "/campaigns/import/?status__exact=uploaded"),
        ("2 campaigns are drafts", "/campaigns/campaign/?status__exact=draft"),
    ]


def test_home_shows_it(project: Project, viewer: Client) -> None:
    now = timezone.now()
    run = RunFactory.create(campaign__project=project, started_at=now - 7 * WEEK)
    counted(run, 10_000, now - timedelta(days=2), "delivered")
    counted(run, 20_000, now - timedelta(days=20), "delivered")
    PeopleCount.objects.create(project=project, day=now - WEEK, people=5)
    PeopleCount.objects.create(project=project, day=now, people=3)
    CampaignFactory.create(project=project, status=CampaignStatus.PAUSED)
    page = viewer.get("/").content.decode()
    assert "0 people left in 7 days" in page
    assert "3: 2 fewer than a week before" in page
    assert "1 campaign is paused" in page


def test_home_explains_only_what_it_shows(project: Project, viewer: Client) -> None:
    now = timezone.now()
    PeopleCount.objects.create(project=project, day=now - WEEK, people=5)
    PeopleCount.objects.create(project=project, day=now, people=3)
    page = viewer.get("/").content.decode()
    assert "How it goes" in page
    assert "Usual is" not in page
