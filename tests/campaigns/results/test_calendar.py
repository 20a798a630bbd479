"""What stands on which day of the calendar."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import CampaignKind, CampaignStatus, RunStatus
from campaigns.planning import schedule
from campaigns.planning.schedule import Every, Schedule, moment
from campaigns.planning.schedule_document import as_document
from campaigns.results.calendar import Day, days_of
from providers.models import Project
from tests.factories import CampaignFactory, ProjectFactory, RunFactory, TallyFactory

pytestmark = pytest.mark.django_db

S = CampaignStatus
FIRST, LAST = date(2031, 3, 3), date(2031, 3, 9)


@pytest.fixture
def shop() -> Project:
    made: Project = ProjectFactory.create(time_zone="Asia/Kolkata")
    return made


def kolkata(day: int, at: str) -> datetime:
    return datetime.combine(
        date(2031, 3, day), time.fromisoformat(at), tzinfo=ZoneInfo("Asia/Kolkata")
    )


def seen(days: list[Day]) -> list[tuple[int, str, str, str, int | None]]:
    """Day, time in Kolkata, what, whose, how many."""
    zone = ZoneInfo("Asia/Kolkata")
    return [
        (
            day.day.day,
            f"{entry.at.astimezone(zone):%H:%M}" if entry.at else "",
            str(entry.what),
            str(entry.campaign),
            entry.sent,
        )
        for day in days
        for entry in day.entries
    ]


def shown(project: Project) -> list[tuple[int, str, str, str, int | None]]:
    return seen(days_of(project, first=FIRST, last=LAST))


def standing(project: Project, name: str, **fields: Any) -> Any:
    document = as_document(
        Schedule(
            every=Every.WEEK,
            weekdays=frozenset({2, 5}),
            at=time(10),
            starts_on=date(2031, 1, 1),
            **fields.pop("bounds", {}),
        )
    )
    return CampaignFactory.create(
        project=project,
        name=name,
        kind=CampaignKind.RECURRING,
        schedule=document,
        published_at=datetime(2031, 1, 1, tzinfo=UTC),
        **{"status": S.SCHEDULED, **fields},
    )


def test_a_set_time_stands_on_its_day_in_the_projects_zone(shop: Project) -> None:
    for name, at, status in (
        ("Last second before", kolkata(2, "23:59"), S.SCHEDULED),
        ("First", kolkata(3, "00:00"), S.SCHEDULED),
        ("Late evening", kolkata(5, "23:30"), S.SCHEDULED),
        ("Draft", kolkata(6, "02:00"), S.DRAFT),
        ("Could not", kolkata(6, "01:00"), S.FAILED),
        ("Given up", kolkata(6, "03:00"), S.STOPPED),
        ("Last", kolkata(9, "23:59"), S.SCHEDULED),
        ("After", kolkata(10, "00:00"), S.SCHEDULED),
    ):
        CampaignFactory.create(project=shop, name=name, status=status, starts_at=at)
    CampaignFactory.create(name="Elsewhere", status=S.SCHEDULED, starts_at=kolkata(5, "10:00"))

    assert shown(shop) == [
        (3, "00:00", "Planned", "First", None),
        (5, "23:30", "Planned", "Late evening", None),
        (6, "01:00", "Failed", "Could not", None),
        (6, "02:00", "Draft", "Draft", None),
        (9, "23:59", "Planned", "Last", None),
    ]


def test_an_archived_draft_is_out_of_the_way(shop: Project) -> None:
    at = kolkata(5, "10:00")
    CampaignFactory.create(project=shop, starts_at=at, archived_at=timezone.now())
    assert shown(shop) == []


def test_of_a_label_stands_what_has_it(shop: Project) -> None:
    diwali = {"project": shop, "labels": ["Diwali", "Shop in Pune"]}
    CampaignFactory.create(name="Sale", status=S.SCHEDULED, starts_at=kolkata(5, "10:00"), **diwali)
    went = CampaignFactory.create(name="Early", status=S.COMPLETED, **diwali)
    for campaign in (went, CampaignFactory.create(project=shop, name="Other")):
        RunFactory.create(
            campaign=campaign, status=RunStatus.FINISHED, started_at=kolkata(4, "09:00")
        )
    standing(shop, "Weekly", labels=["Diwali sale"])

    found = [
        [entry[3] for entry in seen(days_of(shop, first=FIRST, last=LAST, label=label))]
        for label in ("Diwali", "diwali", "Diwali sale")
    ]

    assert found == [["Early", "Sale"], [], ["Weekly", "Weekly"]]


def test_what_went_out_stands_where_it_began_with_its_number(shop: Project) -> None:
    sale = CampaignFactory.create(
        project=shop, name="Sale", status=S.COMPLETED, starts_at=kolkata(4, "09:00")
    )
    first = RunFactory.create(
        campaign=sale, status=RunStatus.FINISHED, started_at=kolkata(4, "09:01")
    )
    TallyFactory.create(run=first, name="sent", n=3700)
    again = RunFactory.create(
        campaign=sale,
        number=2,
        status=RunStatus.SENDING,
        started_at=kolkata(8, "12:00"),
        retry_of=first,
    )
    TallyFactory.create(run=again, name="sent", n=12)
    RunFactory.create(campaign__name="Elsewhere", started_at=kolkata(4, "10:00"))

    days = days_of(shop, first=FIRST, last=LAST)

    assert seen(days) == [
        (4, "09:01", "Went out", "Sale", 3700),
        (8, "12:00", "Going out", "Sale", 12),
    ]
    assert [day.sent for day in days] == [0, 3700, 0, 0, 0, 12, 0]
    assert days[5].entries[0].note == "Second try"


def test_what_is_paused_does_not_go_out(shop: Project) -> None:
    for name, status in (("Held", S.PAUSED), ("Goes", S.RUNNING)):
        RunFactory.create(
            campaign=CampaignFactory.create(project=shop, name=name, status=status),
            status=RunStatus.SENDING,
            started_at=kolkata(4, "10:00"),
        )
    assert shown(shop) == [
        (4, "10:00", "Going out", "Goes", 0),
        (4, "10:00", "Paused", "Held", 0),
    ]


def test_dates_that_are_still_to_come_of_one_that_recurs(shop: Project) -> None:
    weekly = standing(shop, "Weekly")
    decided = {"campaign": weekly, "status": RunStatus.FINISHED}
    RunFactory.create(
        **decided, number=1, due_key=date(2031, 2, 28), started_at=kolkata(1, "10:00")
    )
    RunFactory.create(
        **decided,
        number=2,
        due_key=date(2031, 3, 4),
        started_at=kolkata(9, "10:00"),
        skipped_because="It could not begin before its cut-off.",
    )
    standing(shop, "Paused", status=S.PAUSED)
    standing(shop, "Over", status=S.STOPPED)
    standing(shop, "Until the 5th", bounds={"until": date(2031, 3, 5)})
    standing(shop, "Ends", ends_at=kolkata(7, "10:00"))

    assert shown(shop) == [
        (4, "", "Skipped", "Weekly", None),
        (4, "10:00", "Planned", "Ends", None),
        (4, "10:00", "Paused", "Paused", None),
        (4, "10:00", "Planned", "Until the 5th", None),
        (7, "10:00", "Paused", "Paused", None),
        (7, "10:00", "Planned", "Weekly", None),
    ]


def test_a_month_in_two_hundred_years_costs_no_more_than_this_one(
    shop: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may ask for it, and dates between are days and moments by the ten thousand."""
    standing(shop, "Weekly", own_time=True)
    asked: list[date] = []

    def counted(day: date, *given: Any) -> datetime:
        asked.append(day)
        return moment(day, *given)

    monkeypatch.setattr(schedule, "moment", counted)
    days = days_of(shop, first=date(2199, 12, 1), last=date(2199, 12, 31))
    assert [day for day, *_ in seen(days)] == [3, 6, 10, 13, 17, 20, 24, 27, 31]
    assert len(asked) < 20


def test_days_that_nobody_can_read_keep_no_calendar_shut(shop: Project) -> None:
    broken = standing(shop, "Broken")
    broken.schedule = {"every": "moon"}
    broken.save()
    standing(shop, "Weekly")
    assert [name for *_, name, _ in shown(shop)] == ["Weekly", "Weekly"]


def test_a_change_of_a_campaign_is_none_of_its_own(shop: Project) -> None:
    weekly = standing(shop, "Weekly")
    standing(shop, "Change", version_of=weekly)
    assert [name for *_, name, _ in shown(shop)] == ["Weekly", "Weekly"]


def test_the_moment_of_a_tests_winner_is_shown_until_it_is_chosen(shop: Project) -> None:
    test = CampaignFactory.create(
        project=shop, name="Test", status=S.RUNNING, decides_at=kolkata(6, "18:00")
    )
    RunFactory.create(campaign=test, status=RunStatus.WAITING, started_at=kolkata(6, "14:00"))
    assert shown(shop) == [(6, "18:00", "Winner is chosen", "Test", None)]


def test_as_many_queries_for_many_campaigns_as_for_one(shop: Project) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            shown(shop)
        return len(asked)

    def another() -> None:
        RunFactory.create(campaign=standing(shop, "Weekly"), started_at=kolkata(4, "09:00"))
        CampaignFactory.create(project=shop, status=S.SCHEDULED, starts_at=kolkata(5, "10:00"))

    another()
    one = queries()
    for _ in range(5):
        another()
    assert queries() == one
