"""When the last message of a campaign leaves if nothing holds it up, and for whom it is too late.

People are due together, or, by their own times, in waves: each wave begins at its time, or when the
one before it is through. A wave that is too late has cost no time.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from campaigns.gates.ending import last_moment
from campaigns.models import Campaign
from campaigns.planning.own_times import goes_by_own_times, own_times
from campaigns.planning.planned_dates import leaves_at
from campaigns.planning.targeting import Reach


@dataclass(frozen=True, slots=True)
class Finish:
    first: datetime
    last: datetime
    too_late: int


def finish_of(campaign: Campaign, reach: Reach, *, rate: float) -> Finish:
    """`rate` in messages per second."""
    waves = sorted(_waves(campaign, reach).items())
    at = first = waves[0][0]
    too_late = 0
    for due, people in waves:
        begins = max(at, due)
        in_time = _in_time(campaign, due, begins, rate=rate, of=people)
        too_late += people - in_time
        at = begins + timedelta(seconds=in_time / rate) if in_time else at
    return Finish(first, at, too_late)


def _waves(campaign: Campaign, reach: Reach) -> dict[datetime, int]:
    """When people are due, and how many each time."""
    if not goes_by_own_times(campaign) or not reach.by_zone:
        return {leaves_at(campaign): reach.to_send}
    times, waves = own_times(campaign, since=timezone.now()), Counter[datetime]()
    for zone, people in reach.by_zone:
        waves[times.of(zone)] += people
    return waves


def _in_time(campaign: Campaign, due: datetime, begins: datetime, *, rate: float, of: int) -> int:
    """Each wave has a cut-off of its own."""
    until = last_moment(campaign, start=due)
    if until is None:
        return of
    return min(of, max(0, int((until - begins).total_seconds() * rate)))
