"""A campaign over time: quarters, hours and days of a zone, equal to what its messages say."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from campaigns.ledger.tallies import fold
from campaigns.models import Run, State
from campaigns.results.series import LINES, MOST_POINTS, Series, Step, rows_of, series_of
from tests.campaigns.recount import TIMES
from tests.campaigns.results.lives import live
from tests.factories import MessageFactory, RunFactory, TallyFactory

pytestmark = pytest.mark.django_db

KOLKATA, BERLIN = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/Berlin")
ZONES = [KOLKATA, BERLIN, *map(ZoneInfo, ("America/New_York", "Asia/Kathmandu", "Etc/UTC"))]
Counted = dict[datetime, dict[str, int]]


def began(at: datetime, step: Step, zone: ZoneInfo) -> datetime:
    """When the step began that this moment lies in, by the clock on the wall there."""
    there = at.astimezone(zone)
    if step is Step.DAY:
        return datetime(there.year, there.month, there.day, tzinfo=zone).astimezone(UTC)
    minutes = there.minute if step is Step.HOUR else there.minute % 15
    return at.replace(second=0, microsecond=0) - timedelta(minutes=minutes)


def recount(run: Run, step: Step, zone: ZoneInfo) -> Counted:
    found: Counter[tuple[datetime, str]] = Counter()
    for message in run.messages.all():
        times = {name: getattr(message, field) for field, name in TIMES.items()}
        has_failed = message.state in (State.FAILED, State.UNKNOWN)
        times["failed"] = message.failed_at if has_failed else None
        for name, at in times.items():
            if at is not None:
                found[began(at, step, zone), name] += 1
    counted: Counted = {}
    for (at, name), n in found.items():
        counted.setdefault(at, {})[name] = n
    return counted


def told(series: Series) -> Counted:
    return {p.at.astimezone(UTC): dict(p.numbers) for p in series.points if p.numbers}


def tally(run: Run, *times: datetime, name: str = "sent", n: int = 1) -> None:
    for at in times:
        TallyFactory.create(run=run, name=name, quarter=at, n=n)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_series_says_what_a_recount_of_the_messages_says(zone: ZoneInfo) -> None:
    run = RunFactory.create()
    since = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
    live(run, people=40, since=since, lasts=timedelta(hours=40), chance=Random(zone.key))

    for step in Step:
        assert told(series_of([run.pk], zone=zone, step=step)) == recount(run, step, zone)
    fold()
    assert told(series_of([run.pk], zone=zone, step=Step.HOUR)) == recount(run, Step.HOUR, zone)


def test_the_hour_that_comes_twice_stands_twice_and_its_day_is_one() -> None:
    run = RunFactory.create()
    midnight = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # 25 October in Berlin
    tally(run, *(midnight + timedelta(minutes=15 * n) for n in range(25 * 4)))

    hours = series_of([run.pk], zone=BERLIN, step=Step.HOUR)
    assert [p.count("sent") for p in hours.points] == [4] * 25
    labels = [row.label for row in rows_of(hours)]
    assert labels[1:5] == [
        "25 Oct, 01:00",
        "25 Oct, 02:00 (UTC+02:00)",
        "25 Oct, 02:00 (UTC+01:00)",
        "25 Oct, 03:00",
    ]
    days = series_of([run.pk], zone=BERLIN, step=Step.DAY)
    assert [(row.label, row.counts[0]) for row in rows_of(days)] == [("Sun, 25 Oct 2026", 100)]


def test_the_hour_that_is_left_out_stands_nowhere() -> None:
    run = RunFactory.create()
    tally(run, datetime(2026, 3, 29, 0, 0, tzinfo=UTC), datetime(2026, 3, 29, 1, 45, tzinfo=UTC))
    hours = series_of([run.pk], zone=BERLIN, step=Step.HOUR)
    assert [row.label for row in rows_of(hours)] == ["29 Mar, 01:00", "29 Mar, 03:00"]


def test_days_are_those_of_the_zone() -> None:
    run = RunFactory.create()
    tally(run, datetime(2026, 3, 1, 18, 15, tzinfo=UTC), datetime(2026, 3, 1, 18, 30, tzinfo=UTC))
    points = series_of([run.pk], zone=KOLKATA, step=Step.DAY).points
    assert [(p.at.isoformat(), p.count("sent")) for p in points] == [
        ("2026-03-01T00:00:00+05:30", 1),
        ("2026-03-02T00:00:00+05:30", 1),
    ]


def test_where_nothing_happened_stands_nothing() -> None:
    run = RunFactory.create()
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    tally(run, noon, noon + timedelta(minutes=45))
    points = series_of([run.pk], zone=KOLKATA).points
    assert [p.count("sent") for p in points] == [1, 0, 0, 1]


def test_nobody_has_got_it_yet() -> None:
    run = RunFactory.create()
    MessageFactory.create(run=run)
    series = series_of([run.pk], zone=KOLKATA)
    assert (series.points, series.untimed, series.totals) == ([], {}, dict.fromkeys(LINES, 0))
    assert series_of([], zone=KOLKATA).points == []


def test_one_moment_is_one_point() -> None:
    run = RunFactory.create()
    tally(run, datetime(2026, 3, 1, 12, 0, tzinfo=UTC), n=1_000_000)
    series = series_of([run.pk], zone=KOLKATA)
    assert [(row.label, row.counts[0]) for row in rows_of(series)] == [("1 Mar, 17:30", 1_000_000)]
    assert series.totals["sent"] == 1_000_000


def test_what_was_taken_back_is_no_point() -> None:
    run = RunFactory.create()
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    tally(run, noon)
    tally(run, noon + timedelta(hours=1))
    tally(run, noon, n=-1)
    points = series_of([run.pk], zone=KOLKATA).points
    assert [p.count("sent") for p in points if p.numbers] == [1]


def test_what_has_no_time_is_told_apart() -> None:
    run = RunFactory.create()
    TallyFactory.create(run=run, name="sent", quarter=None, n=7)
    TallyFactory.create(run=run, name="queued", quarter=None, n=9)
    series = series_of([run.pk], zone=KOLKATA)
    assert (series.points, series.untimed) == ([], {"sent": 7})


@pytest.mark.parametrize(
    ("lasts", "proposed", "steps"),
    [
        (timedelta(hours=2), Step.QUARTER, list(Step)),
        (timedelta(days=2), Step.HOUR, list(Step)),
        (timedelta(days=20), Step.DAY, [Step.HOUR, Step.DAY]),
        (timedelta(days=90), Step.DAY, [Step.DAY]),
    ],
)
def test_the_shortest_step_is_taken_that_can_be_read(
    lasts: timedelta, proposed: Step, steps: list[Step]
) -> None:
    run = RunFactory.create()
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    tally(run, noon, noon + lasts)
    series = series_of([run.pk], zone=KOLKATA)
    assert (series.step, series.steps) == (proposed, steps)
    asked = series_of([run.pk], zone=KOLKATA, step=Step.QUARTER)
    assert asked.step == (Step.QUARTER if Step.QUARTER in steps else proposed)


def test_a_time_that_is_years_off_costs_no_more_points() -> None:
    run = RunFactory.create()
    tally(run, datetime(1990, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
    series = series_of([run.pk], zone=KOLKATA)
    assert (series.step, len(series.points)) == (Step.DAY, MOST_POINTS + 2)
    assert series.totals["sent"] == 2
