"""What is marketing of a campaign, for gates that hold back nothing else: its templates' categories
of now count, since Meta changes them.
"""

from campaigns.models import Campaign, Variant
from templates_app.keeping.categories import MARKETING_VERSIONS
from templates_app.models import Category

# SQL of rows with variant_id, with the parameters below. A draft that has no template yet counts
# as marketing.
IS_MARKETING = "(variant_id = ANY(%(no_marketing)s::bigint[])) IS NOT TRUE"

# SQL for ids, without parameters.
MARKETING_VARIANTS = f"""SELECT of_marketing.id FROM campaigns_variant of_marketing
    WHERE of_marketing.version_id IN ({MARKETING_VERSIONS})"""


def may_be_marketing(campaign: Campaign) -> bool:
    """Is it, as far as the form says that it is being written in?"""
    return campaign.unsaved_category in ("", Category.MARKETING)


def marketing_parameters(campaign: Campaign) -> dict[str, object]:
    """Nobody looks where the project has nothing that would ask."""
    asks = campaign.project.control_percent or campaign.project.caps
    return {"no_marketing": _without_marketing(campaign) if asks else []}


def _without_marketing(campaign: Campaign) -> list[int]:
    variants = Variant.objects.filter(campaign=campaign.pk)
    others = variants.exclude(version__template__category=Category.MARKETING)
    return list(others.values_list("pk", flat=True))
