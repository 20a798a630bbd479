"""A campaign's variants as pages name them: what each says, to whom, to how many."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.models import Campaign, Variant, VariantsBy
from campaigns.planning.targeting import Reach
from campaigns.planning.variants import why_it


@dataclass(frozen=True, slots=True)
class VariantRow:
    variant: Variant
    whom: str
    people: int | None = None


def rows_of(
    campaign: Campaign, variants: Sequence[Variant], reach: Reach | None = None
) -> list[VariantRow]:
    """None where it sends one message to everybody."""
    if len(variants) < 2:
        return []
    counted = reach.by_variant if reach else {}
    return [
        VariantRow(variant, why_it(campaign, variant), counted.get(variant.letter))
        for variant in variants
    ]


# It takes so many in each of two to tell 60 % from 72 %, four times in five.
FEW_TESTED = 250


def few_tested(campaign: Campaign, reach: Reach) -> int:
    """So many would be needed, where one variant of a test has fewer; else 0."""
    is_test = campaign.variants_by == VariantsBy.TEST
    least = min(reach.by_variant.values(), default=FEW_TESTED)
    return FEW_TESTED if is_test and least < FEW_TESTED else 0
