"""A time by each person's own clocks may have passed where they are, when a campaign is published
late; and the campaign may say that they don't get it then, instead of on the next day.

Which zones are past depends on when a run began: planning/own_times.py says it.
"""

from campaigns.gates.base import PersonGate
from campaigns.gates.ending import ENDING_CAME
from campaigns.models import Reason

OWN_TIME = PersonGate(
    reason=Reason.CUT_OFF,
    explanation=ENDING_CAME,
    # Where it is past in the project's zone, so it is in all that nobody knows.
    at_launch="""(p.time_zone = ANY(%(own_past)s::text[])
        OR p.time_zone <> ALL(%(own_to_come)s::text[]))""",
    at_claim="false",
)
