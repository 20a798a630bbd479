"""One message a phone: of several profiles that share one, the first gets it.

A launch works in parts, side by side, so there the unique key on a run's phones finds out who is
the first; it sees what other transactions have written.
"""

from campaigns.gates.base import Explanation, SetGate
from campaigns.models import Reason

DUPLICATE_PHONE = SetGate(
    reason=Reason.DUPLICATE_PHONE,
    explanation=Explanation(
        "Another profile has the same phone number",
        "Nothing to do: this number got the message once.",
    ),
    among="row_number() OVER (PARTITION BY match_key, reason ORDER BY id) > 1",
    on_conflict=("(project_id, send_key, run_id, entry) WHERE send_key IS NOT NULL",),
)
