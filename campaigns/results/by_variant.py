"""A campaign's variants beside each other: what became of the people of each, and what may be said
of the difference.

They are compared as they went out first: whoever was tried again, or got the winner later, got it
at another hour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.ledger.tallies import totals_by_variant
from campaigns.models import Campaign, Run, Variant, VariantsBy
from campaigns.planning.chances import (
    Counted,
    chances_of_best,
    clear_winner,
    interval,
    leader,
    people_needed,
)
from campaigns.planning.variants import why_it
from campaigns.results.numbers import SLICES

COUNTED = ("targeted", "sent", "delivered", "read", "clicked", "replied", "converted")
# Shares of those whom it was delivered to.
COMPARED = ("read", "clicked", "replied", "converted")
# Of more than that nobody waits for an answer.
MOST_NEEDED = 10_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """`share` and `between` are empty where it is no share of anything."""

    slice: str
    label: str
    count: int
    share: str = ""
    between: str = ""


@dataclass(frozen=True, slots=True)
class VariantResult:
    variant: Variant
    whom: str
    numbers: Mapping[str, int]
    has_goal: bool = False

    @property
    def cells(self) -> list[Cell]:
        return [self._cell(name) for name in (COUNTED if self.has_goal else COUNTED[:-1])]

    def counted(self, name: str) -> Counted:
        people = self.numbers.get("delivered", 0)
        return Counted(min(self.numbers.get(name, 0), people), people)

    def _cell(self, name: str) -> Cell:
        count, label = self.numbers.get(name, 0), SLICES[name].label
        counted = self.counted(name)
        if name not in COMPARED or not counted.people:
            return Cell(name, label, count)
        low, high = interval(counted)
        between = f"{100 * low:.1f} to {100 * high:.1f} %"
        return Cell(name, label, count, f"{100 * counted.rate:.1f} %", between)


def results_by_variant(
    campaign: Campaign, variants: Sequence[Variant], runs: Sequence[Run]
) -> list[VariantResult]:
    """One query; nothing where everybody gets the same."""
    if len(variants) < 2:
        return []
    first = [run for run in runs if not (run.retry_of_id or run.rest_of_id)]
    numbers = totals_by_variant(run.pk for run in first)
    has_goal = any(run.goal_id for run in first)
    return [
        VariantResult(variant, why_it(campaign, variant), numbers.get(variant.pk, {}), has_goal)
        for variant in variants
    ]


def sentences(campaign: Campaign, results: Sequence[VariantResult]) -> list[str]:
    """What may be said of each number that is compared; who was not drawn by chance differs by
    more than the text."""
    if campaign.variants_by in (VariantsBy.LANGUAGE, VariantsBy.PROPERTY):
        return []
    return [_sentence(name, results) for name in COMPARED if _is_told(name, results)]


def _is_told(name: str, results: Sequence[VariantResult]) -> bool:
    return any(result.counted(name).did for result in results)


def _sentence(name: str, results: Sequence[VariantResult]) -> str:
    counted = [result.counted(name) for result in results]
    best = leader(counted)
    letter, done = results[best].variant.letter, SLICES[name].label
    if [each.rate for each in counted].count(counted[best].rate) > 1:
        return f"{done}: nobody is ahead so far."
    chance = chances_of_best(counted)[best]
    if clear_winner(counted) is not None:
        return (
            f"{done}: {letter} is better with {_percent(chance)}. Equal variants would differ as "
            "much less often than once in twenty times."
        )
    return f"{done}: {letter} is ahead, and better with {_percent(chance)}. {_more(counted, best)}"


def _more(counted: Sequence[Counted], best: int) -> str:
    others = [each for place, each in enumerate(counted) if place != best]
    second = others[leader(others)]
    needed = people_needed(counted[best].rate, second.rate) * len(counted)
    more = needed - sum(each.people for each in counted)
    if needed > MOST_NEEDED:
        return "The difference may be chance."
    if more <= 0:
        return "Too early to say: a few more people are needed."
    return f"Too early to say: about {_rounded(more):,} more people are needed."


def _rounded(number: float) -> int:
    """To two digits that count: nobody knows better."""
    digits = max(len(str(int(number))) - 2, 0)
    return int(round(number, -digits)) or 1


def _percent(chance: float) -> str:
    return f"{min(max(round(100 * chance), 1), 99)} %"
