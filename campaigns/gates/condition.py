"""Whoever has done what they were not to do since they entered a live campaign gets nothing: asked
when their trigger comes due (running/turning_triggers.py), and here, as long as the message waits.
"""

from campaigns.gates.base import Explanation, PersonGate
from campaigns.models import Reason

CONDITION = PersonGate(
    reason=Reason.CONDITION_FAILED,
    explanation=Explanation(
        "They did the other thing meanwhile, or did not belong to the audience",
        "Nothing to do: this is what the campaign was told to look for.",
    ),
    at_launch="false",
    # A message of a live campaign alone has an entry.
    at_claim="""m.entry <> 0 AND EXISTS (SELECT 1 FROM campaigns_trigger broken
        WHERE broken.id = m.entry AND broken.broken_at IS NOT NULL)""",
)
