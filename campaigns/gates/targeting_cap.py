"""A campaign's cap: so many people get it at the most, of those who would. Who they are is drawn by
lot, so that a launch that starts anew takes the same.
"""

from collections.abc import Mapping

from campaigns.audience.lots import lot
from campaigns.gates.base import Explanation, SetGate
from campaigns.models import Campaign, Reason


def _applies(campaign: Campaign) -> bool:
    return campaign.most_people is not None


def _parameters(campaign: Campaign) -> Mapping[str, object]:
    return {"most_people": campaign.most_people, "cap_salt": f"cap:{campaign.pk}"}


TARGETING_CAP = SetGate(
    reason=Reason.CAP_REACHED,
    explanation=Explanation(
        "The campaign's cap was reached",
        "Chance has chosen who gets it. A new campaign can go to the others.",
    ),
    among=f"row_number() OVER (PARTITION BY reason ORDER BY {lot('cap_salt')}, id)"
    " > %(most_people)s",
    applies=_applies,
    parameters=_parameters,
)
