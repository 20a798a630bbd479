from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import CampaignStatus
from providers.models import Project
from tests.factories import CampaignFactory

CALENDAR = "/campaigns/campaign/calendar/"


def shown(client: Client, query: str = "") -> str:
    answer = client.get(f"{CALENDAR}?{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def cells(client: Client, query: str) -> list[str]:
    weeks = client.get(f"{CALENDAR}?{query}").context["weeks"]
    return [cell["day"].isoformat() for week in weeks for cell in week]


def test_a_month_is_whole_weeks_and_a_week_seven_days(project: Project, viewer: Client) -> None:
    month = cells(viewer, "by=month&day=2026-12-17")
    week = cells(viewer, "by=week&day=2026-12-17")
    assert [month[0], month[-1], len(month)] == ["2026-11-30", "2027-01-03", 35]
    assert [week[0], week[-1], len(week)] == ["2026-12-14", "2026-12-20", 7]
    text = shown(viewer, "by=month&day=2026-12-17")
    assert "December 2026" in text
    assert 'href="?by=month&amp;day=2026-11-30"' in text
    assert 'href="?by=month&amp;day=2027-01-01"' in text
    assert 'href="?by=week&amp;day=2026-12-17"' in text
    assert "14 December to 20 December 2026" in shown(viewer, "by=week&day=2026-12-17")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("day=2026-13-45", None),
        ("day=&by=", None),
        ("day=" + "9" * 3000, None),
        ("by=century", None),
        ("day=0001-01-01", "1999-12-27"),
        ("day=9999-12-31", "2199-11-25"),
        ("by=week&day=9999-12-31", "2199-12-30"),
    ],
)
def test_what_nobody_can_have_meant_is_this_month_or_the_last_there_is(
    project: Project, viewer: Client, query: str, first: str | None
) -> None:
    today = timezone.now().astimezone(ZoneInfo(project.time_zone)).date()
    beginning = today.replace(day=1)
    this_month = beginning - timedelta(days=beginning.weekday())
    assert cells(viewer, query)[0] == (first or this_month.isoformat())


def test_an_empty_calendar_says_what_to_do_to_whom_it_concerns(
    project: Project, viewer: Client, marketer: Client
) -> None:
    said = "Nothing is planned for these days, and nothing went out on them."
    assert [said in shown(viewer), said in shown(marketer)] == [True, True]
    assert ["Write a campaign" in shown(viewer), "Write a campaign" in shown(marketer)] == [
        False,
        True,
    ]


def test_a_label_stays_chosen_from_sheet_to_sheet(project: Project, viewer: Client) -> None:
    at = datetime(2030, 5, 15, 10, 30, tzinfo=ZoneInfo(project.time_zone))
    scheduled = {"project": project, "status": CampaignStatus.SCHEDULED, "starts_at": at}
    CampaignFactory.create(name="Lamps", labels=["Sale & more"], **scheduled)
    CampaignFactory.create(name="Rangoli", **scheduled)
    query = "by=month&day=2030-05-15&label="

    labelled, everything = shown(viewer, f"{query}Sale+%26+more"), shown(viewer, query)

    assert ["Lamps" in labelled, "Rangoli" in labelled] == [True, False]
    assert ["Lamps" in everything, "Rangoli" in everything] == [True, True]
    assert 'href="?by=month&amp;day=2030-04-30&amp;label=Sale+%26+more"' in labelled
    assert 'href="?by=week&amp;day=2030-05-15&amp;label=Sale+%26+more"' in labelled
    assert "Show all campaigns" in shown(viewer, "day=2031-01-01&label=Sale+%26+more")


@pytest.mark.parametrize("label", ["Nobody's", "%01", "<b>", "x" * 3000])
def test_a_label_that_nothing_has_is_none(project: Project, viewer: Client, label: str) -> None:
    at = datetime(2030, 5, 15, 10, 30, tzinfo=ZoneInfo(project.time_zone))
    CampaignFactory.create(
        project=project, name="Rangoli", status=CampaignStatus.SCHEDULED, starts_at=at
    )
    assert "Rangoli" in shown(viewer, f"by=month&day=2030-05-15&label={label}")


def test_an_entry_leads_to_its_campaign_and_many_to_the_week(
    project: Project, viewer: Client
) -> None:
    at = datetime(2030, 5, 15, 10, 30, tzinfo=ZoneInfo(project.time_zone))
    campaigns = [
        CampaignFactory.create(
            project=project,
            name=f"<b>Sale {number}</b>",
            status=CampaignStatus.SCHEDULED,
            starts_at=at,
        )
        for number in range(6)
    ]
    month = shown(viewer, "day=2030-05-01")
    assert f'href="/campaigns/campaign/{campaigns[0].pk}/change/"' in month
    assert ">10:30</time> Planned" in month
    assert "&lt;b&gt;Sale 0&lt;/b&gt;" in month
    assert '<a href="?by=week&amp;day=2030-05-15">and 2 more</a>' in month
    week = shown(viewer, "by=week&day=2030-05-15")
    assert [f"Sale {number}" in week for number in range(6)] == [True] * 6
