"""What happened is judged before PostgreSQL is asked anything of it: nearly always an event that a
live campaign waits for is not as its conditions want it, and then nobody has to be held and nothing
to be written.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.rules import OfProperties
from campaigns.audience.segments.spans import Clock
from campaigns.ledger.happenings import Happening
from campaigns.running.listening import Listening

ALWAYS = datetime.min.replace(tzinfo=UTC)


class Heard(NamedTuple):
    """What means something to these campaigns, each of which waits for one of it at least."""

    happened: Sequence[Happening]
    campaigns: Collection[int]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Of one campaign, from a moment on; it is asked of each event of its kind."""

    campaign_id: int
    since: datetime
    conditions: Sequence[OfProperties]

    def is_met(self, each: Happening) -> bool:
        for is_so in self.conditions:
            if not is_so(each.values):
                return False
        return each.at >= self.since


def heard(happened: Sequence[Happening], listening: Sequence[Listening]) -> Heard:
    """`listening`: at least one, of one project."""
    wanted = _by_kind(listening, listening[0].clock)
    mean_something: list[Happening] = []
    campaigns: set[int] = set()
    for each in happened:
        if each.kind_id in wanted:
            means = [one.campaign_id for one in wanted[each.kind_id] if one.is_met(each)]
            campaigns.update(means)
            if means:
                mean_something.append(each)
    return Heard(mean_something, campaigns)


def _by_kind(listening: Sequence[Listening], clock: Clock) -> Mapping[int, Sequence[_Wanted]]:
    wanted: dict[int, list[_Wanted]] = {}
    for each in listening:
        for deed, since in _deeds(each):
            conditions = [condition.of_properties(clock) for condition in deed.where]
            wanted.setdefault(deed.kind, []).append(_Wanted(each.campaign_id, since, conditions))
    return wanted


def _deeds(each: Listening) -> Iterator[tuple[Happened, datetime]]:
    """What sets it off, from its beginning on, and what averts it, whenever that was."""
    _, did, unless = each.awaited
    if did is not None:
        yield did, each.begins_at
    if unless is not None:
        yield unless, ALWAYS
