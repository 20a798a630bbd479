"""Trial mode: until a connection has proved itself, its campaigns reach test profiles only.

Answers to people who have written first, and tests that somebody sends by hand, go all the same.
"""

from django.db import connection

from campaigns.models import CampaignStatus, Reason

_ON_TRIAL = """EXISTS (SELECT 1 FROM providers_provider tried
    WHERE tried.project_id = %(project)s AND tried.trial_ended_at IS NULL)"""

# For statements that have campaigns_profile as p, and the parameter project; NULL: may be sent to.
TRIAL_CASE = f"""CASE WHEN p.is_test IS NOT TRUE AND {_ON_TRIAL}
    THEN '{Reason.TRIAL_MODE.value}' END"""

# For statements that have campaigns_campaign as c. Who was promised a campaign by the old
# connection is not dropped because of the new one: that campaign waits.
WAITS_FOR_TRIAL = """EXISTS (SELECT 1 FROM providers_provider tried
    WHERE tried.project_id = c.project_id AND tried.trial_ended_at IS NULL
        AND tried.credentials_changed_at > c.published_at)"""

WAITS = (
    "Gupshup's credentials or the number were changed, so trial mode has started again. Resume the"
    " campaign when trial mode is over."
)
PAUSE_WAITING = f"""
UPDATE campaigns_campaign c SET status = '{CampaignStatus.PAUSED}', status_reason = %s
WHERE c.status = '{CampaignStatus.RUNNING}' AND {WAITS_FOR_TRIAL}
"""


def pause_waiting() -> int:
    """Says of each campaign that waits why it does."""
    with connection.cursor() as cursor:
        cursor.execute(PAUSE_WAITING, [WAITS])
        return int(cursor.rowcount)
