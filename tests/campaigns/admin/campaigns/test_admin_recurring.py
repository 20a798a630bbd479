"""A campaign that recurs, on its pages: writing it, and looking how it goes."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, CampaignKind, CampaignStatus, Run, RunStatus
from campaigns.planning.missed_dates import Outcome
from campaigns.running.standing import decide_due_dates
from providers.models import Project
from tests.campaigns.drafts import ADD, LIST, page, written
from tests.campaigns.recurring import draft, standing
from tests.campaigns.states import fill
from tests.factories import ProviderFactory, TemplateFactory

DATES = "/campaigns/campaign/parts/dates/"
NEXT_YEAR = timezone.localdate().year + 1
WEEKLY: dict[str, Any] = {
    "when": "recurring",
    "every": "week",
    "n": "1",
    "weekdays": ["1", "4"],
    "month_day": "1",
    "at": "10:00",
    "starts_on": f"{NEXT_YEAR}-01-01",
    "ending": "never",
    "until": "",
    "times": "",
    "again_days": "30",
}


@pytest.fixture
def shop(project: Project) -> Project:
    ProviderFactory.create(project=project)
    TemplateFactory.create(project=project)
    return project


def shown(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_its_days_are_saved_and_shown_again(shop: Project, marketer: Client) -> None:
    marketer.post(ADD, written(**WEEKLY))

    campaign = Campaign.objects.get()
    assert (campaign.kind, campaign.starts_at) == (CampaignKind.RECURRING, None)
    assert campaign.schedule == {
        "every": "week",
        "n": 1,
        "weekdays": [1, 4],
        "at": "10:00",
        "starts_on": f"{NEXT_YEAR}-01-01",
        "again_days": 30,
    }
    form = marketer.get(page(campaign)).context["form"]
    names = ("when", "every", "n", "weekdays", "ending")
    assert {name: form[name].value() for name in names} == {
        "when": "recurring",
        "every": "week",
        "n": 1,
        "weekdays": ["1", "4"],
        "ending": "never",
    }


def test_once_again_it_has_no_days_any_more(shop: Project, marketer: Client) -> None:
    marketer.post(ADD, written(**WEEKLY))
    campaign = Campaign.objects.get()

    marketer.post(page(campaign), written(**{**WEEKLY, "when": "now"}))

    campaign.refresh_from_db()
    assert (campaign.kind, campaign.schedule) == (CampaignKind.ONCE, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"when": "now", "n": "many", "at": "25:00", "until": "never"},
        {"until": "never", "times": "many", "month_day": "32"},
        {"every": "day", "weekdays": ["8"]},
    ],
)
def test_what_is_wrong_where_nobody_sees_it_keeps_nobody_from_saving(
    shop: Project, marketer: Client, changes: dict[str, Any]
) -> None:
    marketer.post(ADD, written(**{**WEEKLY, **changes}))
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"n": "0"}, "n", "Every 0 weeks can't be. Choose a number from 1 to 52."),
        ({"n": "-3"}, "n", "Every -3 weeks can't be. Choose a number from 1 to 52."),
        ({"n": "9" * 30}, "n", f"Every {'9' * 30} weeks can't be. Choose a number from 1 to 52."),
        ({"n": "many"}, "n", "“Every” has to be a whole number, like 20."),
        ({"weekdays": []}, "weekdays", "Choose at least one day of the week."),
        (
            {"weekdays": ["8"]},
            "weekdays",
            "“On”: what was chosen is not there (any more). Choose again.",
        ),
        ({"at": ""}, "at", "Choose the time of the day."),
        ({"at": "25:00"}, "at", "“At” has to be a time, like 21:00."),
        ({"starts_on": "2027-02-30"}, "starts_on", "“From” has to be a day, like 2026-12-31."),
        ({"starts_on": "1066-10-14"}, "starts_on", "Choose a start between 2000 and 2199."),
        ({"ending": "until"}, "until", "Choose the last day, or another end."),
        (
            {"ending": "until", "until": f"{NEXT_YEAR - 1}-12-31"},
            "until",
            "It would end before it starts. Choose a later end.",
        ),
        ({"ending": "times"}, "times", "Say how many times, or choose another end."),
        ({"ending": "times", "times": "0"}, "times", "Choose a number from 1 to 1000."),
        ({"again_days": "0"}, "again_days", "Choose a number of days from 1 to 3650."),
        (
            {"every": "day", "n": "400"},
            "n",
            "Every 400 days can't be. Choose a number from 1 to 365.",
        ),
        (
            {"every": "hour"},
            "every",
            "“Repeats by”: what was chosen is not there (any more). Choose again.",
        ),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    shop: Project, marketer: Client, changes: dict[str, Any], field: str, words: str
) -> None:
    response = marketer.post(ADD, written(**{**WEEKLY, **changes}))

    assert response.context["form"].errors == {field: [words]}
    assert not Campaign.objects.exists()
    part = shown(marketer.post(DATES, {**WEEKLY, **changes}))
    assert words.replace("'", "&#x27;") in part


def test_beside_the_days_stand_a_sentence_and_the_next_five(
    shop: Project, marketer: Client
) -> None:
    part = shown(marketer.post(DATES, {**WEEKLY, "every": "month", "month_day": "31"}))

    assert f"Every month on the last day at 10:00 ({shop.time_zone}), from 1 January" in part
    assert part.count("<li>") == 5
    assert f"31 January {NEXT_YEAR}, 10:00" in part
    assert f"28 February {NEXT_YEAR}" in part or f"29 February {NEXT_YEAR}" in part


def test_a_time_that_does_not_exist_says_when_it_goes_out(shop: Project, marketer: Client) -> None:
    shop.time_zone = "Europe/Berlin"
    shop.save()
    typed = {**WEEKLY, "every": "day", "at": "02:30", "starts_on": "2027-03-28"}

    part = shown(marketer.post(DATES, typed))

    words = "Sunday, 28 March 2027, 03:00, since the clocks jump over 02:30 on 28 March 2027"
    assert words in part


def test_the_last_page_says_that_it_goes_out_again(project: Project, marketer: Client) -> None:
    campaign = draft(project)

    part = shown(marketer.get(page(campaign, "publish/reach")))

    assert "<strong>Again and again</strong>, first on" in part
    assert "Who gets it is chosen anew each time" in part
    assert part.count("<li>") == 5
    assert ">Schedule</button>" in part


def test_it_is_published_from_its_last_page(project: Project, marketer: Client) -> None:
    campaign = draft(project)
    seen = marketer.get(page(campaign, "publish/reach")).context["seen"]

    marketer.post(page(campaign, "publish"), {"seen": seen})

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.SCHEDULED
    assert campaign.next_due_at is not None


def test_the_list_says_when_it_goes_out_next(project: Project, marketer: Client) -> None:
    campaign = standing(project, minutes_ago=-60)
    assert campaign.next_due_at is not None
    there = campaign.next_due_at.astimezone(ZoneInfo(project.time_zone))

    text = shown(marketer.get(LIST))

    assert "Recurring · next <time" in text
    assert f"{there:%H:%M}</time>" in text
    assert f'aria-label="Pause {campaign}"' in text


def test_its_page_has_all_runs_and_the_next_dates(project: Project, viewer: Client) -> None:
    campaign = standing(project, minutes_ago=90, days=2)
    decide_due_dates()
    third = Run.objects.create(
        campaign=campaign,
        number=3,
        due_key=timezone.localdate() + timedelta(days=3),
        status=RunStatus.FINISHED,
        last_profile_id=0,
    )
    fill(third)

    response = viewer.get(page(campaign))
    text = shown(response)

    assert [run.number for run, _ in response.context["by_run"]] == [3, 2, 1]
    assert text.count(Outcome.OVERTAKEN.words) == 1
    assert text.count(Outcome.MISSED.words) == 1
    assert f"{third.due_key.day} {third.due_key:%B %Y}" in text
    assert response.context["results"].targeted == 13
    assert len(response.context["dates"]) == 5
    assert "Nobody has got it yet" not in text


def test_before_its_first_date_it_can_become_a_draft(project: Project, marketer: Client) -> None:
    campaign = standing(project, minutes_ago=-60)

    text = shown(marketer.get(page(campaign)))

    assert "Nobody has got it yet" in text
    assert "Back to draft" in text
    assert "It waits for its next date." in text
    assert "can't be changed" not in text


@pytest.mark.parametrize(
    ("move", "words"),
    [
        ("pause", "A date that comes meanwhile waits until its cut-off"),
        ("stop", "None of its dates goes out any more."),
    ],
)
def test_dialogs_say_what_becomes_of_its_dates(
    project: Project, marketer: Client, move: str, words: str
) -> None:
    campaign = standing(project, minutes_ago=-60)
    assert words in shown(marketer.get(page(campaign, move)))


def test_it_is_paused_and_resumed_on_its_page(project: Project, marketer: Client) -> None:
    campaign = standing(project, minutes_ago=-60)

    statuses = []
    for move in ("pause", "resume"):
        marketer.post(page(campaign, move))
        campaign.refresh_from_db()
        statuses.append(campaign.status)

    assert statuses == [CampaignStatus.PAUSED, CampaignStatus.SCHEDULED]
