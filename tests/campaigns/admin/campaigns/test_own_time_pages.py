"""A campaign by each person's own clocks, as its pages tell it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus, OwnTime, QuietAction, Reason
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from campaigns.sending.finding_due import find_due
from campaigns.sending.putting_off import put_off
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.drafts import ADD, page, ready, written
from tests.factories import ProfileFactory, ProviderFactory, TemplateFactory

INDIA = ZoneInfo("Asia/Kolkata")


def shown(client: Client, campaign: Campaign, part: str = "change") -> str:
    return " ".join(client.get(page(campaign, part)).content.decode().split())


def tomorrow_at(hour: int) -> datetime:
    day = timezone.now().astimezone(INDIA) + timedelta(days=2)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize(
    ("when", "typed", "saved"),
    [
        ("later", "next_day", OwnTime.NEXT_DAY),
        ("later", "leave_out", OwnTime.LEAVE_OUT),
        ("later", "", OwnTime.NO),
        # What is hidden is not meant.
        ("now", "next_day", OwnTime.NO),
        ("recurring", "leave_out", OwnTime.NO),
    ],
)
def test_the_form_keeps_whose_time_it_is(
    project: Project, marketer: Client, when: str, typed: str, saved: OwnTime
) -> None:
    ProviderFactory.create(project=project)
    template = TemplateFactory.create(project=project)
    form = written(template=template, when=when, starts_at="2099-03-02T10:00", own_time=typed)
    days = {"every": "day", "n": "1", "at": "10:00", "starts_on": "2099-03-02", "ending": "never"}

    marketer.post(ADD, form | days)

    campaign = Campaign.objects.get()
    assert campaign.own_time == saved
    assert bool(campaign.starts_at) is (when == "later")


@pytest.mark.parametrize("typed", ["yesterday", "next_day " * 50, "\x00", "0"])
def test_what_is_no_choice_is_refused(project: Project, marketer: Client, typed: str) -> None:
    ProviderFactory.create(project=project)
    form = written(when="later", starts_at="2099-03-02T10:00", own_time=typed)
    answer = marketer.post(ADD, form)
    assert (answer.status_code, Campaign.objects.count()) == (200, 0)
    assert "own_time" in answer.context["adminform"].form.errors


def test_the_last_page_says_when_the_first_and_the_last_leave(
    project: Project, marketer: Client
) -> None:
    at = tomorrow_at(10)
    campaign = ready(project, people=2, starts_at=at, own_time=OwnTime.NEXT_DAY, cut_off_hours=6)
    ProfileFactory.create(project=project, time_zone="Asia/Dubai")

    text = shown(marketer, campaign, "publish/reach")

    assert f"On <strong>{at:%A}, {at.day} {at:%B %Y} at 10:00, wherever each person is" in text
    day = f"{at:%A}, {at.day} {at:%B}"
    assert f"The first leave on {day}, 10:00, the last on {day}, 11:30 (Asia/Kolkata)." in text
    assert "at the same time of the next day" in text
    assert "It is cut off 6 hours after each person's own time" in text
    assert "Schedule" in text


def test_the_last_page_counts_who_is_past_it(project: Project, marketer: Client) -> None:
    at = timezone.now() + timedelta(hours=2)
    campaign = ready(project, people=2, starts_at=at, own_time=OwnTime.LEAVE_OUT)
    ProfileFactory.create(project=project, time_zone="Pacific/Kiritimati")

    text = shown(marketer, campaign, "publish/reach")

    assert "<strong>2 people get</strong>" in text
    assert "1 of 3 will not get it" in text
    assert Reason.CUT_OFF.label in text
    assert "people don't get it." in text


def test_its_page_says_when_the_next_are_due(project: Project, marketer: Client) -> None:
    at = (timezone.now() + timedelta(hours=2)).replace(second=0, microsecond=0)
    campaign = ready(project, people=2, starts_at=at, own_time=OwnTime.NEXT_DAY)
    ProfileFactory.create(project=project, time_zone="Asia/Dubai")
    publish(campaign, by=SYSTEM)
    launch(campaign.runs.get().pk)

    text = shown(marketer, campaign)

    first, last = (each.astimezone(INDIA) for each in (at, at + timedelta(minutes=90)))
    assert (
        f"Nobody is due now: it goes on {first:%A}, {first.day} {first:%B, %H:%M}, and the last "
        f"are due {last:%A}, {last.day} {last:%B, %H:%M}" in text
    )
    assert "wherever each person is; whoever was past it gets it the next day" in text


def test_a_scheduled_one_says_whose_time_it_means(project: Project, marketer: Client) -> None:
    at = tomorrow_at(10)
    campaign = ready(
        project, starts_at=at, own_time=OwnTime.LEAVE_OUT, status=CampaignStatus.SCHEDULED
    )
    assert "at 10:00, wherever each person is." in shown(marketer, campaign)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (QuietAction.DELAY, "their messages wait until 09:00 there."),
        (QuietAction.DISCARD, "they don't get it. Choose another time, or let messages wait."),
    ],
)
def test_the_last_page_counts_who_is_asleep_when_it_is_their_turn(
    project: Project, marketer: Client, action: QuietAction, said: str
) -> None:
    quiet = {"quiet_from": time(21), "quiet_until": time(9), "quiet_action": action}
    campaign = ready(project, people=2, starts_at=tomorrow_at(10), **quiet)
    for zone in ("America/New_York", "America/Chicago", "Mars/Olympus"):
        ProfileFactory.create(project=project, time_zone=zone)

    text = shown(marketer, campaign, "publish/reach")
    Campaign.objects.update(starts_at=tomorrow_at(20) + timedelta(minutes=45))
    awake = shown(marketer, campaign, "publish/reach")

    assert f"it is quiet where <strong>2 people are</strong>: {said}" in text
    assert "From 21:00 until 09:00, by the clocks where each person is," in text
    assert "Whose zone nobody knows has the clocks of Asia/Kolkata." in text
    assert "it is quiet where" not in awake


def test_its_page_says_when_it_goes_on_after_quiet_hours(
    project: Project, marketer: Client
) -> None:
    now = timezone.now().astimezone(INDIA)
    over = now + timedelta(hours=3)
    hours = {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_until": time(over.hour)}
    campaign = ready(project, people=2, **hours)
    publish(campaign, by=SYSTEM)
    launch(campaign.runs.get().pk)
    for due in find_due():
        put_off(due)

    text = shown(marketer, campaign)

    assert "Nobody is due now: it goes on " in text
    assert f", {over.hour:02}:00" in text
    assert "where each person is: messages wait" in text


DAILY = {"every": "day", "n": "1", "at": "10:00", "starts_on": "2099-03-02", "ending": "never"}


@pytest.mark.parametrize(
    ("when", "typed", "saved"),
    [
        ("recurring", "leave_out", OwnTime.LEAVE_OUT),
        ("recurring", "", OwnTime.NO),
        # What is hidden is not meant.
        ("now", "leave_out", OwnTime.NO),
    ],
)
def test_the_form_keeps_whose_time_its_dates_are(
    project: Project, marketer: Client, when: str, typed: str, saved: OwnTime
) -> None:
    ProviderFactory.create(project=project)
    form = written(template=TemplateFactory.create(project=project), when=when)
    marketer.post(ADD, form | DAILY | {"whose_dates": typed})

    campaign = Campaign.objects.get()
    answer = marketer.get(page(campaign)).context["adminform"].form

    assert campaign.own_time == saved
    shown_again = answer["whose_dates"].value() or ""
    assert shown_again == saved


@pytest.mark.parametrize("typed", ["next_day", "x" * 3000, "\x00", "<b>"])
def test_of_dates_what_is_no_choice_is_refused(
    project: Project, marketer: Client, typed: str
) -> None:
    ProviderFactory.create(project=project)
    answer = marketer.post(ADD, written(when="recurring") | DAILY | {"whose_dates": typed})
    assert "whose_dates" in answer.context["adminform"].form.errors
    assert not Campaign.objects.exists()
