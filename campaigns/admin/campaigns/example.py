"""Whose phone a page shows, with which variant: the person it showed before, or a neighbour."""

from collections.abc import Mapping, Sequence

from campaigns.models import Campaign, Variant
from campaigns.planning.previewing import Example, Step, example_of, examples_of
from providers.admin.row_numbers import row_number


def example_asked(
    asked: Mapping[str, str], *, campaign: Campaign, variants: Sequence[Variant]
) -> Example:
    """`asked` is what the page sent along: `example`, a profile, `step`, and `shown_variant`."""
    variant = variant_asked(asked, variants)
    return example_of(campaign, variant, shown=_person_asked(asked), step=_step_asked(asked))


def examples_asked(
    asked: Mapping[str, str], *, campaign: Campaign, variants: Sequence[Variant]
) -> list[Example]:
    """The same of every variant."""
    return examples_of(campaign, variants, shown=_person_asked(asked), step=_step_asked(asked))


def _person_asked(asked: Mapping[str, str]) -> int | None:
    return row_number(asked.get("example", "")) or None


def _step_asked(asked: Mapping[str, str]) -> Step:
    step = asked.get("step", "")
    return Step(step) if step in set(Step) else Step.STAY


def variant_asked(asked: Mapping[str, str], variants: Sequence[Variant]) -> Variant | None:
    """By its position; else the first."""
    position = row_number(asked.get("shown_variant", ""))
    of_this = (variant for variant in variants if variant.position == position)
    return next(of_this, next(iter(variants), None))
