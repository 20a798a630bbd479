"""Days and moments of schedules: by hand where clocks change, and beside a plain reference."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.planning.schedule import (
    Every,
    Mistake,
    Schedule,
    dues,
    mistakes,
    moment,
)

# Clocks that change at midnight, by half an hour, backwards in winter, around Ramadan, and skip a
# day; and all the others.
ODD = (
    *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin"),
    *("America/Havana", "Africa/Casablanca", "Africa/Cairo", "Pacific/Apia", "Asia/Kathmandu"),
)
ZONES = st.sampled_from(ODD) | st.sampled_from(sorted(available_timezones() - {"localtime"}))
DAYS = st.dates(date(2008, 1, 1), date(2036, 12, 31))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    every = draw(st.sampled_from(Every))
    starts_on = draw(DAYS)
    ends = draw(st.sampled_from(("never", "until", "times")))
    later = st.integers(0, 2000).map(lambda days: starts_on + timedelta(days=days))
    return Schedule(
        every=every,
        at=draw(TIMES),
        starts_on=starts_on,
        n=draw(st.integers(1, 12)),
        weekdays=frozenset(draw(st.sets(st.integers(1, 7), min_size=1))),
        month_day=draw(st.integers(1, 31) | st.sampled_from((29, 30, 31))),
        until=draw(later) if ends == "until" else None,
        times=draw(st.integers(1, 40)) if ends == "times" else None,
        again_days=draw(st.none() | st.integers(1, 3650)),
    )


def is_planned(schedule: Schedule, day: date) -> bool:
    """One day by itself, whatever the others are."""
    start = schedule.starts_on
    if schedule.every == Every.DAY:
        return (day - start).days % schedule.n == 0
    if schedule.every == Every.WEEK:
        mondays = [each - timedelta(days=each.weekday()) for each in (start, day)]
        weeks = (mondays[1] - mondays[0]).days // 7
        return weeks % schedule.n == 0 and day.isoweekday() in schedule.weekdays
    months = (day.year - start.year) * 12 + day.month - start.month
    is_last = day.day == monthrange(day.year, day.month)[1]
    wanted = schedule.month_day or 31
    return months % schedule.n == 0 and (day.day == wanted or (is_last and wanted > day.day))


def plain_days(schedule: Schedule, *, most: int) -> list[date]:
    """Walks the calendar day by day."""
    found: list[date] = []
    day = schedule.starts_on
    last = schedule.until or schedule.starts_on + timedelta(days=8000)
    while day <= last and len(found) < min(most, schedule.times or most):
        if is_planned(schedule, day):
            found.append(day)
        day += timedelta(days=1)
    return found


def plain_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Watches the clock on the wall, minute by minute."""
    planned = datetime.combine(day, at)
    now = planned.replace(tzinfo=UTC) - timedelta(hours=15)
    while now.astimezone(zone).replace(tzinfo=None) < planned:
        now += timedelta(minutes=1)
    return now


@settings(max_examples=60, deadline=None)
@given(schedule=schedules(), zone=ZONES, skipped=st.integers(0, 12))
def test_every_planned_day_is_due_once(schedule: Schedule, zone: str, skipped: int) -> None:
    clock = ZoneInfo(zone)
    wanted = [
        (day, plain_moment(day, schedule.at, clock))
        for day in plain_days(schedule, most=skipped + 5)
    ]
    start = datetime.combine(schedule.starts_on, time(), tzinfo=UTC) - timedelta(days=3)
    after = wanted[skipped - 1][1] if 0 < skipped <= len(wanted) else start

    found = [(due.day, due.at) for due in islice(dues(schedule, clock, after=after), 5)]

    assert found == [each for each in wanted if each[1] > after][:5]
    assert all(one[1] <= other[1] for one, other in pairwise(found))
    assert bool(mistakes(schedule)) is (wanted == [])


@settings(max_examples=60, deadline=None)
@given(schedule=schedules(), since=DAYS)
def test_days_since_a_day_are_those_that_there_are(schedule: Schedule, since: date) -> None:
    last = max(since, schedule.starts_on) + timedelta(days=900)
    expected = [day for day in takewhile(lambda day: day <= last, schedule.days()) if day >= since]
    assert list(takewhile(lambda day: day <= last, schedule.days(since=since))) == expected


@given(day=DAYS, at=TIMES, zone=ZONES)
@example(day=date(2011, 12, 30), at=time(10), zone="Pacific/Apia")
def test_a_moment_is_what_the_clock_on_the_wall_shows_first(day: date, at: time, zone: str) -> None:
    assert moment(day, at, ZoneInfo(zone)) == plain_moment(day, at, ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "day", "at", "wanted"),
    [
        ("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T03:00+02:00"),
        ("Europe/Berlin", "2027-10-31", "02:30", "2027-10-31T02:30+02:00"),
        ("America/New_York", "2027-03-14", "02:00", "2027-03-14T03:00-04:00"),
        ("America/New_York", "2027-11-07", "01:59", "2027-11-07T01:59-04:00"),
        ("Australia/Lord_Howe", "2027-10-03", "02:15", "2027-10-03T02:30+11:00"),
        ("Australia/Lord_Howe", "2027-10-03", "02:30", "2027-10-03T02:30+11:00"),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-04T01:45+11:00"),
        ("America/Havana", "2027-03-14", "00:00", "2027-03-14T01:00-04:00"),
        ("Pacific/Apia", "2011-12-30", "10:00", "2011-12-31T00:00+14:00"),
        ("Asia/Kolkata", "2027-03-28", "02:30", "2027-03-28T02:30+05:30"),
    ],
)
def test_a_time_that_is_missing_moves_on_and_a_double_one_is_the_first(
    zone: str, day: str, at: str, wanted: str
) -> None:
    found = moment(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone))
    assert found == datetime.fromisoformat(wanted)


def plan(every: str, **rest: object) -> Schedule:
    known = {"at": time(10), "starts_on": date(2026, 12, 2), "every": Every(every)}
    return Schedule(**{**known, **rest})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("schedule", "wanted"),
    [
        (plan("day", n=3), ["12-02", "12-05", "12-08", "12-11", "12-14"]),
        # From a Wednesday on: that week's Monday is over.
        (plan("week", weekdays=frozenset({1, 5})), ["12-04", "12-07", "12-11", "12-14", "12-18"]),
        (plan("week", n=2, weekdays=frozenset({1})), ["12-14", "12-28", "01-11", "01-25", "02-08"]),
        (plan("month", month_day=31), ["12-31", "01-31", "02-28", "03-31", "04-30"]),
        (plan("month", month_day=29), ["12-29", "01-29", "02-28", "03-29", "04-29"]),
        (plan("month", n=12, month_day=1), ["12-01", "12-01", "12-01", "12-01", "12-01"]),
        (plan("day", until=date(2026, 12, 4)), ["12-02", "12-03", "12-04"]),
        (plan("week", weekdays=frozenset({3, 4}), times=3), ["12-02", "12-03", "12-09"]),
    ],
)
def test_the_next_five_dates(schedule: Schedule, wanted: list[str]) -> None:
    found = dues(schedule, ZoneInfo("Asia/Kolkata"), after=datetime(2026, 12, 1, tzinfo=UTC))
    assert [f"{due.day:%m-%d}" for due in islice(found, 5)] == wanted


def test_what_is_due_right_now_is_not_later_than_now() -> None:
    now = datetime(2026, 12, 2, 10, tzinfo=UTC)
    assert next(dues(plan("day"), ZoneInfo("UTC"), after=now)).day == date(2026, 12, 3)


@pytest.mark.parametrize(
    ("schedule", "field", "words"),
    [
        (plan("day", n=0), "n", "Every 0 days can't be. Choose a number from 1 to 365."),
        (plan("week", n=53, weekdays=frozenset({1})), "n", "Every 53 weeks can't be."),
        (plan("week"), "weekdays", "Choose at least one day of the week."),
        (plan("week", weekdays=frozenset({8})), "weekdays", "Days of the week are 1, Monday,"),
        (plan("month"), "month_day", "Choose a day from 1 to 31."),
        (plan("month", month_day=32), "month_day", "Choose a day from 1 to 31."),
        (plan("day", until=date(2026, 12, 1)), "until", "It would end before it starts."),
        (plan("day", times=0), "times", "Choose a number from 1 to 1000."),
        (plan("day", again_days=0), "again_days", "Choose a number of days from 1 to 3650."),
        (plan("day", again_days=3651), "again_days", "Choose a number of days from 1 to 3650."),
        (plan("day", times=2, until=date(2027, 1, 1)), "times", "Choose either a last day or"),
        (
            plan("day", starts_on=date(1, 1, 1)),
            "starts_on",
            "Choose a start between 2000 and 2199.",
        ),
        (
            plan("week", weekdays=frozenset({1}), until=date(2026, 12, 6)),
            "until",
            "No date falls between its start and its end.",
        ),
    ],
)
def test_bad_input_is_told_beside_its_field(schedule: Schedule, field: str, words: str) -> None:
    [mistake] = mistakes(schedule)
    assert mistake == Mistake(field, mistake.words)
    assert mistake.words.startswith(words)
