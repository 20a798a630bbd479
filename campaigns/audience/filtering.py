"""People whom a rule finds: a page of them, the newest first, and how many they are.

A page looks at so many people at a time, by their numbers, and for no longer than a moment: a rule
that few satisfy holds nobody up. What is left then can be looked at further.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.segments.compiling import condition_of_rule
from campaigns.audience.segments.conditions.lists import Membership
from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.estimating import EstimateRefused, limited_to
from campaigns.audience.segments.rules import Group
from campaigns.audience.segments.slow_estimates import Asked, estimate_or_wait
from campaigns.audience.source import AudienceSource
from providers.models import Project

WINDOW = 20_000  # people looked at in one statement
LONGEST_LOOK = 1.0  # seconds
PATIENCE = 2_000  # milliseconds, for one statement of a page
PATIENCE_OF_AN_ACT = 20_000
NEWEST = 2**63 - 1  # behind everybody's number
# Of a list's own people where the rule asks for one: an index has them by number, too.
END = """
SELECT id FROM campaigns_profile WHERE project_id = %(project)s AND id < %(before)s
ORDER BY id DESC OFFSET %(skipped)s LIMIT 1
"""
END_OF_LIST = """
SELECT profile_id FROM campaigns_listmember WHERE custom_list_id = %(list)s
AND profile_id < %(before)s ORDER BY profile_id DESC OFFSET %(skipped)s LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom the rule finds, of everybody or of those `among` whom a search has found."""

    project: Project
    rule: Group
    among: list[int] | None = None

    def people(self) -> tuple[str, dict[str, Any]]:
        """FROM and WHERE, with p, and its parameters."""
        where, parameters = condition_of_rule(self.rule, clock_of(self.project))
        known = {**parameters, "project": self.project.pk, "among": self.among}
        found = "" if self.among is None else "AND p.id = ANY(%(among)s)"
        people = f"FROM campaigns_profile p {BLOCK_JOIN} WHERE p.project_id = %(project)s"
        return f"{people} {found} AND {where}", known

    @property
    def source(self) -> AudienceSource:
        people, parameters = self.people()
        return AudienceSource(f"SELECT p.id {people}", parameters, is_rule=True)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """`before`: where the next page goes on, if there may be one. It is not full where so many had
    to be looked at that the rest is left to the next page."""

    numbers: list[int]
    before: int | None
    is_full: bool


def page_of(wanted: Wanted, *, before: int | None, most: int) -> PeoplePage:
    """Raises EstimateRefused."""
    ends, start = monotonic() + LONGEST_LOOK, before or NEWEST
    found: list[int] = []
    while True:
        end = _end(wanted, start)
        found += _within(wanted, start, end or 0, most=most + 1 - len(found))
        if len(found) > most:
            return PeoplePage(found[:most], found[most - 1], is_full=True)
        if end is None or monotonic() >= ends:
            return PeoplePage(found, end, is_full=False)
        start = end


def _end(wanted: Wanted, before: int) -> int | None:
    """The last one who is looked at; None where that is all who are left."""
    if wanted.among is not None or not wanted.rule.members:
        return None
    custom_list = _list_of(wanted.rule)
    known = {
        "project": wanted.project.pk,
        "list": custom_list,
        "before": before,
        "skipped": WINDOW - 1,
    }
    with limited_to(PATIENCE) as cursor:
        cursor.execute(END if custom_list is None else END_OF_LIST, known)
        row = cursor.fetchone()
    return row[0] if row else None


def _list_of(rule: Group) -> int | None:
    """One that everybody whom it finds is in."""
    if rule.match != "all" and len(rule.members) > 1:
        return None
    lists = (one for one in rule.members if isinstance(one, Membership) and one.is_in)
    return next((one.list_id for one in lists), None)


def _within(wanted: Wanted, before: int, end: int, *, most: int) -> list[int]:
    people, known = wanted.people()
    page = f"SELECT p.id {people} AND p.id < %(before)s AND p.id >= %(end)s"
    with limited_to(PATIENCE) as cursor:
        cursor.execute(
            f"{page} ORDER BY p.id DESC LIMIT %(most)s",
            {**known, "before": before, "end": end, "most": most},
        )
        return [number for (number,) in cursor.fetchall()]


def numbers_of(wanted: Wanted, *, most: int) -> list[int]:
    """Raises EstimateRefused."""
    people, known = wanted.people()
    with limited_to(PATIENCE_OF_AN_ACT) as cursor:
        cursor.execute(
            f"SELECT p.id {people} ORDER BY p.id LIMIT %(most)s", {**known, "most": most}
        )
        return [number for (number,) in cursor.fetchall()]


def count(wanted: Wanted) -> int:
    """Raises EstimateRefused."""
    people, known = wanted.people()
    with limited_to(PATIENCE) as cursor:
        cursor.execute(f"SELECT count(*) {people}", known)
        (number,) = cursor.fetchone()
    return int(number)


def count_or_wait(wanted: Wanted, asked: Asked) -> int | None:
    """None while a worker counts. Raises EstimateRefused where that takes too long, too."""
    with suppress(EstimateRefused):
        return count(wanted)
    found = estimate_or_wait(replace(asked, slow=asked.name), wanted.rule)
    return found.estimate.total if found else None
