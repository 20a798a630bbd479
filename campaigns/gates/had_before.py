"""A campaign that recurs may say for how many days nobody gets it again. Counted from date to date,
so whoever had it on a Monday can have it on the Monday after seven days, whatever the minute.

Who was drawn by lot counts like whoever was sent it, so that control groups stay comparable; who
was left out for a reason of their own, or whose message failed, did not have it. How many days, and
from which on: planning/having_it_again.py says it.
"""

from campaigns.gates.base import Explanation, PersonGate
from campaigns.models import Reason, State

BY_LOT = (Reason.CONTROL_GROUP, Reason.PROJECT_CONTROL_GROUP, Reason.CAP_REACHED)
_DRAWN = ", ".join(f"'{reason}'" for reason in BY_LOT)

HAD_BEFORE = PersonGate(
    reason=Reason.ENTERED_BEFORE,
    explanation=Explanation(
        "They had this campaign not long ago",
        "Nothing to do: the campaign says after how long they can get it again.",
    ),
    at_launch=f"""(%(had_days)s::int IS NOT NULL AND EXISTS (SELECT FROM campaigns_message had
        JOIN campaigns_run earlier ON earlier.id = had.run_id
            AND earlier.campaign_id = %(had_of)s AND earlier.due_key < %(had_day)s::date
            AND earlier.due_key > %(had_day)s::date - %(had_days)s::int
        WHERE had.project_id = %(project)s AND had.send_key = p.match_key
            AND (had.state NOT IN ({State.FAILED:d}, {State.SUPPRESSED:d})
                OR had.reason IN ({_DRAWN}))))""",
    at_claim="false",
)
