"""Which parts make which type, and parts that don't belong."""

from collections.abc import Iterator, Sequence

from templates_app.models import Kind
from templates_app.rules.problems import Problem, error
from templates_app.wording.components import Wording


def kind_of(wording: Wording) -> Kind | None:
    """The type that the parts make; None for the parts of two types at once."""
    if wording.cards is not None:
        return Kind.CAROUSEL if wording.offer is None else None
    return Kind.BASIC if wording.offer is None else Kind.LIMITED_TIME_OFFER


def mixed_type_problems(wording: Wording, *, kind: Kind) -> Iterator[Problem]:
    has_offer, has_cards = wording.offer is not None, wording.cards is not None
    if has_offer and has_cards:
        yield error("TYPE_MIXED", "type", "A template has an offer or cards, not both.")
    elif has_offer and kind is not Kind.LIMITED_TIME_OFFER:
        yield error("TYPE_MIXED", "type", "Only a limited-time offer can have an offer title.")
    elif has_cards and kind is not Kind.CAROUSEL:
        yield error("TYPE_MIXED", "type", "Only a carousel can have cards.")


def stranger_problems(strangers: Sequence[str], *, place: str) -> Iterator[Problem]:
    for name in strangers:
        known = f"The part “{name}” is there twice, or can't stand here."
        yield error("SHAPE_UNKNOWN", place, known if name else "A part has no type.")
