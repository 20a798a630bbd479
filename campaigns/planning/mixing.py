"""What is wrong with a campaign's variants beside each other; of what is wrong inside one,
preflight.py tells."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import get_text_list

from campaigns.audience.segments.folding import folded
from campaigns.gates.ending import last_moment
from campaigns.models import (
    MOST_TEST_VARIANTS,
    MOST_VARIANTS,
    Campaign,
    Variant,
    VariantsBy,
)
from campaigns.models.variant import letter_of
from campaigns.planning.variants import decides_at_of, has_rest, language_of
from templates_app.wording.languages import language_name


@dataclass(frozen=True, slots=True)
class Fault:
    """A whole sentence. `lacks`: it was not written yet."""

    message: str
    lacks: bool = False


def faults_of_variants(
    campaign: Campaign, variants: Sequence[Variant], *, known_properties: Collection[str] | None
) -> Iterator[Fault]:
    if campaign.variants_by == VariantsBy.ONE or not variants:
        return
    if len(variants) < 2:
        yield Fault("Add a second variant, or send one message to everybody.", lacks=True)
    is_test = campaign.variants_by == VariantsBy.TEST
    most = MOST_TEST_VARIANTS if is_test else MOST_VARIANTS
    if len(variants) > most:
        yield Fault(f"Take some variants away: there can be {most} at the most.")
    yield from _gaps(variants)
    if is_test:
        yield from _of_test(campaign)
    elif campaign.variants_by == VariantsBy.SPLIT:
        yield from _of_shares(variants)
    elif campaign.variants_by == VariantsBy.LANGUAGE:
        yield from _of_languages(variants)
    elif campaign.variants_by == VariantsBy.PROPERTY:
        yield from _of_property(campaign.by_property, known_properties)
        yield from _of_values(variants)


def _gaps(variants: Sequence[Variant]) -> Iterator[Fault]:
    """A card without a template is not kept."""
    there = {variant.position for variant in variants}
    for position in range(max(there)):
        if position not in there:
            yield Fault(f"Choose a template for variant {letter_of(position)}.", lacks=True)


def _of_shares(variants: Sequence[Variant]) -> Iterator[Fault]:
    if without := [variant for variant in variants if not variant.share]:
        yield from (
            Fault(f"Give variant {variant.letter} its share, in percent.", lacks=True)
            for variant in without
        )
        return
    total = sum(variant.share or 0 for variant in variants)
    if total != 100:
        more = f"give {100 - total} more" if total < 100 else f"take {total - 100} away"
        yield Fault(f"The shares add up to {total} %, not 100 %: {more}.")


def _of_test(campaign: Campaign) -> Iterator[Fault]:
    if campaign.test_percent is None:
        yield Fault("Say how many in a hundred get the test.", lacks=True)
    if campaign.decides_after is None:
        yield Fault("Say after how many hours the winner is chosen.", lacks=True)
    start = max(timezone.now(), campaign.starts_at or timezone.now())
    at, last = decides_at_of(campaign, start=start), last_moment(campaign, start=start)
    if has_rest(campaign) and at is not None and last is not None and at >= last:
        yield Fault(
            "The winner would be chosen after the campaign's end or cut-off, when nobody gets it "
            "any more. Choose it earlier, or end the campaign later."
        )


def _of_languages(variants: Sequence[Variant]) -> Iterator[Fault]:
    letters = defaultdict[str, list[str]](list)
    for variant in variants:
        letters[language_of(variant)].append(variant.letter)
    for code, alike in letters.items():
        if len(alike) > 1:
            those = f"Variants {get_text_list(alike, 'and')}"
            yield Fault(
                f"{those} speak the same language, {language_name(code)}: keep one of them."
            )


def _of_property(name: str, known: Collection[str] | None) -> Iterator[Fault]:
    if not name:
        yield Fault("Choose the property whose value decides who gets which variant.", lacks=True)
    elif known is not None and name not in known:
        yield Fault(f"Nobody has a property “{name}” any more. Choose another.")


def _of_values(variants: Sequence[Variant]) -> Iterator[Fault]:
    letters = defaultdict[str, list[str]](list)
    for variant in variants[1:]:
        if not variant.fitting:
            yield Fault(f"Write down for which values variant {variant.letter} is.", lacks=True)
        for value in dict.fromkeys(folded(value) for value in variant.fitting):
            letters[value].append(variant.letter)
    for value, twice in letters.items():
        if len(twice) > 1:
            where = f"“{value}” stands in variants {get_text_list(twice, 'and')}."
            yield Fault(f"{where} Capitals don't matter: leave it in one of them.")
