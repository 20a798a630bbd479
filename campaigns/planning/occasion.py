"""What sets off a live campaign: what somebody does or comes to belong to, how long after it, and
what holds it back.

Pure: knows no campaign and no row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

LONGEST_DELAY = timedelta(days=90)
SHORTEST_AGAIN, LONGEST_AGAIN = timedelta(hours=1), timedelta(days=365)
# What came late still counts, before somebody is taken for one who did not.
GRACE = timedelta(minutes=1)
# How long somebody may wait to be sent to, where the campaign has no cut-off.
CUT_OFF = timedelta(hours=1)
EVERY_DAY = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that people do: an event by its name, and conditions of its properties, as a rule
    has them. Of what becomes of messages, those `of` one campaign, or of any."""

    event: str
    where: tuple[Mapping[str, Any], ...] = ()
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody comes into a segment, by its number, who was not in it."""

    segment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    did: Deed | Entry
    delay: timedelta = timedelta()
    # Only if they did not do that since.
    unless: Deed | None = None
    # So long after one time somebody can enter again; None: never.
    again: timedelta | None = timedelta(days=1)
    # On these days of the week (1 is Monday) and between these times; a later time until an earlier
    # one goes over midnight. Whoever is due at another time waits.
    weekdays: frozenset[int] = EVERY_DAY
    since: time | None = None
    until: time | None = None

    @property
    def is_limited(self) -> bool:
        """Are there days or hours at which nobody gets it?"""
        return self.weekdays != EVERY_DAY or self.since is not None

    @property
    def grace(self) -> timedelta:
        return GRACE if self.unless else timedelta()


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, at which field of a form."""

    field: str
    words: str


TOO_LONG = "At most 90 days after it."
NO_DELAY = "Say how long they have for it: from 1 minute to 90 days."
TOO_OFTEN = "From 1 hour to 365 days."
BOTH_HOURS = "Hours need a beginning and an end, or neither."
NO_HOURS = "Hours can't end when they begin."
NO_WEEKDAY = "Choose at least one day."
THE_SAME = "That is what sets it off. Choose another event."


def mistakes(occasion: Occasion) -> list[Mistake]:
    return [*_about_delay(occasion), *_about_again(occasion), *_about_hours(occasion)]


def _about_delay(occasion: Occasion) -> Iterator[Mistake]:
    if not timedelta() <= occasion.delay <= LONGEST_DELAY:
        yield Mistake("delay", TOO_LONG)
    elif occasion.unless is not None and not occasion.delay:
        yield Mistake("delay", NO_DELAY)
    if occasion.unless == occasion.did:
        yield Mistake("unless_event", THE_SAME)


def _about_again(occasion: Occasion) -> Iterator[Mistake]:
    if occasion.again is not None and not SHORTEST_AGAIN <= occasion.again <= LONGEST_AGAIN:
        yield Mistake("again", TOO_OFTEN)


def _about_hours(occasion: Occasion) -> Iterator[Mistake]:
    if not occasion.weekdays:
        yield Mistake("on_weekdays", NO_WEEKDAY)
    if (occasion.since is None) != (occasion.until is None):
        yield Mistake("since", BOTH_HOURS)
    elif occasion.since is not None and occasion.since == occasion.until:
        yield Mistake("since", NO_HOURS)
