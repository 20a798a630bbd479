"""Whose phone a page shows: the person it showed before, or a neighbour."""

from collections.abc import Mapping

from campaigns.models import Campaign, Variant
from campaigns.planning.previewing import Example, Step, example_of
from providers.admin.row_numbers import row_number


def example_asked(
    asked: Mapping[str, str], *, campaign: Campaign, variant: Variant | None
) -> Example:
    """`asked` is what the page sent along: `example`, a profile, and `step`."""
    step = asked.get("step", "")
    return example_of(
        campaign,
        variant,
        shown=row_number(asked.get("example", "")) or None,
        step=Step(step) if step in set(Step) else Step.STAY,
    )
