"""A report on days, and the best hour and day of what was sent."""

import csv
import random
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.admin.campaigns.report_page import days_asked
from campaigns.models import Campaign, Run
from campaigns.planning.chances import Counted
from campaigns.results.best_times import Answer, Slot, best_of, best_times
from campaigns.results.project_report import Days, report_on
from providers.models import Project
from tests.factories import (
    CampaignFactory,
    RunFactory,
    SubscriptionChangeFactory,
    TallyFactory,
)

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
MARCH = Days(date(2026, 3, 1), date(2026, 3, 31))
TODAY = date(2026, 3, 31)
PAGE = reverse("admin:campaigns_campaign_report")


@pytest.fixture
def kolkata(project: Project) -> Project:
    project.time_zone = "Asia/Kolkata"
    project.save()
    return project


def sent(project: Project, at: datetime, *, people: int = 1_000, viewed: int = 500) -> Run:
    """All within a quarter of an hour; they view it in the next."""
    campaign = CampaignFactory.create(project=project, published_at=at)
    run: Run = RunFactory.create(campaign=campaign, started_at=at)
    for name, n in (("targeted", people), ("sent", people), ("delivered", people)):
        TallyFactory.create(run=run, name=name, n=n, quarter=None if name == "targeted" else at)
    if viewed:
        TallyFactory.create(run=run, name="read", n=viewed, quarter=at + timedelta(minutes=15))
    return run


@pytest.mark.django_db
def test_hours_and_days_are_those_of_the_projects_clock(kolkata: Project) -> None:
    for week in range(3):
        monday = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(weeks=week)
        sent(kolkata, monday + timedelta(hours=4, minutes=30), viewed=600)  # Monday, 10:00
        sent(kolkata, monday + timedelta(hours=20), viewed=300)  # Tuesday, 1:30
    sent(kolkata, datetime(2026, 3, 4, tzinfo=UTC), people=99)  # too few
    sent(kolkata, NOW - timedelta(days=1))  # its views still come

    found = best_times(kolkata, until=NOW, now=NOW)

    assert [(slot.label, len(slot.runs), slot.share) for slot in found.hour.slots] == [
        ("01:00 to 02:00", 3, "30.0 %"),
        ("10:00 to 11:00", 3, "60.0 %"),
    ]
    assert [slot.label for slot in found.day.slots] == ["Monday", "Tuesday"]
    assert (found.hour.answer, found.day.answer) == (Answer.BEST, Answer.BEST)
    assert found.hour.words == (
        "10:00 to 11:00 stands out: 60.0 % of those delivered viewed it (58.2 to 61.7 %), "
        "and 30.0 % at other times. So it was in 3 of its 3 sendings."
    )


def slot(label: str, *rates: float, people: int = 1_000) -> Slot:
    return Slot(label, [Counted(round(rate * people), people) for rate in rates])


@pytest.mark.parametrize(
    ("slots", "answer"),
    [
        ([], Answer.TOO_LITTLE),
        ([slot("9", 0.6, 0.6, 0.6)], Answer.TOO_LITTLE),
        ([slot("9", 0.6, 0.6, 0.6), slot("10", 0.3, 0.3)], Answer.TOO_LITTLE),
        ([slot("9", 0.5, 0.5, 0.5), slot("10", 0.5, 0.49, 0.51)], Answer.NONE),
        ([slot("9", 0.6, 0.6, 0.6), slot("10", 0.3, 0.3, 0.3)], Answer.BEST),
        # One splendid campaign is no hour.
        ([slot("9", 0.9, 0.3, 0.3, 0.3), slot("10", 0.4, 0.4, 0.4)], Answer.NONE),
        ([slot("9", 0, 0, 0), slot("10", 0, 0, 0)], Answer.NONE),
        ([slot("9", 1, 1, 1), slot("10", 1, 1, 1)], Answer.NONE),
    ],
)
def test_an_hour_stands_out_only_where_chance_would_hardly_do_it(
    slots: list[Slot], answer: Answer
) -> None:
    assert best_of(slots, "hour").answer == answer


def test_of_equal_hours_none_stands_out_but_by_the_stated_error() -> None:
    """Twelve hours alike, a thousand times: one in twenty may look better by chance."""
    chance = random.Random(7)
    wrong = sum(
        best_of([_by_chance(chance, hour) for hour in range(12)], "hour").answer == Answer.BEST
        for _ in range(1_000)
    )
    assert wrong <= 70


def _by_chance(chance: random.Random, hour: int) -> Slot:
    people, rate = 1_000, 0.4
    spread = (people * rate * (1 - rate)) ** 0.5
    runs = [Counted(round(chance.gauss(people * rate, spread)), people) for _ in range(4)]
    return Slot(str(hour), runs)


# The page -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_report_counts_what_happened_in_its_days(kolkata: Project) -> None:
    """March begins at 18:30 of February 28 in UTC."""
    begins = datetime(2026, 2, 28, 18, 30, tzinfo=UTC)
    sent(kolkata, begins - timedelta(minutes=15), people=300, viewed=40)  # viewed in March
    first = sent(kolkata, begins, people=100, viewed=50)
    sent(kolkata, datetime(2026, 3, 31, 18, 30, tzinfo=UTC), people=7, viewed=0)  # April
    sent(kolkata, datetime(2026, 1, 31, 10, 0, tzinfo=UTC), people=20, viewed=0)  # before
    sent(Project.objects.create(name="Other", time_zone="UTC"), begins, people=999)

    report = report_on(kolkata, MARCH, now=NOW)

    assert [(one.label, one.count, one.share, one.before) for one in report.sums][:3] == [
        ("Sent", 100, "", 320),
        ("Delivered", 100, "100 % of sent", 320),
        ("Viewed", 90, "90.0 % of delivered", 0),
    ]
    assert [one.campaign for one in report.listed] == [first.campaign]
    assert [(row.label, row.counts[0]) for row in report.over_time.rows] == [
        ("Sun, 1 Mar 2026", 100)
    ]


@pytest.mark.django_db
def test_a_report_counts_who_left_by_themselves(kolkata: Project, viewer: Client) -> None:
    begins = datetime(2026, 2, 28, 18, 30, tzinfo=UTC)
    moments = (begins, begins - timedelta(seconds=1), begins + timedelta(days=31), begins)
    for at, source in zip(moments, ("keyword", "button", "whatsapp", "console"), strict=True):
        SubscriptionChangeFactory.create(project=kolkata, value=True, source=source, at=at)
    report = report_on(kolkata, MARCH, now=NOW)
    assert (report.left, report.left_before) == (1, 1)
    page = viewer.get(PAGE, {"from": "2026-03-01", "until": "2026-03-31"}).content.decode()
    assert "1 person opted out in these days" in page


@pytest.mark.django_db
def test_the_page_says_what_is_there_and_what_is_not(kolkata: Project, viewer: Client) -> None:
    page = viewer.get(PAGE).content.decode()
    assert "No campaign began in these days." in page
    assert "Too little to say which hour is best." in page
    sent(kolkata, datetime(2026, 3, 5, tzinfo=UTC), people=1, viewed=1)
    page = viewer.get(PAGE, {"from": "2026-03-01", "until": "2026-03-31"}).content.decode()
    assert "1 March 2026 to 31 March 2026" in page
    title = page[page.index("<title>") : page.index("</title>")]  # what a PDF of it is called
    assert "1 March 2026 to 31 March 2026 · Report" in title
    assert "100 % of sent" in page
    assert "Converted" not in page  # nobody asked for it
    Campaign.objects.update(goal={"event": "Charged", "minutes": 60})
    page = viewer.get(PAGE, {"from": "2026-03-01", "until": "2026-03-31"}).content.decode()
    assert "Converted" in page


@pytest.mark.django_db
def test_the_figures_of_its_chart_are_a_file_too(kolkata: Project, viewer: Client) -> None:
    sent(kolkata, datetime(2026, 3, 5, tzinfo=UTC), people=3, viewed=2)
    where = reverse("admin:campaigns_campaign_report_file")
    answer = viewer.get(where, {"from": "2026-03-01", "until": "2026-03-31"})
    assert answer["Content-Disposition"] == 'attachment; filename="2026-03-01-to-2026-03-31.csv"'
    head, *rows = csv.reader(StringIO(answer.content.decode()))
    assert head[:4] == ["From (Asia/Kolkata)", "Sent", "Delivered", "Viewed"]
    assert rows == [["2026-03-05T00:00:00+05:30", "3", "3", "2", "0", "0", "0"]]
    assert viewer.get(where, {"from": "x", "until": "9" * 99}).status_code == 200


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("", "", ""),
        ("2026-03-01", "2026-03-31", ""),
        ("2026-03-01", "", "Choose both days"),
        ("yesterday", "'; DROP TABLE", "Choose both days"),
        ("9" * 5_000, "2026-03-31", "Choose both days"),
        ("2026-03-31", "2026-03-01", "exchange them"),
        ("2026-03-01", "2026-04-01", "Choose days that have been"),
        ("0001-01-01", "0001-01-02", "Choose days that have been"),
        ("2025-01-01", "2026-03-01", "366 days at the most"),
    ],
)
def test_days_that_are_none_are_said(first: str, last: str, said: str) -> None:
    days, problem = days_asked(first, last, today=TODAY)
    assert (said in problem, bool(said) == bool(problem)) == (True, True)
    if said:
        assert days == Days(date(2026, 3, 1), date(2026, 3, 30))
