"""Nobody gets a message without a phone number, without having agreed, or on a blocked phone.

The rule itself is the audience's: pages ask it of people whom no campaign has chosen.
"""

from campaigns.audience.reachability import UNREACHABLE
from campaigns.gates.base import Explanation, PersonGate
from campaigns.models import Reason

_EXPLANATIONS = {
    Reason.INVALID_PHONE: Explanation(
        "The phone number is not valid", "Correct the numbers in your file and import it again."
    ),
    Reason.NO_PHONE: Explanation(
        "No phone number", "Import these people again with a phone number."
    ),
    Reason.NOT_SUBSCRIBED: Explanation(
        "Not subscribed: MSG-whatsapp is not “Yes”",
        "Import a file that says MSG-whatsapp TRUE for those who have agreed to get messages.",
    ),
    Reason.NUMBER_BLOCKED: Explanation(
        "The number is blocked: MSG-dndWhatsApp is “Yes”",
        "They asked for no messages. They come back by writing START to you.",
    ),
}

REACHABILITY = tuple(
    PersonGate(
        reason=reason, explanation=_EXPLANATIONS[reason], at_launch=condition, at_claim=condition
    )
    for reason, condition in UNREACHABLE.items()
)
