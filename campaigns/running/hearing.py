"""What happened is judged before PostgreSQL is asked anything of it: nearly always an event that a
live campaign waits for is not as its conditions want it, and then nobody has to be held and nothing
to be written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.many import Many
from campaigns.audience.segments.spans import Clock
from campaigns.ledger.happenings import Happening
from campaigns.running.listening import Listening

ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Heard:
    """An event that means something: the campaigns that it sets off, and those that it averts."""

    happening: Happening
    sets_off: list[int] = field(default_factory=list)
    averts: list[int] = field(default_factory=list)

    @property
    def campaigns(self) -> Iterable[int]:
        return (*self.sets_off, *self.averts)


class _Wish(NamedTuple):
    """What one campaign waits for, or is averted by, from a moment on."""

    campaign_id: int
    deed: Happened
    since: datetime
    is_averted: bool


class _OfOneKind(NamedTuple):
    happened: Sequence[Happening]
    asked: Many


def heard(happened: Sequence[Happening], listening: Sequence[Listening]) -> Collection[Heard]:
    """`listening`: at least one, of one project."""
    wishes = [wish for each in listening for wish in _wishes(each)]
    kinds = _by_kind(happened, {wish.deed.kind for wish in wishes})
    found: dict[int, Heard] = {}
    for wish in wishes:
        if (them := kinds.get(wish.deed.kind)) is None:
            continue
        for each in _met(wish, them, listening[0].clock):
            if (one := found.get(id(each))) is None:
                one = found[id(each)] = Heard(each)
            (one.averts if wish.is_averted else one.sets_off).append(wish.campaign_id)
    return found.values()


def _wishes(each: Listening) -> Iterator[_Wish]:
    """What sets it off counts from its beginning on, what averts it whenever that was."""
    _, did, unless = each.awaited
    if did is not None:
        yield _Wish(each.campaign_id, did, each.begins_at, is_averted=False)
    if unless is not None:
        yield _Wish(each.campaign_id, unless, ALWAYS, is_averted=True)


def _by_kind(happened: Iterable[Happening], kinds: Collection[int]) -> Mapping[int, _OfOneKind]:
    found: dict[int, list[Happening]] = defaultdict(list)
    for each in happened:
        if each.kind_id in kinds:
            found[each.kind_id].append(each)
    return {kind: _OfOneKind(them, Many(e.values for e in them)) for kind, them in found.items()}


def _met(wish: _Wish, them: _OfOneKind, clock: Clock) -> Iterator[Happening]:
    """Those of them that are as it asks."""
    places: set[int] | None = None
    for condition in wish.deed.where:
        so = condition.among(them.asked, clock)
        places = so if places is None else places & so
        if not places:
            return
    for place in range(len(them.happened)) if places is None else places:
        if (each := them.happened[place]).at >= wish.since:
            yield each
