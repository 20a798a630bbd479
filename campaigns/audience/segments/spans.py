"""From when until when: “in the last 3 days” and its like, at the moment of use.

They count in the project's time zone. Minutes and hours run from now; days, weeks and months are
whole days: “in the last 3 days” begins at midnight three days ago and goes on until now.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
MOST_OF: Mapping[str, int] = {
    "minutes": 10_000,
    "hours": 10_000,
    "days": 10_000,
    "weeks": 1_000,
    "months": 1_000,
}
FIRST_YEAR, LAST_YEAR = 1900, 2199  # of days that a rule may name


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment of use, and whose midnights count."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def in_words(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%-d %b %Y, %H:%M}"

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)

    def ago(self, amount: int, unit: str) -> datetime:
        """Of days and longer, the midnight that the whole days begin with."""
        if unit in ("minutes", "hours"):
            return self.now - timedelta(**{unit: amount})
        return self.midnight(self.day_away(-amount, unit))

    def day_away(self, amount: int, unit: str) -> date:
        if unit == "months":
            return _months_away(self.today, amount)
        return self.today + timedelta(**{unit: amount})


@dataclass(frozen=True, slots=True)
class Span:
    """Moments from `since` on, before `until`; None is open. A day by itself, as birthdays are,
    lies in it by `first_day` and before `end_day`."""

    since: datetime | None = None
    until: datetime | None = None
    first_day: date | None = None
    end_day: date | None = None

    @classmethod
    def of_moments(cls, clock: Clock, since: datetime | None, until: datetime | None) -> Self:
        """Days count by the midnight that they begin with."""
        return cls(since, until, _next_midnight(clock, since), _next_midnight(clock, until))

    @classmethod
    def of_days(cls, clock: Clock, first: date | None, last: date | None) -> Self:
        end = last + DAY if last else None
        since = clock.midnight(first) if first else None
        return cls(since, clock.midnight(end) if end else None, first, end)

    @classmethod
    def last(cls, clock: Clock, amount: int, unit: str) -> Self:
        return cls.of_moments(clock, clock.ago(amount, unit), clock.now + TICK)

    @classmethod
    def earlier(cls, clock: Clock, amount: int, unit: str) -> Self:
        return cls.of_moments(clock, None, clock.ago(amount, unit))

    @classmethod
    def next(cls, clock: Clock, amount: int, unit: str) -> Self:
        """Today is among the next days, what has passed of it is not."""
        if unit in ("minutes", "hours"):
            return cls.of_moments(clock, clock.now, clock.now + timedelta(**{unit: amount}) + TICK)
        end = clock.day_away(amount, unit) + DAY
        return cls(clock.now, clock.midnight(end), clock.today, end)

    def holds(self, moment: datetime | None) -> bool:
        if moment is None:
            return False
        after = self.since is None or moment >= self.since
        return after and (self.until is None or moment < self.until)


def _next_midnight(clock: Clock, moment: datetime | None) -> date | None:
    if moment is None:
        return None
    day = moment.astimezone(clock.zone).date()
    return day if clock.midnight(day) >= moment else day + DAY


def _months_away(day: date, amount: int) -> date:
    """The same day of the month, or its last."""
    years, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))
