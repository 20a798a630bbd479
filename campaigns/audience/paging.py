"""A page of the people whom a rule finds, in an order that an index has.

A page looks at so many people at a time, along that index, and for no longer than a moment: a rule
that few satisfy holds nobody up. What is left then can be looked at further. Where a page goes on
is told by the number of its last person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any, Protocol

from campaigns.audience.filtering import PATIENCE, Wanted
from campaigns.audience.last_seen import when_wrote
from campaigns.audience.segments.conditions.conversation import TABLE as TALKS
from campaigns.audience.segments.conditions.lists import Membership
from campaigns.audience.segments.estimating import limited_to
from campaigns.audience.segments.rules import Group
from campaigns.audience.words.indexing import keys_of
from campaigns.models import Profile, ProfileWords

WINDOW = 20_000  # people looked at in the first statement; twice as many after each quick one
QUICK, LONGEST_LOOK = 0.1, 1.0  # seconds
HIGHEST = 2**63 - 1  # behind everybody's number

# The name's key, or when they wrote, where it goes by that; and the profile.
Place = tuple[str, int]


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    NAME_DOWN = "name_down"
    WROTE = "wrote"


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """`before`: behind whom the next page goes on, if there may be one; negative once everybody
    with a name has come. It is not full where so many had to be looked at that the rest is left to
    the next page."""

    numbers: list[int]
    before: int | None
    is_full: bool


class Walk(Protocol):
    """Along one index, from a place that is behind us to one that is looked at, too."""

    @property
    def first(self) -> Place: ...

    def end(self, start: Place, size: int) -> Place | None:
        """The last of so many who are looked at; None where that is all who are left."""

    def within(self, start: Place, end: Place | None, *, most: int) -> list[int]: ...


def page_of(
    wanted: Wanted, *, before: int | None, most: int, order: Order = Order.NEWEST
) -> PeoplePage:
    """Raises EstimateRefused."""
    ends, found = monotonic() + LONGEST_LOOK, list[int]()
    walks = _walks(wanted, order)
    number, start = _begin(walks, before, order)
    size = WINDOW
    while True:
        began = monotonic()
        end = walks[number].end(start, size)
        sign = -1 if number else 1
        page = walks[number].within(start, end, most=most + 1 - len(found))
        found += [sign * one for one in page]
        if len(found) > most:
            return _page(found[:most], found[most - 1], is_full=True)
        if end is not None and monotonic() >= ends:
            return _page(found, sign * end[1], is_full=False)
        if end is None and number + 1 == len(walks):
            return _page(found, None, is_full=False)
        size *= 2 if monotonic() - began < QUICK else 1
        number, start = (number, end) if end else (number + 1, walks[number + 1].first)


def _page(found: list[int], before: int | None, *, is_full: bool) -> PeoplePage:
    return PeoplePage([abs(number) for number in found], before, is_full)


def _walks(wanted: Wanted, order: Order) -> Sequence[Walk]:
    """Whoever has no name, or never wrote, comes last, the newest first."""
    if order in (Order.NAME, Order.NAME_DOWN):
        return ByName(wanted, order == Order.NAME_DOWN), ByNumber(wanted, without=HAS_NAME)
    if order == Order.WROTE:
        return ByTalk(wanted), ByNumber(wanted, without=HAS_WRITTEN)
    return (ByNumber(wanted, is_up=order == Order.OLDEST),)


def _begin(walks: Sequence[Walk], before: int | None, order: Order) -> tuple[int, Place]:
    if before is None:
        return 0, walks[0].first
    if len(walks) == 1 or before < 0:
        return len(walks) - 1, ("", abs(before))
    key = _when_wrote(before) if order == Order.WROTE else _name_key(before)
    return (0, (key, before)) if key else (1, walks[1].first)


def _name_key(profile_id: int) -> str | None:
    keys = ProfileWords.objects.filter(pk=profile_id).values_list("name_key", flat=True)
    return keys.first()


def _when_wrote(profile_id: int) -> str | None:
    wrote = Profile.objects.filter(pk=profile_id).annotate(at=when_wrote())
    at = wrote.values_list("at", flat=True).first()
    return at.isoformat() if at else None


@dataclass(frozen=True, slots=True)
class ByNumber:
    wanted: Wanted
    is_up: bool = False
    without: str = ""  # what nobody has who is walked

    @property
    def first(self) -> Place:
        return "", 0 if self.is_up else HIGHEST

    def end(self, start: Place, size: int) -> Place | None:
        if self.wanted.among is not None or not (self.wanted.rule.members or self.without):
            return None
        custom_list = _list_of(self.wanted.rule)
        if custom_list is None:
            return self._end(start[1], size)
        known = {"list": custom_list, "start": start[1], "skipped": size - 1}
        rows = _rows(self._directed(END_OF_LIST), known)
        return ("", rows[0][0]) if rows else None

    def _end(self, start: int, size: int) -> Place | None:
        """As many numbers further, whosever they are: going through them to count the project's
        people would take as long as a good part of the look itself."""
        ((low, high),) = _rows(BOUNDS, {"project": self.wanted.project.pk})
        if low is None:
            return None
        if self.is_up:
            end = max(start, low - 1) + size
            return ("", end) if end < high else None
        end = min(start, high + 1) - size
        return ("", end) if end > low else None

    def within(self, start: Place, end: Place | None, *, most: int) -> list[int]:
        people, known = self.wanted.people()
        limits = "p.id {before} %(start)s" + (" AND p.id {upto} %(end)s" if end else "")
        others = f"AND NOT {self.without}" if self.without else ""
        page = f"SELECT p.id {people} {others} AND {limits} ORDER BY p.id {{down}} LIMIT %(most)s"
        known |= {"start": start[1], "end": end and end[1], "most": most}
        return [number for (number,) in _rows(self._directed(page), known)]

    def _directed(self, statement: str) -> str:
        before, upto, down = (">", "<=", "ASC") if self.is_up else ("<", ">=", "DESC")
        named = {"{before}": before, "{upto}": upto, "{down}": down}
        for name, sign in named.items():
            statement = statement.replace(name, sign)
        return statement


BOUNDS = "SELECT min(id), max(id) FROM campaigns_profile WHERE project_id = %(project)s"
# Of a list's own people where the rule asks for one: an index has them by number, too.
END_OF_LIST = """
SELECT profile_id FROM campaigns_listmember WHERE custom_list_id = %(list)s
AND profile_id {before} %(start)s ORDER BY profile_id {down} OFFSET %(skipped)s LIMIT 1
"""
HAS_NAME = """EXISTS (SELECT 1 FROM campaigns_profilewords named
    WHERE named.profile_id = p.id AND named.name_key IS NOT NULL)"""
HAS_WRITTEN = f"""EXISTS (SELECT 1 FROM {TALKS} talked WHERE talked.project_id = p.project_id
    AND talked.match_key = p.match_key AND talked.last_inbound_at IS NOT NULL)"""


@dataclass(frozen=True, slots=True)
class ByTalk:
    """Who wrote last comes first; of those with one phone, the newest profile."""

    wanted: Wanted

    @property
    def first(self) -> Place:
        return "infinity", HIGHEST

    def end(self, start: Place, size: int) -> Place | None:
        if self.wanted.among is not None or not self.wanted.rule.members:
            return None
        rows = _rows(
            f"SELECT c.last_inbound_at::text, p.id FROM {TALKS_OF_PEOPLE} WHERE {WROTE_BEFORE}"
            f" ORDER BY {LAST_FIRST} OFFSET %(skipped)s LIMIT 1",
            {**self._known(start), "skipped": size - 1},
        )
        return rows[0] if rows else None

    def within(self, start: Place, end: Place | None, *, most: int) -> list[int]:
        people, known = self.wanted.people(TALKS_OF_PEOPLE)
        key, number = end or ("-infinity", 0)
        known |= {**self._known(start), "end_key": key, "end": number, "most": most}
        page = f"SELECT p.id {people} AND {WROTE_BEFORE} AND {NOT_BEHIND} ORDER BY {LAST_FIRST}"
        return [number for (number,) in _rows(f"{page} LIMIT %(most)s", known)]

    def _known(self, start: Place) -> dict[str, Any]:
        return {"project": self.wanted.project.pk, "start_key": start[0], "start": start[1]}


TALKS_OF_PEOPLE = f"""{TALKS} c
    JOIN campaigns_profile p ON p.project_id = c.project_id AND p.match_key = c.match_key"""
# The moment alone, too: an index has the talks by it.
WROTE_BEFORE = """c.project_id = %(project)s AND c.last_inbound_at <= %(start_key)s::timestamptz
    AND (c.last_inbound_at, p.id) < (%(start_key)s::timestamptz, %(start)s)"""
NOT_BEHIND = """c.last_inbound_at >= %(end_key)s::timestamptz
    AND (c.last_inbound_at, p.id) >= (%(end_key)s::timestamptz, %(end)s)"""
LAST_FIRST = "c.last_inbound_at DESC, p.id DESC"


@dataclass(frozen=True, slots=True)
class ByName:
    """By the keys that are written behind the people: whoever came this second has none yet."""

    wanted: Wanted
    is_down: bool

    @property
    def first(self) -> Place:
        low, high = keys_of(self.wanted.project.pk)
        return (high, HIGHEST) if self.is_down else (low, 0)

    def end(self, start: Place, size: int) -> Place | None:
        if self.wanted.among is not None or not self.wanted.rule.members:
            return None
        rows = _rows(
            f"SELECT w.name_key, w.profile_id FROM campaigns_profilewords w WHERE {self._behind}"
            f" ORDER BY {self._order} OFFSET %(skipped)s LIMIT 1",
            {**self._known(start), "skipped": size - 1},
        )
        return rows[0] if rows else None

    def within(self, start: Place, end: Place | None, *, most: int) -> list[int]:
        named = "campaigns_profilewords w JOIN campaigns_profile p ON p.id = w.profile_id"
        people, known = self.wanted.people(named)
        upto = f"AND (w.name_key, w.profile_id) {'>=' if self.is_down else '<='}"
        limit = f"{upto} (%(end_key)s, %(end)s)" if end else ""
        key, number = end or ("", 0)
        known |= {**self._known(start), "end_key": key, "end": number, "most": most}
        page = f"SELECT p.id {people} AND {self._behind} {limit} ORDER BY {self._order}"
        return [number for (number,) in _rows(f"{page} LIMIT %(most)s", known)]

    @property
    def _behind(self) -> str:
        sign = "<" if self.is_down else ">"
        return (
            "w.name_key > %(low)s AND w.name_key < %(high)s"
            f" AND (w.name_key, w.profile_id) {sign} (%(start_key)s, %(start)s)"
        )

    @property
    def _order(self) -> str:
        down = " DESC" if self.is_down else ""
        return f"w.name_key{down}, w.profile_id{down}"

    def _known(self, start: Place) -> dict[str, Any]:
        low, high = keys_of(self.wanted.project.pk)
        return {"low": low, "high": high, "start_key": start[0], "start": start[1]}


def _list_of(rule: Group) -> int | None:
    """One that everybody whom it finds is in."""
    if rule.match != "all" and len(rule.members) > 1:
        return None
    lists = (one for one in rule.members if isinstance(one, Membership) and one.is_in)
    return next((one.list_id for one in lists), None)


def _rows(statement: str, known: dict[str, Any]) -> list[Any]:
    with limited_to(PATIENCE) as cursor:
        cursor.execute(statement, known)
        rows: list[Any] = cursor.fetchall()
        return rows
