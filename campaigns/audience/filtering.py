"""People whom a rule finds, or a search, and how many they are; paging.py has pages of them."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.segments.compiling import condition_of_rule
from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.estimating import EstimateRefused, limited_to
from campaigns.audience.segments.rules import Group
from campaigns.audience.segments.slow_estimates import Asked, estimate_or_wait
from campaigns.audience.source import AudienceSource
from providers.models import Project

PATIENCE = 2_000  # milliseconds, for one statement of a page
PATIENCE_OF_AN_ACT = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom the rule finds, of everybody or of those `among` whom a search has found."""

    project: Project
    rule: Group
    among: list[int] | None = None

    def people(self, of: str = "campaigns_profile p") -> tuple[str, dict[str, Any]]:
        """FROM and WHERE, with p, and its parameters."""
        where, parameters = condition_of_rule(self.rule, clock_of(self.project))
        known = {**parameters, "project": self.project.pk, "among": self.among}
        found = "" if self.among is None else "AND p.id = ANY(%(among)s)"
        people = f"FROM {of} {BLOCK_JOIN} WHERE p.project_id = %(project)s"
        return f"{people} {found} AND {where}", known

    @property
    def source(self) -> AudienceSource:
        people, parameters = self.people()
        return AudienceSource(f"SELECT p.id {people}", parameters, is_rule=True)


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
    """None while a worker counts: of everybody, so that it can't where a search has found some.
    Raises EstimateRefused where that takes too long, too."""
    if wanted.among is not None:
        return count(wanted)
    with suppress(EstimateRefused):
        return count(wanted)
    found = estimate_or_wait(replace(asked, slow=asked.name), wanted.rule)
    return found.estimate.total if found else None
