"""When the last message of a campaign leaves if nothing holds it up, and for whom it is too late.

People are due together, or, by their own times, in waves: each wave begins at its time, or when the
one before it is through. A wave that is too late has cost no time. Whoever is asleep when they are
due, in the campaign's quiet hours, is a wave of their own when these are over, or none.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from campaigns.gates.ending import last_moment
from campaigns.gates.quiet_hours import quiet_hours_of
from campaigns.models import Campaign, QuietAction
from campaigns.planning.own_times import goes_by_own_times, own_times
from campaigns.planning.planned_dates import leaves_at
from campaigns.planning.targeting import Reach


@dataclass(frozen=True, slots=True)
class Finish:
    """`asleep` are those whom quiet hours put off when they are due, or leave out."""

    first: datetime
    last: datetime
    too_late: int
    asleep: int = 0


class _Wave(NamedTuple):
    """Nobody of it leaves before it `begins`; a cut-off counts from when they were `due`."""

    begins: datetime
    due: datetime


def finish_of(campaign: Campaign, reach: Reach, *, rate: float) -> Finish:
    """`rate` in messages per second."""
    waves, asleep = _waves(campaign, reach)
    at = first = min((wave.begins for wave in waves), default=leaves_at(campaign))
    too_late = 0
    for wave, people in sorted(waves.items()):
        begins = max(at, wave.begins)
        in_time = _in_time(campaign, wave.due, begins, rate=rate, of=people)
        too_late += people - in_time
        at = begins + timedelta(seconds=in_time / rate) if in_time else at
    return Finish(first, at, too_late, asleep)


def _waves(campaign: Campaign, reach: Reach) -> tuple[dict[_Wave, int], int]:
    """When people are due, and how many each time; and how many are asleep then."""
    quiet, waves, asleep = quiet_hours_of(campaign), Counter[_Wave](), 0
    for zone, due, people in _dues(campaign, reach):
        over = quiet.of_person(zone).end_after(due) if quiet else None
        asleep += people if over else 0
        if not over or campaign.quiet_action != QuietAction.DISCARD:
            waves[_Wave(over or due, due)] += people
    return waves, asleep


def _dues(campaign: Campaign, reach: Reach) -> Iterator[tuple[str, datetime, int]]:
    """A zone, when its people are due, and how many they are."""
    by_zone = reach.by_zone or [("", reach.to_send)]
    if goes_by_own_times(campaign):
        times = own_times(campaign, since=timezone.now())
        yield from ((zone, times.of(zone), people) for zone, people in by_zone)
        return
    at = leaves_at(campaign)
    yield from ((zone, at, people) for zone, people in by_zone)


def _in_time(campaign: Campaign, due: datetime, begins: datetime, *, rate: float, of: int) -> int:
    """Each wave has a cut-off of its own."""
    until = last_moment(campaign, start=due)
    if until is None:
        return of
    return min(of, max(0, int((until - begins).total_seconds() * rate)))
