"""Whose phone a page shows, with which variant: the person it showed before, or a neighbour."""

from collections.abc import Mapping, Sequence

from campaigns.models import Campaign, Variant
from campaigns.planning.previewing import Example, Step, example_of
from providers.admin.row_numbers import row_number


def example_asked(
    asked: Mapping[str, str], *, campaign: Campaign, variants: Sequence[Variant]
) -> Example:
    """`asked` is what the page sent along: `example`, a profile, `step`, and `shown_variant`."""
    step = asked.get("step", "")
    return example_of(
        campaign,
        variant_asked(asked, variants),
        shown=row_number(asked.get("example", "")) or None,
        step=Step(step) if step in set(Step) else Step.STAY,
    )


def variant_asked(asked: Mapping[str, str], variants: Sequence[Variant]) -> Variant | None:
    """By its position; else the first."""
    position = row_number(asked.get("shown_variant", ""))
    of_this = (variant for variant in variants if variant.position == position)
    return next(of_this, next(iter(variants), None))
