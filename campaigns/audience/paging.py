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
from campaigns.audience.segments.conditions.lists import Membership
from campaigns.audience.segments.estimating import limited_to
from campaigns.audience.segments.rules import Group
from campaigns.audience.words.indexing import keys_of
from campaigns.models import ProfileWords

WINDOW = 20_000  # people looked at in one statement
LONGEST_LOOK = 1.0  # seconds
HIGHEST = 2**63 - 1  # behind everybody's number

Place = tuple[str, int]  # key of the name, where it goes by names, and the profile


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    NAME_DOWN = "name_down"


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

    def end(self, start: Place) -> Place | None:
        """The last one who is looked at; None where that is all who are left."""

    def within(self, start: Place, end: Place | None, *, most: int) -> list[int]: ...


def page_of(
    wanted: Wanted, *, before: int | None, most: int, order: Order = Order.NEWEST
) -> PeoplePage:
    """Raises EstimateRefused."""
    ends, found = monotonic() + LONGEST_LOOK, list[int]()
    walks = _walks(wanted, order)
    number, start = _begin(walks, before)
    while True:
        end = walks[number].end(start)
        sign = -1 if number else 1
        page = walks[number].within(start, end, most=most + 1 - len(found))
        found += [sign * one for one in page]
        if len(found) > most:
            return _page(found[:most], found[most - 1], is_full=True)
        if end is not None and monotonic() >= ends:
            return _page(found, sign * end[1], is_full=False)
        if end is None and number + 1 == len(walks):
            return _page(found, None, is_full=False)
        number, start = (number, end) if end else (number + 1, walks[number + 1].first)


def _page(found: list[int], before: int | None, *, is_full: bool) -> PeoplePage:
    return PeoplePage([abs(number) for number in found], before, is_full)


def _walks(wanted: Wanted, order: Order) -> Sequence[Walk]:
    """Whoever has no name comes last, the newest first."""
    if order in (Order.NAME, Order.NAME_DOWN):
        return ByName(wanted, order == Order.NAME_DOWN), ByNumber(wanted, only_nameless=True)
    return (ByNumber(wanted, is_up=order == Order.OLDEST),)


def _begin(walks: Sequence[Walk], before: int | None) -> tuple[int, Place]:
    if before is None:
        return 0, walks[0].first
    if len(walks) == 1 or before < 0:
        return len(walks) - 1, ("", abs(before))
    key = ProfileWords.objects.filter(pk=before).values_list("name_key", flat=True).first()
    return (0, (key, before)) if key else (1, walks[1].first)


@dataclass(frozen=True, slots=True)
class ByNumber:
    wanted: Wanted
    is_up: bool = False
    only_nameless: bool = False

    @property
    def first(self) -> Place:
        return "", 0 if self.is_up else HIGHEST

    def end(self, start: Place) -> Place | None:
        if self.wanted.among is not None or not (self.wanted.rule.members or self.only_nameless):
            return None
        custom_list = _list_of(self.wanted.rule)
        statement = END if custom_list is None else END_OF_LIST
        known = {"list": custom_list, "start": start[1], "skipped": WINDOW - 1}
        rows = _rows(self._directed(statement), {**known, "project": self.wanted.project.pk})
        return ("", rows[0][0]) if rows else None

    def within(self, start: Place, end: Place | None, *, most: int) -> list[int]:
        people, known = self.wanted.people()
        limits = "p.id {before} %(start)s" + (" AND p.id {upto} %(end)s" if end else "")
        nameless = f"AND NOT {HAS_NAME}" if self.only_nameless else ""
        page = f"SELECT p.id {people} {nameless} AND {limits} ORDER BY p.id {{down}} LIMIT %(most)s"
        known |= {"start": start[1], "end": end and end[1], "most": most}
        return [number for (number,) in _rows(self._directed(page), known)]

    def _directed(self, statement: str) -> str:
        before, upto, down = (">", "<=", "ASC") if self.is_up else ("<", ">=", "DESC")
        named = {"{before}": before, "{upto}": upto, "{down}": down}
        for name, sign in named.items():
            statement = statement.replace(name, sign)
        return statement


# Of a list's own people where the rule asks for one: an index has them by number, too.
END = """
SELECT id FROM campaigns_profile WHERE project_id = %(project)s AND id {before} %(start)s
ORDER BY id {down} OFFSET %(skipped)s LIMIT 1
"""
END_OF_LIST = """
SELECT profile_id FROM campaigns_listmember WHERE custom_list_id = %(list)s
AND profile_id {before} %(start)s ORDER BY profile_id {down} OFFSET %(skipped)s LIMIT 1
"""
HAS_NAME = """EXISTS (SELECT 1 FROM campaigns_profilewords named
    WHERE named.profile_id = p.id AND named.name_key IS NOT NULL)"""


@dataclass(frozen=True, slots=True)
class ByName:
    """By the keys that are written behind the people: whoever came this second has none yet."""

    wanted: Wanted
    is_down: bool

    @property
    def first(self) -> Place:
        low, high = keys_of(self.wanted.project.pk)
        return (high, HIGHEST) if self.is_down else (low, 0)

    def end(self, start: Place) -> Place | None:
        if self.wanted.among is not None or not self.wanted.rule.members:
            return None
        rows = _rows(
            f"SELECT w.name_key, w.profile_id FROM campaigns_profilewords w WHERE {self._behind}"
            f" ORDER BY {self._order} OFFSET %(skipped)s LIMIT 1",
            {**self._known(start), "skipped": WINDOW - 1},
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
