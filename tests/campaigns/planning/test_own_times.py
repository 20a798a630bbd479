"""When each person is due by their own clocks: beside a plain reference, zone by zone."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign, OwnTime
from campaigns.planning.finishing import finish_of
from campaigns.planning.own_times import opens_at, own_times
from campaigns.planning.preflight import NO_OWN_TIME_FOR_TEST, findings
from campaigns.planning.targeting import Reach
from providers.models import Project
from tests.campaigns.planning.test_schedule import ZONES, plain_moment

FIRST = datetime(2008, 1, 2, tzinfo=UTC)
MOMENTS = st.integers(0, 15_000_000).map(lambda minutes: FIRST + timedelta(minutes=minutes))
LATE = st.integers(-40 * 60, 80 * 60).map(lambda minutes: timedelta(minutes=minutes))
INDIA = ZoneInfo("Asia/Kolkata")
ONE_DAY = timedelta(days=1)


def campaign_at(at: datetime, *, zone: str = INDIA.key, **fields: object) -> Campaign:
    fields = {"own_time": OwnTime.NEXT_DAY, **fields}
    return Campaign(project=Project(time_zone=zone), starts_at=at, **fields)


def plain_due(campaign: Campaign, zone: str, *, since: datetime) -> datetime | None:
    """Day by day, until the clock on the wall has not shown it yet; None: not any more."""
    assert campaign.starts_at is not None
    shown = campaign.starts_at.astimezone(ZoneInfo(campaign.project.time_zone))
    day = shown.date()
    while (due := plain_moment(day, shown.time(), ZoneInfo(zone))) <= since:
        if campaign.own_time == OwnTime.LEAVE_OUT:
            return None
        day += ONE_DAY
    return due


@settings(max_examples=80, deadline=None)
@given(at=MOMENTS, late=LATE, own=ZONES, projects=ZONES, leaves_out=st.booleans())
@example(
    at=datetime(2027, 10, 2, 16, 45, tzinfo=UTC),  # what Lord Howe jumps over
    late=timedelta(0),
    own="Australia/Lord_Howe",
    projects="Asia/Kathmandu",
    leaves_out=False,
)
@example(
    at=datetime(2011, 12, 29, 20, 0, tzinfo=UTC),  # the day that Samoa had not
    late=timedelta(hours=3),
    own="Pacific/Apia",
    projects="Pacific/Kiritimati",
    leaves_out=False,
)
def test_everybody_is_due_when_their_own_clocks_show_it_first(
    at: datetime, late: timedelta, own: str, projects: str, leaves_out: bool
) -> None:
    choice = OwnTime.LEAVE_OUT if leaves_out else OwnTime.NEXT_DAY
    campaign, since = campaign_at(at, zone=projects, own_time=choice), at + late

    times = own_times(campaign, since=since)

    wanted = plain_due(campaign, own, since=since)
    assert (None if own in times.past else times.of(own)) == wanted
    by_the_projects = plain_due(campaign, projects, since=since)
    assert (None if times.is_past else times.of("Mars/Olympus")) == by_the_projects


@settings(max_examples=40, deadline=None)
@given(at=MOMENTS, zone=ZONES)
def test_nobody_is_due_before_it_opens(at: datetime, zone: str) -> None:
    campaign = campaign_at(at, zone=zone)
    opens = opens_at(campaign)
    assert opens == min(own_times(campaign, since=at - 3 * ONE_DAY).zones.values())


def test_a_common_time_opens_when_it_comes() -> None:
    at = datetime(2027, 3, 1, 10, tzinfo=INDIA)
    assert opens_at(campaign_at(at, own_time=OwnTime.NO)) == at


TEN = datetime(2099, 3, 2, 10, tzinfo=INDIA)


@pytest.mark.parametrize(
    ("by_zone", "fields", "expected"),
    [
        # An hour's work each, where it is ten, and where it is ten half an hour later.
        ({"": 3600}, {}, (TEN, TEN + timedelta(hours=1), 0)),
        (
            {"": 3600, "Asia/Karachi": 3600},
            {},
            (TEN, TEN + timedelta(hours=2), 0),
        ),
        (
            {"": 3600, "Europe/London": 3600},
            {},
            (TEN, TEN + timedelta(hours=6, minutes=30), 0),
        ),
        # Each has a cut-off of their own, and one end is for all.
        (
            {"": 7200, "Europe/London": 3600},
            {"cut_off_hours": 1},
            (TEN, TEN + timedelta(hours=6, minutes=30), 3600),
        ),
        (
            {"": 3600, "Europe/London": 3600},
            {"ends_at": TEN + timedelta(hours=5, minutes=45)},
            (TEN, TEN + timedelta(hours=5, minutes=45), 2700),
        ),
        (
            {"": 3600, "Pacific/Pago_Pago": 5},
            {"ends_at": TEN + timedelta(hours=2)},
            (TEN, TEN + timedelta(hours=1), 5),
        ),
    ],
)
def test_the_last_message_leaves_after_the_last_of_those_who_are_due(
    by_zone: dict[str, int], fields: dict[str, object], expected: tuple[datetime, datetime, int]
) -> None:
    reach = Reach(sum(by_zone.values()), {}, by_zone=list(by_zone.items()))
    finish = finish_of(campaign_at(TEN, **fields), reach, rate=1.0)
    assert (finish.first, finish.last, finish.too_late) == expected


NIGHT = {"quiet_from": time(21), "quiet_until": time(9)}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # Ten in the morning at home is half past four in London.
        ({}, (TEN + timedelta(hours=4, minutes=31), 60, 0)),
        ({"quiet_action": "discard"}, (TEN + timedelta(minutes=1), 60, 0)),
        ({"cut_off_hours": 3}, (TEN + timedelta(minutes=1), 60, 60)),
        # At ten of their own nobody is asleep, at eleven in the evening everybody is.
        ({"own_time": OwnTime.NEXT_DAY}, (TEN + timedelta(hours=5, minutes=31), 0, 0)),
        (
            {"own_time": OwnTime.NEXT_DAY, "starts_at": TEN + timedelta(hours=13)},
            (TEN + timedelta(hours=28, minutes=31), 120, 0),
        ),
    ],
)
def test_who_is_asleep_when_they_are_due_leaves_when_they_wake_or_not_at_all(
    fields: dict[str, Any], expected: tuple[datetime, int, int]
) -> None:
    """A minute's work at home and in London."""
    by_zone = [("", 60), ("Europe/London", 60)]
    campaign = campaign_at(**{"at": TEN, "own_time": OwnTime.NO, **NIGHT, **fields_of(fields)})
    finish = finish_of(campaign, Reach(120, {}, by_zone=by_zone), rate=1.0)
    assert (finish.last, finish.asleep, finish.too_late) == expected


def fields_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {"at" if name == "starts_at" else name: value for name, value in fields.items()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("own_time", "percent", "is_refused"),
    [
        (OwnTime.LEAVE_OUT, 50, True),
        (OwnTime.LEAVE_OUT, 100, False),
        (OwnTime.NEXT_DAY, 50, False),
        (OwnTime.NO, 50, False),
    ],
)
def test_a_winner_that_nobody_could_get_is_refused(
    project: Project, own_time: OwnTime, percent: int, is_refused: bool
) -> None:
    campaign = Campaign(
        project=project,
        starts_at=TEN,
        own_time=own_time,
        variants_by="test",
        test_percent=percent,
        decides_after=4,
    )
    said = [finding.message for finding in findings(campaign, [])]
    assert (NO_OWN_TIME_FOR_TEST in said) is is_refused
