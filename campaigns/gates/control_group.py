"""A campaign's control group: some of those who would get it get nothing, so that what it brings
can be compared. Who is in it is drawn by lot, and stays in it for the campaign's life.
"""

from collections.abc import Mapping

from campaigns.audience.lots import lot, lots_below
from campaigns.gates.base import Explanation, SetGate
from campaigns.models import Campaign, Reason


def _parameters(campaign: Campaign) -> Mapping[str, object]:
    return {
        "control_lots": lots_below(campaign.control_percent or 0),
        "control_salt": f"control:{campaign.pk}",
    }


CONTROL_GROUP = SetGate(
    reason=Reason.CONTROL_GROUP,
    explanation=Explanation(
        "In the control group",
        "Nothing to do: chance has put them among those who get nothing, for comparison.",
    ),
    # Without a control group, PostgreSQL sees that nothing is to be drawn.
    among=f"%(control_lots)s > 0 AND {lot('control_salt')} < %(control_lots)s",
    by_lot=True,
    parameters=_parameters,
)
