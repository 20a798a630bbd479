"""A project's control group: so many in a hundred of its people get no marketing campaign at all,
so that what all of them bring together can be compared. Who is in it is drawn by lot, and stays in
it as long as the share is not made smaller. Utility templates reach them: what somebody has ordered
is no marketing.
"""

from collections.abc import Mapping

from campaigns.audience.lots import lot, lots_below
from campaigns.gates.base import Explanation, SetGate
from campaigns.gates.marketing import IS_MARKETING, marketing_parameters, may_be_marketing
from campaigns.models import Campaign, Reason


def _parameters(campaign: Campaign) -> Mapping[str, object]:
    percent = campaign.project.control_percent if may_be_marketing(campaign) else 0
    return {
        "project_control_lots": lots_below(percent or 0),
        "project_control_salt": f"project:{campaign.project_id}",
        **marketing_parameters(campaign),
    }


PROJECT_CONTROL_GROUP = SetGate(
    reason=Reason.PROJECT_CONTROL_GROUP,
    explanation=Explanation(
        "In the project's control group",
        "Nothing to do: chance has put them among those who get no marketing campaign, for"
        " comparison. Utility templates and answers still reach them.",
    ),
    # Without a group, PostgreSQL sees that nothing is to be drawn.
    among=f"""%(project_control_lots)s > 0
        AND {lot("project_control_salt")} < %(project_control_lots)s AND {IS_MARKETING}""",
    by_lot=True,
    parameters=_parameters,
)
