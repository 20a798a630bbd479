"""Who gets which of a campaign's variants: each an equal part, by a person's lot."""

from campaigns.audience.lots import LOT, LOTS
from campaigns.models import Campaign

# SQL, of rows with match_key and id, with the parameters below. With one variant, nothing is
# computed.
_ALL = "%(variants)s::bigint[]"
VARIANT = f"""CASE WHEN cardinality({_ALL}) < 2 THEN ({_ALL})[1]
    ELSE ({_ALL})[1 + (({LOT} * cardinality({_ALL})) >> {LOTS})] END"""


def salt_of(campaign: Campaign) -> str:
    return str(campaign.pk)


def variant_parameters(campaign: Campaign) -> dict[str, object]:
    # A campaign that is still being written has no row to ask for its variants.
    variants = campaign.variants.order_by("position") if campaign.pk else None
    ids = list(variants.values_list("pk", flat=True)) if variants is not None else []
    return {"salt": salt_of(campaign), "variants": ids}
