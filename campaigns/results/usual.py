"""Today beside the usual day: the same weekday of the last weeks, until the same time by the clock.

What is usual is the middle one of those weeks, so that one big campaign does not make every other
day look poor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import Min

from campaigns.models import Run
from campaigns.results.numbers import SLICES, percent
from campaigns.results.spans import Span, numbers_in
from providers.models import Project

WEEKS = 6
FEWEST_WEEKS = 3  # with fewer, nothing is usual yet
NAMES = ("sent", "read", "replied")
QUARTER = 15  # minutes


@dataclass(frozen=True, slots=True)
class Beside:
    """One number of today, and what it usually is by now."""

    name: str
    today: int
    usual: int

    @property
    def label(self) -> str:
        return SLICES[self.name].label

    @property
    def words(self) -> str:
        if not self.usual:
            return "usually none by now"
        return f"usually {self.usual:,} by now: {self._difference}"

    @property
    def _difference(self) -> str:
        apart = abs(self.today - self.usual)
        if not apart:
            return "the same"
        is_more = self.today > self.usual
        if self.today >= 2 * self.usual:
            return f"{self.today / self.usual:.1f} times as many"
        return f"{percent(apart, self.usual)} {'more' if is_more else 'fewer'}"


@dataclass(frozen=True, slots=True)
class Today:
    """`until`: a time of the project's clock."""

    until: str
    weekday: str
    weeks: int
    numbers: Sequence[Beside]

    @property
    def title(self) -> str:
        return f"Today until {self.until}, beside the last {self.weeks} {self.weekday}s"


def today_beside(project: Project, *, now: datetime) -> Today | None:
    """None where there is too little to say what is usual. Two queries, however many messages."""
    there = now.astimezone(ZoneInfo(project.time_zone))
    there = there.replace(minute=there.minute - there.minute % QUARTER, second=0, microsecond=0)
    days = [_day(there, weeks=weeks) for weeks in range(_known_weeks(project, there) + 1)]
    if len(days) <= FEWEST_WEEKS or days[0].first == days[0].last:
        return None
    today, *before = numbers_in(project, days, names=NAMES)
    numbers = [
        Beside(name, today.get(name, 0), round(median(one.get(name, 0) for one in before)))
        for name in NAMES
    ]
    if not any(one.today or one.usual for one in numbers):
        return None
    return Today(f"{there:%H:%M}", f"{there:%A}", len(before), numbers)


def _day(there: datetime, *, weeks: int) -> Span:
    """From midnight until now by the clock: on the day of a clock change it is no less."""
    last = there - timedelta(weeks=weeks)
    return Span(last.replace(hour=0, minute=0, fold=0), last)


def _known_weeks(project: Project, there: datetime) -> int:
    """Weeks in which nothing could have been sent yet say nothing."""
    runs = Run.objects.filter(campaign__project=project)
    first = runs.aggregate(first=Min("started_at"))["first"]
    return min((there - first) // timedelta(weeks=1), WEEKS) if first else 0
