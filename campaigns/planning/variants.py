"""Who gets which of a campaign's variants: by a person's lot, their language, or a property.

SQL of `person`, a row with match_key and id, with the parameters of `variant_parameters`. It says
the same at every restart, and however a launch is shared out.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from django.utils.text import get_text_list

from campaigns.audience.lots import LOT, LOTS, lot, lots_below
from campaigns.audience.segments.folding import folded, folded_sql
from campaigns.models import Campaign, CampaignStatus, Variant, VariantsBy
from templates_app.models import Category
from templates_app.wording.languages import language_name, normal_code

BLANKS = " \t\n\r\u00a0"

# With one variant, nothing is computed.
_ALL = "%(variants)s::bigint[]"
_BY_LOT = f"""CASE WHEN cardinality({_ALL}) < 2 THEN ({_ALL})[1]
    ELSE ({_ALL})[width_bucket({LOT}, %(first_lots)s::bigint[])] END"""

# Who gets the test of an A/B test; the others wait for its winner.
IN_TEST = f"{lot('test_salt')} < %(test_lots)s"
_IN_TEST = f"CASE WHEN {IN_TEST} THEN {_BY_LOT} END"

# `said` is of q, the person's profile. What no variant is for, the first is for.
_BY_WORD = """COALESCE((SELECT COALESCE(
        %(variant_of)s::jsonb ->> word, %(variant_of)s::jsonb ->> split_part(word, '_', 1))
    FROM (SELECT {said} AS raw FROM campaigns_profile q WHERE q.id = person.id) AS spoken
    CROSS JOIN LATERAL (SELECT {spelled} AS word) AS spelled),
    %(variant_of)s::jsonb ->> '')::bigint"""
_TRIMMED = f"btrim(raw, '{BLANKS}')"
_LANGUAGE = _BY_WORD.format(
    said="q.language", spelled=f"""replace(lower({_TRIMMED} COLLATE "C"), '-', '_')"""
)
_YES_OR_NO = "CASE q.properties ->> %(by_property)s WHEN 'true' THEN 'yes' ELSE 'no' END"
_PROPERTY = _BY_WORD.replace(", %(variant_of)s::jsonb ->> split_part(word, '_', 1)", "").format(
    said=f"""CASE jsonb_typeof(q.properties -> %(by_property)s)
        WHEN 'boolean' THEN {_YES_OR_NO} ELSE q.properties ->> %(by_property)s END""",
    spelled=folded_sql(_TRIMMED),
)


def variant_of_person(campaign: Campaign) -> str:
    """NULL of whoever waits for a test's winner."""
    by = {
        VariantsBy.LANGUAGE.value: _LANGUAGE,
        VariantsBy.PROPERTY.value: _PROPERTY,
        VariantsBy.TEST.value: _IN_TEST if has_rest(campaign) else _BY_LOT,
    }
    return by.get(campaign.variants_by, _BY_LOT)


def variant_of_rest(campaign: Campaign) -> int | None:
    """What those get who waited for a winner. The first one where none was chosen and the campaign
    is over, so that they are dropped; none where it was stopped."""
    if campaign.winner_id is not None or campaign.status == CampaignStatus.STOPPED:
        return campaign.winner_id
    return campaign.variants.order_by("position").values_list("pk", flat=True).first()


def has_rest(campaign: Campaign) -> bool:
    return campaign.variants_by == VariantsBy.TEST and (campaign.test_percent or 100) < 100


def decides_at_of(campaign: Campaign, *, start: datetime) -> datetime | None:
    """When a test that begins at `start` is decided; None of what is no test."""
    if campaign.variants_by != VariantsBy.TEST or campaign.decides_after is None:
        return None
    return start + timedelta(hours=campaign.decides_after)


def salt_of(campaign: Campaign) -> str:
    return str(campaign.pk)


def name_of(variant: Variant) -> int:
    """What the SQL calls it: one that is not saved yet has its position alone."""
    return variant.pk or variant.position


def variant_parameters(
    campaign: Campaign, variants: Sequence[Variant] | None = None
) -> dict[str, object]:
    """Of the saved variants, or of those given."""
    if variants is None:
        # A campaign that is still being written has no row to ask for its variants.
        variants = _saved(campaign) if campaign.pk else []
    names = {variant.position: name_of(variant) for variant in variants}
    return {
        "salt": salt_of(campaign),
        "test_salt": f"test:{campaign.pk}",
        "test_lots": lots_below(campaign.test_percent or 100),
        "variants": list(names.values()),
        "first_lots": first_lots(campaign, variants),
        "by_property": campaign.by_property,
        "variant_of": json.dumps(
            {word: names[position] for word, position in words_of(campaign, variants).items()}
        ),
    }


def first_lots(campaign: Campaign, variants: Sequence[Variant]) -> list[int]:
    """Where each variant's lots begin: exact to the lot, of whatever share."""
    if campaign.variants_by == VariantsBy.SPLIT and all(variant.share for variant in variants):
        ends = list(accumulate(variant.share or 0 for variant in variants))
        return [_lot_at(begin, 100) for begin in [0, *ends[:-1]]]
    return [_lot_at(number, len(variants)) for number in range(len(variants))]


def _lot_at(part: int, of: int) -> int:
    return -(-(part << LOTS) // of)  # rounded up


def words_of(campaign: Campaign, variants: Sequence[Variant]) -> dict[str, int]:
    """What a person may say, as it is compared → the variant's position; "" is everybody else."""
    words = {"": variants[0].position} if variants else {}
    for word, position in _said_for(campaign, variants):
        words.setdefault(word, position)
    return words


def _said_for(campaign: Campaign, variants: Sequence[Variant]) -> Iterator[tuple[str, int]]:
    if campaign.variants_by == VariantsBy.PROPERTY:
        for variant in variants[1:]:
            yield from (
                (folded(value.strip(BLANKS)), variant.position) for value in variant.fitting
            )
    elif campaign.variants_by == VariantsBy.LANGUAGE:
        codes = [(language_of(variant), variant.position) for variant in variants]
        yield from ((code.lower(), position) for code, position in codes)
        # English is the same before a country is asked for: en_GB gets en_US, if nothing fits.
        yield from ((code.lower().split("_")[0], position) for code, position in codes)
        yield from ((language_name(code).lower(), position) for code, position in codes)


def language_of(variant: Variant) -> str:
    return normal_code(variant.version.template.language)


def why_it(campaign: Campaign, variant: Variant) -> str:
    """Who gets this variant, after “for”."""
    if campaign.variants_by == VariantsBy.LANGUAGE:
        name = f"people whose language is {language_name(language_of(variant))}"
        return name if variant.position else f"{name}, and everybody else"
    if campaign.variants_by == VariantsBy.PROPERTY:
        if not variant.position:
            return "everybody else"
        values = get_text_list(variant.fitting or ["…"], "or")
        return f"people whose {campaign.by_property} is {values}"
    if campaign.variants_by == VariantsBy.TEST:
        return "an equal part of the test, drawn by chance"
    if variant.share:
        return f"{variant.share} in a hundred, drawn by chance"
    return "an equal part, drawn by chance"


def category_of(variants: Sequence[Variant]) -> str:
    """Of what is not saved yet: marketing, where one of them is."""
    categories = [variant.version.template.category for variant in variants]
    if Category.MARKETING in categories:
        return Category.MARKETING.value
    return categories[0] if categories else ""


def _saved(campaign: Campaign) -> list[Variant]:
    return list(campaign.variants.select_related("version__template").order_by("position"))
