"""At which hour, and on which day of the week, what the project sent was viewed most.

By runs: a run belongs to the hour in which the middle one of its messages went out. People of one
run are much alike, so a thousand of them are no thousand answers: an hour stands out only where
chance would hardly do it, and most of its runs alone were better than the others together.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection

from campaigns.planning.chances import ERROR, Counted, chance_of_equal, interval
from campaigns.results.numbers import percent
from providers.models import Project

SINCE = timedelta(days=180)
SETTLES = timedelta(days=2)  # until then, views still come
FEWEST_RUNS = 3
LEAST_PEOPLE = 100  # of a run
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_RUNS = """
WITH sent AS (
    SELECT r.id, t.quarter, sum(t.n) AS n
    FROM campaigns_campaign c
    JOIN campaigns_run r ON r.campaign_id = c.id AND r.retry_of_id IS NULL
        AND r.started_at BETWEEN %(first)s AND %(last)s
    JOIN campaigns_tally t ON t.run_id = r.id AND t.name = 'sent' AND t.quarter IS NOT NULL
    WHERE c.project_id = %(project)s GROUP BY 1, 2 HAVING sum(t.n) > 0
),
walked AS (
    SELECT id, quarter, sum(n) OVER (PARTITION BY id ORDER BY quarter) AS so_far,
        sum(n) OVER (PARTITION BY id) AS whole FROM sent
),
middle AS (SELECT id, min(quarter) AS quarter FROM walked WHERE 2 * so_far >= whole GROUP BY 1)
SELECT extract(hour FROM m.quarter AT TIME ZONE %(zone)s)::int,
    extract(isodow FROM m.quarter AT TIME ZONE %(zone)s)::int,
    sum(t.n) FILTER (WHERE t.name = 'read')::bigint,
    sum(t.n) FILTER (WHERE t.name = 'delivered')::bigint
FROM middle m JOIN campaigns_tally t ON t.run_id = m.id AND t.name IN ('read', 'delivered')
GROUP BY m.id, 1, 2
"""


class Answer(StrEnum):
    TOO_LITTLE = "too little"
    NONE = "none stands out"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class SentThen:
    """One run."""

    hour: int
    weekday: int  # Monday is 1
    viewed: Counted


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour of the day, or a day of the week, with all that went out in it."""

    label: str
    runs: Sequence[Counted]

    @property
    def viewed(self) -> Counted:
        return together(self.runs)

    @property
    def is_enough(self) -> bool:
        return len(self.runs) >= FEWEST_RUNS

    @property
    def share(self) -> str:
        return percent(self.viewed.did, self.viewed.people)

    @property
    def between(self) -> str:
        low, high = interval(self.viewed)
        return f"{100 * low:.1f} to {100 * high:.1f} %"


@dataclass(frozen=True, slots=True)
class Best:
    """`slots` in the order of the clock; `words` say what they tell."""

    slots: Sequence[Slot]
    answer: Answer
    words: str


@dataclass(frozen=True, slots=True)
class BestTimes:
    hour: Best
    day: Best


def best_times(project: Project, *, until: datetime, now: datetime) -> BestTimes:
    """Of the half year before `until`; one query, however many messages."""
    runs = _runs(project, last=min(until, now - SETTLES), first=until - SINCE)
    hours = _slots(runs, lambda run: run.hour, lambda hour: f"{hour:02}:00 to {hour + 1:02}:00")
    days = _slots(runs, lambda run: run.weekday, lambda day: DAYS[day - 1])
    return BestTimes(best_of(hours, "hour"), best_of(days, "day"))


def together(runs: Iterable[Counted]) -> Counted:
    many = list(runs)
    return Counted(sum(one.did for one in many), sum(one.people for one in many))


def best_of(slots: Sequence[Slot], what: str) -> Best:
    """Only what has enough runs is compared."""
    judged = [slot for slot in slots if slot.is_enough]
    if len(judged) < 2:  # one alone is beside nothing
        return Best(slots, Answer.TOO_LITTLE, _too_little(what))
    best = max(judged, key=lambda slot: slot.viewed.rate)
    rest = together(run for slot in judged if slot is not best for run in slot.runs)
    if not _stands_out(best, rest, among=len(judged)):
        return Best(slots, Answer.NONE, _none(what))
    return Best(slots, Answer.BEST, _best(best, rest))


def _stands_out(best: Slot, rest: Counted, *, among: int) -> bool:
    """The best of many is good by chance alone: so each counts as a try."""
    if chance_of_equal(best.viewed, rest) * among >= ERROR:
        return False
    better = sum(run.rate > rest.rate for run in best.runs)
    return 4 * better >= 3 * len(best.runs)


def _too_little(what: str) -> str:
    return (
        f"Too little to say which {what} is best. It takes {FEWEST_RUNS} sendings each at two "
        f"different {what}s, with at least {LEAST_PEOPLE} people each."
    )


def _none(what: str) -> str:
    return f"No {what} stands out: the differences may be chance."


def _best(best: Slot, rest: Counted) -> str:
    better = sum(run.rate > rest.rate for run in best.runs)
    return (
        f"{best.label} stands out: {best.share} of those delivered viewed it ("
        f"{best.between}), and {percent(rest.did, rest.people)} at other times. So it was in "
        f"{better} of its {len(best.runs)} sendings."
    )


def _slots(
    runs: Iterable[SentThen], key: Callable[[SentThen], int], label: Callable[[int], str]
) -> list[Slot]:
    found: dict[int, list[Counted]] = defaultdict(list)
    for run in runs:
        found[key(run)].append(run.viewed)
    return [Slot(label(number), found[number]) for number in sorted(found)]


def _runs(project: Project, *, first: datetime, last: datetime) -> list[SentThen]:
    given: dict[str, Any] = {"project": project.pk, "zone": project.time_zone}
    given |= {"first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, given)
        rows = cursor.fetchall()
    return [
        SentThen(hour, weekday, Counted(min(viewed or 0, delivered), delivered))
        for hour, weekday, viewed, delivered in rows
        if (delivered or 0) >= LEAST_PEOPLE
    ]
