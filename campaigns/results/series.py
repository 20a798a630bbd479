"""How a campaign went over time, from the tallies of its runs: no message row is read here.

Tallies know quarters of an hour of UTC. Hours and days are those of a zone: on the day that its
clocks go back an hour stands twice, since it was there twice, and days are as long as they were.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from campaigns.ledger.tallies import QUARTER
from campaigns.results.numbers import SLICES
from campaigns.results.spans import Span

# What has a time of its own, in the order in which it happens.
LINES = ("sent", "delivered", "read", "clicked", "replied", "failed")
# Of a campaign with a goal: people count when they first reached it.
LINES_WITH_GOAL = (*LINES, "converted")
# More points than that nobody can tell apart; with days, none is put between those counted then.
MOST_POINTS = 1_000
ENOUGH_POINTS = 60  # from so many on, the next longer step is proposed


class Step(StrEnum):
    """How long each point of a series lasts."""

    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"

    @property
    def lasts(self) -> timedelta:
        return _LASTS[self]

    @property
    def words(self) -> str:
        return _WORDS[self]


_LASTS = {Step.QUARTER: QUARTER, Step.HOUR: timedelta(hours=1), Step.DAY: timedelta(days=1)}
_WORDS = {Step.QUARTER: "Quarter of an hour", Step.HOUR: "Hour", Step.DAY: "Day"}
# SQL of a quarter, the beginning of its step. With hours, PostgreSQL keeps apart the two of one
# name; the first quarter of a day is the first there was.
_BEGINNING = {
    Step.QUARTER: "quarter",
    Step.HOUR: "date_trunc('hour', quarter, %(zone)s)",
    Step.DAY: "date_trunc('day', quarter, %(zone)s)",
}
_SPAN = """
SELECT min(quarter), max(quarter) FROM campaigns_tally
WHERE run_id = ANY(%(runs)s) AND name = ANY(%(names)s) {within}
"""
# A report is about a part of it.
_WITHIN = "AND quarter >= %(since)s AND quarter < %(until)s"
# What has no quarter was counted before tallies had them. Points in which nothing happened stand
# between the others, without a name: no step is shorter than what is walked by.
_SERIES = """
SELECT {beginning} AS at, name, sum(n)::bigint FROM campaigns_tally
WHERE run_id = ANY(%(runs)s) AND name = ANY(%(names)s) {within}
GROUP BY 1, 2 HAVING sum(n) <> 0
UNION ALL
SELECT DISTINCT {beginning}, '', 0
FROM generate_series(%(first)s::timestamptz, %(last)s::timestamptz, %(walk)s) AS walk (quarter)
"""


@dataclass(frozen=True, slots=True)
class Point:
    """What happened from `at` until the next point begins."""

    at: datetime
    numbers: Mapping[str, int]

    def count(self, name: str) -> int:
        return self.numbers.get(name, 0)


@dataclass(frozen=True, slots=True)
class Series:
    """`untimed` were counted before times were kept: they are in no point. `steps` are those that
    can be asked for."""

    zone: ZoneInfo
    step: Step
    steps: Sequence[Step]
    points: Sequence[Point]
    untimed: Mapping[str, int]
    lines: Sequence[str] = LINES

    @property
    def totals(self) -> dict[str, int]:
        return {name: sum(point.count(name) for point in self.points) for name in self.lines}


def series_of(
    run_ids: Collection[int],
    *,
    zone: ZoneInfo,
    step: Step | None = None,
    lines: Sequence[str] = LINES,
    within: Span | None = None,
) -> Series:
    """Two queries, however many messages. Without a step, or with one that is too short for so long
    a time, the shortest is taken that can be read."""
    of_runs: dict[str, Any] = {"runs": list(run_ids), "names": list(lines), "zone": zone.key}
    of_runs |= {"since": within.first, "until": within.last} if within else {}
    part = _WITHIN if within else ""
    first, last = _rows(_SPAN.format(within=part), of_runs)[0]
    lasted = last - first if first else timedelta(0)
    steps = [one for one in Step if lasted / one.lasts < MOST_POINTS] or [Step.DAY]
    chosen = step if step in steps else _readable(steps, lasted)
    walk = {**of_runs, "first": first, "last": _end(first, last), "walk": _walk(chosen)}
    rows = _rows(_SERIES.format(beginning=_BEGINNING[chosen], within=part), walk)
    return replace(_series(rows, zone=zone, step=chosen, steps=steps), lines=lines)


def _readable(steps: Sequence[Step], lasted: timedelta) -> Step:
    return next((one for one in steps if lasted / one.lasts < ENOUGH_POINTS), steps[-1])


def _end(first: datetime | None, last: datetime | None) -> datetime | None:
    """Where the walk ends. A time that is years off is no reason to walk there."""
    return min(last, first + MOST_POINTS * timedelta(days=1)) if first and last else None


def _walk(step: Step) -> timedelta:
    """Of zones there are some that are half an hour off for half of the year."""
    return timedelta(hours=6) if step is Step.DAY else QUARTER


def _series(
    rows: Sequence[tuple[Any, ...]], *, zone: ZoneInfo, step: Step, steps: Sequence[Step]
) -> Series:
    numbers: dict[datetime | None, dict[str, int]] = defaultdict(dict)
    for at, name, n in rows:
        numbers[at] |= {name: n} if name else {}
    untimed = numbers.pop(None, {})
    points = [Point(at.astimezone(zone), counted) for at, counted in sorted(numbers.items()) if at]
    return Series(zone, step, steps, points, untimed)


def _rows(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


# As a table, for a page and for a file ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """`label` is read by people, who know the day and the hour by their clock."""

    at: datetime
    label: str
    counts: Sequence[int]


@dataclass(frozen=True, slots=True)
class Table:
    """A series as people read it. `untimed` stand in no row."""

    zone: str
    step: Step
    steps: Sequence[Step]
    heads: Sequence[str]
    rows: Sequence[Row]
    together: Sequence[int]
    untimed: int


def table_of(series: Series) -> Table:
    return Table(
        zone=series.zone.key,
        step=series.step,
        steps=series.steps,
        heads=[SLICES[name].label for name in series.lines],
        rows=rows_of(series),
        together=[series.totals[name] for name in series.lines],
        untimed=sum(series.untimed.values()),
    )


def rows_of(series: Series) -> list[Row]:
    labels = _labels(series)
    return [
        Row(point.at, label, [point.count(name) for name in series.lines])
        for point, label in zip(series.points, labels, strict=True)
    ]


def _labels(series: Series) -> list[str]:
    """An hour that was there twice says how far off UTC it was."""
    spelled = "%a, %-d %b %Y" if series.step is Step.DAY else "%-d %b, %H:%M"
    labels = [point.at.strftime(spelled) for point in series.points]
    twice = {label for label, times in Counter(labels).items() if times > 1}
    return [
        f"{label} (UTC{point.at.isoformat()[-6:]})" if label in twice else label
        for label, point in zip(labels, series.points, strict=True)
    ]
