"""Which mails are due: a row for each, written in one statement, once whatever runs at once.

Who is no member any more, or has no address, gets none. What is late by more than two days is not
mailed any more: nobody wants a week's mails at once after an outage.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.models import CampaignStatus

# The first reports come within minutes of a campaign's end; before, every number is too small.
SETTLES = timedelta(minutes=15)
LATE = timedelta(days=2)
MONDAY_AT = timedelta(hours=8)  # in the project's zone
ROWS_KEPT = timedelta(days=30)

_OVER = [
    str(one) for one in (CampaignStatus.COMPLETED, CampaignStatus.STOPPED, CampaignStatus.FAILED)
]
_WHOSE = """
FROM campaigns_mailwish w
JOIN providers_membership m ON m.id = w.membership_id
JOIN providers_user u ON u.id = m.user_id AND u.is_active AND u.email <> ''
"""
_ENDS = f"""
INSERT INTO campaigns_reportmail (wish_id, campaign_id, created_at, tries)
SELECT w.id, c.id, %(now)s, 0 {_WHOSE}
JOIN campaigns_campaign c ON c.project_id = m.project_id AND c.version_of_id IS NULL
    AND c.published_at IS NOT NULL AND c.status = ANY(%(over)s)
    AND c.finished_at BETWEEN %(now)s - %(late)s AND %(now)s - %(settles)s
    AND c.finished_at >= w.ends_since
ON CONFLICT DO NOTHING
"""
# `there` is the clock of the project; a Monday's moment is calculated back to the world's.
_WEEKS = f"""
INSERT INTO campaigns_reportmail (wish_id, week, created_at, tries)
SELECT w.id, monday::date, %(now)s, 0 {_WHOSE}
JOIN providers_project p ON p.id = m.project_id
CROSS JOIN LATERAL (SELECT date_trunc('week', %(now)s AT TIME ZONE p.time_zone) AS monday) AS clock
CROSS JOIN LATERAL (SELECT (monday + %(at)s) AT TIME ZONE p.time_zone AS due) AS morning
WHERE due BETWEEN %(now)s - %(late)s AND %(now)s AND w.weekly_since <= due
ON CONFLICT DO NOTHING
"""
_OLD = "DELETE FROM campaigns_reportmail WHERE created_at < %(now)s - %(kept)s"


def plan_mails(*, now: datetime) -> int:
    """How many mails are new. Three statements, however many members and campaigns."""
    given: dict[str, Any] = {"now": now, "late": LATE, "settles": SETTLES, "at": MONDAY_AT}
    given |= {"over": _OVER, "kept": ROWS_KEPT}
    with connection.cursor() as cursor:
        cursor.execute(_OLD, given)
        cursor.execute(_ENDS, given)
        ends = cursor.rowcount
        cursor.execute(_WEEKS, given)
        return int(ends + cursor.rowcount)
