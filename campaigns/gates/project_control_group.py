"""A project's control group: so many in a hundred of its people get no marketing campaign at all,
so that what all of them bring together can be compared. Who is in it is drawn by lot, and stays in
it as long as the share is not made smaller. Utility templates reach them: what somebody has ordered
is no marketing.
"""

from collections.abc import Mapping

from campaigns.audience.lots import lot, lots_below
from campaigns.gates.base import Explanation, SetGate
from campaigns.models import Campaign, Reason, Variant
from templates_app.models import Category


def _parameters(campaign: Campaign) -> Mapping[str, object]:
    percent = campaign.project.control_percent or 0
    if campaign.unsaved_category not in ("", Category.MARKETING):
        percent = 0
    return {
        "project_control_lots": lots_below(percent),
        "project_control_salt": f"project:{campaign.project_id}",
        "no_marketing": _variants_without_marketing(campaign) if percent else [],
    }


def _variants_without_marketing(campaign: Campaign) -> list[int]:
    variants = Variant.objects.filter(campaign=campaign.pk)
    others = variants.exclude(version__template__category=Category.MARKETING)
    return list(others.values_list("pk", flat=True))


PROJECT_CONTROL_GROUP = SetGate(
    reason=Reason.PROJECT_CONTROL_GROUP,
    explanation=Explanation(
        "In the project's control group",
        "Nothing to do: chance has put them among those who get no marketing campaign, for"
        " comparison. Utility templates and answers still reach them.",
    ),
    # Without a group, PostgreSQL sees that nothing is to be drawn. A draft that has no template yet
    # counts as marketing.
    among=f"""%(project_control_lots)s > 0
        AND {lot("project_control_salt")} < %(project_control_lots)s
        AND (variant_id = ANY(%(no_marketing)s::bigint[])) IS NOT TRUE""",
    by_lot=True,
    parameters=_parameters,
)
