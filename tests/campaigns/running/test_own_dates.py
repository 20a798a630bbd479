"""A campaign that recurs, at a time of the day by each person's own clocks."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.ledger.tallies import totals
from campaigns.models import (
    FIRST_ZONE,
    Campaign,
    CampaignStatus,
    Message,
    OwnTime,
    Reason,
    Run,
    RunStatus,
    State,
)
from campaigns.planning.drafting import change
from campaigns.planning.finishing import finish_of
from campaigns.planning.missed_dates import Outcome
from campaigns.planning.own_times import ALL_ZONES
from campaigns.planning.planned_dates import coming_dates, meant_at, undecided
from campaigns.planning.schedule import Every, Schedule
from campaigns.planning.schedule_document import as_document
from campaigns.planning.targeting import forecast
from campaigns.results.calendar import What, days_of
from campaigns.running.launching import launch
from campaigns.running.standing import decide_due_dates, rest
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns import recurring
from tests.campaigns.drafts import page
from tests.campaigns.planning.test_schedule import plain_moment
from tests.campaigns.recount import recount
from tests.campaigns.running.test_own_times import UNKNOWN, ZONES
from tests.factories import ProfileFactory

pytestmark = pytest.mark.django_db
S = CampaignStatus
HOUR = timedelta(hours=1)


def daily(project: Project, *, began: timedelta, **fields: Any) -> Campaign:
    """Its date came first anywhere so long ago; one person in each zone."""
    for zone in (*ZONES, *UNKNOWN):
        ProfileFactory.create(project=project, identity=zone or "none", time_zone=zone)
    campaign = recurring.draft(project, people=0, own_time=OwnTime.LEAVE_OUT, **fields)
    first = timezone.now().replace(second=0, microsecond=0) - began
    there = first.astimezone(ZoneInfo(FIRST_ZONE))
    campaign.schedule = as_document(
        Schedule(every=Every.DAY, at=there.time(), starts_on=there.date())
    )
    campaign.status, campaign.published_at = S.SCHEDULED, first - HOUR
    campaign.next_due_at = next(undecided(campaign)).at
    campaign.save()
    assert campaign.next_due_at == first
    return campaign


def launched(campaign: Campaign) -> Run:
    decide_due_dates()
    run = campaign.runs.latest("number")
    launch(run.pk)
    run.refresh_from_db()
    campaign.refresh_from_db()
    return run


def planned(campaign: Campaign, run: Run, zone: str) -> datetime:
    assert run.due_key
    assert campaign.schedule
    known = campaign.project.time_zone if zone in UNKNOWN else zone
    at = datetime.fromisoformat(f"2000-01-01T{campaign.schedule['at']}").time()
    return plain_moment(run.due_key, at, ZoneInfo(known))


def dues(run: Run) -> dict[str, datetime | None]:
    """None: they get none, since it is too late."""
    rows = Message.objects.filter(run=run).values_list(
        "profile__time_zone", "state", "reason", "outbox__due_at"
    )
    wanted = {(State.QUEUED, ""), (State.SUPPRESSED, Reason.CUT_OFF)}
    assert {(state, reason) for _, state, reason, _ in rows} <= wanted
    return {zone: due for zone, _, _, due in rows}


def test_each_date_begins_where_it_comes_first_and_comes_to_each_in_their_time(
    project: Project,
) -> None:
    campaign = daily(project, began=timedelta(minutes=5), cut_off_hours=3)

    run = launched(campaign)

    assert dues(run) == {zone: planned(campaign, run, zone) for zone in (*ZONES, *UNKNOWN)}
    expires = run.outbox.values_list("due_at", "expires_at")
    assert {until - due for due, until in expires} == {3 * HOUR}
    assert (campaign.cut_off_at, campaign.status) == (None, S.RUNNING)
    assert campaign.next_due_at is not None
    assert campaign.next_due_at - run.started_at < 24 * HOUR
    assert dict(totals([run.pk])) == recount([run.pk])


@pytest.mark.parametrize(
    ("fields", "lasts"),
    [({}, HOUR), ({"cut_off_hours": 2}, 2 * HOUR), ({"sends_late": True}, None)],
)
def test_whoever_is_past_it_is_late_as_a_date_may_be(
    project: Project, fields: dict[str, Any], lasts: timedelta | None
) -> None:
    """It began three hours late: where it came first it is too late, unless it is sent late."""
    campaign = daily(project, began=3 * HOUR, **fields)

    run = launched(campaign)

    expected: dict[str, datetime | None] = {}
    for zone in (*ZONES, *UNKNOWN):
        at = planned(campaign, run, zone)
        if lasts is None:
            expected[zone] = max(at, run.started_at)
        else:
            expected[zone] = None if at + lasts <= run.started_at else at
    assert dues(run) == expected
    assert (expected["Pacific/Kiritimati"] is None) is (lasts is not None)
    assert expected["America/New_York"] is not None


@pytest.mark.parametrize(
    ("began", "outcomes"),
    [
        (timedelta(hours=23), [""]),
        # Everybody's time was over: the next one's was not.
        (timedelta(hours=30), [Outcome.OVERTAKEN.words, ""]),
    ],
)
def test_a_date_may_begin_while_it_is_to_come_for_somebody(
    project: Project, began: timedelta, outcomes: list[str]
) -> None:
    campaign = daily(project, began=began)
    decide_due_dates()
    runs = campaign.runs.order_by("number")
    assert list(runs.values_list("skipped_because", flat=True)) == outcomes


def test_a_date_that_was_its_last_is_missed_when_it_is_over_everywhere(project: Project) -> None:
    campaign = daily(project, began=ALL_ZONES + 2 * HOUR)
    assert campaign.schedule
    Campaign.objects.update(schedule=campaign.schedule | {"times": 1})
    decide_due_dates()
    assert [run.skipped_because for run in campaign.runs.all()] == [Outcome.MISSED.words]


def test_the_next_date_waits_for_the_last_of_the_one_before(project: Project) -> None:
    """Around the world it takes longer than a day."""
    campaign = daily(project, began=timedelta(hours=24, minutes=10))
    Campaign.objects.update(status=S.RUNNING)
    assert campaign.next_due_at
    first = next(undecided(campaign)).day
    before = campaign.runs.create(
        number=1, due_key=first, status=RunStatus.SENDING, last_profile_id=0
    )

    decide_due_dates()
    assert campaign.runs.count() == 1
    before.status = RunStatus.FINISHED
    before.save()
    rest()
    run = launched(campaign)

    assert run.due_key == first + timedelta(days=1)
    assert None not in dues(run).values()


def test_it_is_foreseen_by_zones(project: Project) -> None:
    campaign = daily(project, began=-2 * HOUR)
    reach = forecast(campaign)
    due = next(iter(coming_dates(campaign)))

    finish = finish_of(campaign, reach, rate=1000)

    assert sum(people for _, people in reach.by_zone) == reach.to_send == len(ZONES + UNKNOWN)
    assert finish.first == due.at
    assert finish.last - finish.first > 24 * HOUR
    assert meant_at(campaign, due.at) == plain_moment(
        due.day, due.at.astimezone(ZoneInfo(FIRST_ZONE)).time(), ZoneInfo(project.time_zone)
    )


def test_pages_say_the_time_that_each_persons_clocks_show(
    project: Project, marketer: Client
) -> None:
    campaign = daily(project, began=-2 * HOUR)
    due = next(iter(coming_dates(campaign)))
    meant = meant_at(campaign, due.at).astimezone(ZoneInfo(project.time_zone))

    shown = " ".join(marketer.get(page(campaign)).content.decode().split())
    (day,) = days_of(project, first=meant.date(), last=meant.date())

    assert f"Every day at {meant:%H:%M} (wherever each person is)" in shown
    assert f"{meant:%A}, {meant.day} {meant:%B %Y}, {meant:%H:%M}" in shown
    assert "since the clocks jump" not in shown
    assert [(entry.what, entry.at) for entry in day.entries] == [(What.PLANNED, meant)]


def test_a_change_keeps_whose_time_it_is(project: Project) -> None:
    campaign = daily(project, began=-2 * HOUR)
    assert change(campaign, by=SYSTEM).own_time == OwnTime.LEAVE_OUT
