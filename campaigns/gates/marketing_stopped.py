"""Who stopped marketing in WhatsApp itself gets no marketing template; the template's category of
now counts, since Meta changes categories. Where only some of a campaign's variants are marketing,
each message's own is asked at its claim.
"""

from collections.abc import Mapping

from campaigns.gates.base import Explanation, PersonGate
from campaigns.models import Campaign, Reason, Variant
from templates_app.keeping.categories import version_is_marketing
from templates_app.models import Category

_VERSION = "(SELECT v.version_id FROM campaigns_variant v WHERE v.id = m.variant_id)"


def _parameters(campaign: Campaign) -> Mapping[str, object]:
    variants = Variant.objects.filter(campaign=campaign.pk)
    categories = set(variants.values_list("version__template__category", flat=True))
    return {"is_marketing": categories == {Category.MARKETING}}


MARKETING_STOPPED = PersonGate(
    reason=Reason.MARKETING_STOPPED,
    explanation=Explanation(
        "They stopped marketing messages from you in WhatsApp",
        "Utility templates and answers still reach them. Only they can resume marketing, in "
        "WhatsApp.",
    ),
    at_launch="%(is_marketing)s AND b.marketing_stopped",
    at_claim=f"b.marketing_stopped AND {version_is_marketing(_VERSION)}",
    parameters=_parameters,
)
