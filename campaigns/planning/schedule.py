"""When a campaign goes out that goes out again and again: days of a calendar, each at one time of
the day.

Pure: knows no campaign and no row. Days are counted on the calendar and become moments last, in one
zone or another, since a day has not always 24 hours. Of each planned day there is one moment: a
time that the clocks jump over moves to the next that they show, one that they show twice is used
the first time.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import dropwhile, islice, takewhile
from zoneinfo import ZoneInfo

LAST_DAY = 31  # of any month
MOST_TIMES = 1000
MOST_AGAIN = 3650  # days: ten years, which is never
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


MOST_BETWEEN = {Every.DAY: 365, Every.WEEK: 52, Every.MONTH: 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Every n days, weeks or months, counted from the day, week or month of `starts_on`."""

    every: Every
    at: time
    starts_on: date
    n: int = 1
    # 1 is Monday; of weeks only.
    weekdays: frozenset[int] = frozenset()
    # Of months only. One that a month does not have is its last.
    month_day: int | None = None
    # The last day on which it may go out, or how many days there are at the most.
    until: date | None = None
    times: int | None = None
    # For so many days nobody gets it again; None: each time.
    again_days: int | None = None

    def days(self, *, since: date = EARLIEST) -> Iterator[date]:
        """All that are planned, in their order; `since` a day, however far away it is, without
        going through those before it."""
        last = min(self.until or LATEST, LATEST)
        # How many there were decides when it ends after so many.
        near = self.starts_on if self.times else max(self.starts_on, since)
        days = dropwhile(lambda day: day < self.starts_on, self._unbounded(near, last))
        planned = islice(takewhile(lambda day: day <= last, days), self.times)
        return dropwhile(lambda day: day < since, planned)

    def _unbounded(self, near: date, last: date) -> Iterator[date]:
        """May begin some days before `near`, and end after the last."""
        start = self.starts_on
        if self.every == Every.MONTH:
            for month in _steps(_month(start), _month(last), self.n, near=_month(near)):
                yield _day_of(month, self.month_day or LAST_DAY)
            return
        step, first = self.n, start.toordinal()
        if self.every == Every.WEEK:
            step, first = 7 * self.n, first - start.weekday()
        for number in _steps(first, last.toordinal(), step, near=near.toordinal()):
            if self.every == Every.WEEK:
                yield from (date.fromordinal(number + day - 1) for day in sorted(self.weekdays))
            else:
                yield date.fromordinal(number)


@dataclass(frozen=True, slots=True)
class Due:
    """A planned day of a calendar, and when that is."""

    day: date
    at: datetime


def dues(schedule: Schedule, zone: ZoneInfo, *, after: datetime) -> Iterator[Due]:
    """All later than `after`."""
    # No zone is further from UTC, and no missing time moves further than into the next day.
    earliest = after.astimezone(UTC).date() - timedelta(days=2)
    days = schedule.days(since=earliest)
    moments = (Due(day, moment(day, schedule.at, zone)) for day in days)
    return dropwhile(lambda due: due.at <= after, moments)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first at which the zone's clocks show this time of this day, or a later one."""
    planned = datetime.combine(day, at)
    early, late = (_in_utc(planned, zone, fold=fold) for fold in (0, 1))
    if early.astimezone(zone).replace(tzinfo=None) == planned:
        return early
    return _clock_change(late, early, zone)


def _in_utc(planned: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """Where the clocks jump over it: as if they had not yet (0), as if they had already (1)."""
    return planned.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second with the later one's offset, halving what lies between them."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _steps(first: int, last: int, step: int, *, near: int) -> range:
    """From the last of them that is not behind `near`."""
    return range(first + max(near - first, 0) // step * step, last + 1, step)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _day_of(month: int, day: int) -> date:
    year, month_before = divmod(month, 12)
    last = monthrange(year, month_before + 1)[1]
    return date(year, month_before + 1, min(day, last))


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a field of a schedule, with the way out."""

    field: str
    words: str


def mistakes(schedule: Schedule) -> list[Mistake]:
    """Whatever `days` would not understand, and what would never go out."""
    found = [*_in_rhythm(schedule), *_in_bounds(schedule)]
    if not found and next(schedule.days(), None) is None:
        words = "No date falls between its start and its end. Choose a later end."
        found = [Mistake("until", words)]
    return found


def _in_rhythm(schedule: Schedule) -> Iterator[Mistake]:
    every, most = schedule.every, MOST_BETWEEN[schedule.every]
    if not 1 <= schedule.n <= most:
        yield Mistake(
            "n", f"Every {schedule.n} {every}s can't be. Choose a number from 1 to {most}."
        )
    if every == Every.WEEK and not schedule.weekdays:
        yield Mistake("weekdays", "Choose at least one day of the week.")
    if every == Every.WEEK and not schedule.weekdays <= set(range(1, 8)):
        yield Mistake("weekdays", "Days of the week are 1, Monday, to 7, Sunday.")
    if every == Every.MONTH and not 1 <= (schedule.month_day or 0) <= LAST_DAY:
        words = "Choose a day from 1 to 31. A month that is shorter has it on its last day."
        yield Mistake("month_day", words)


def _in_bounds(schedule: Schedule) -> Iterator[Mistake]:
    start, until, times = schedule.starts_on, schedule.until, schedule.times
    if not EARLIEST <= start <= LATEST:
        words = f"Choose a start between {EARLIEST:%Y} and {LATEST:%Y}."
        yield Mistake("starts_on", words)
    if until is not None and until < start:
        yield Mistake("until", "It would end before it starts. Choose a later end.")
    if times is not None and not 1 <= times <= MOST_TIMES:
        yield Mistake("times", f"Choose a number from 1 to {MOST_TIMES}.")
    if schedule.again_days is not None and not 1 <= schedule.again_days <= MOST_AGAIN:
        yield Mistake("again_days", f"Choose a number of days from 1 to {MOST_AGAIN}.")
    if until is not None and times is not None:
        yield Mistake("times", "Choose either a last day or how many times, not both.")
