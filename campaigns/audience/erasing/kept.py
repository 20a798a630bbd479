"""What this app keeps of people (providers/erasure/registry.py). Numbers of campaigns are tallies:
nothing here changes them."""

from campaigns.models import RunStatus
from providers.erasure.registry import Kept

MESSAGES = "id = ANY(%(messages)s::bigint[])"
OF_MESSAGES = "message_id = ANY(%(messages)s::bigint[])"
OF_PROFILES = "profile_id = ANY(%(profiles)s::bigint[])"
OF_PHONES = "project_id = %(project)s AND match_key = ANY(%(keys)s::bigint[])"
OF_CHANGES = """change_id IN (
    SELECT id FROM campaigns_peoplechange WHERE project_id = %(project)s)"""
UNFINISHED = f"""run_id IN (SELECT r.id FROM campaigns_run r
    JOIN campaigns_campaign c ON c.id = r.campaign_id
    WHERE c.project_id = %(project)s AND r.status <> '{RunStatus.FINISHED}')"""

STARTS = "id IN (SELECT subscription_start_id FROM campaigns_profile WHERE {})"

KEPT = (
    Kept(table="campaigns_profile", whose="id = ANY(%(profiles)s::bigint[])"),
    Kept(table="campaigns_profilewords", whose=OF_PROFILES),
    Kept(table="campaigns_listmember", whose=OF_PROFILES),
    Kept(table="campaigns_subscriptionchange", whose=OF_PROFILES),
    Kept(table="campaigns_subscriptionchange", whose=OF_PHONES),
    Kept(
        table="campaigns_subscriptionstart",
        whose=STARTS.format("id = ANY(%(profiles)s::bigint[])"),
        is_shared=True,
    ),
    Kept(table="campaigns_phoneblock", whose=OF_PHONES),
    Kept(table="campaigns_changedperson", whose=f"{OF_PROFILES} AND {OF_CHANGES}"),
    Kept(table="campaigns_occurrence", whose=OF_PROFILES),
    Kept(table="campaigns_trigger", whose=OF_PROFILES),
    Kept(table="campaigns_segmentmember", whose=OF_PROFILES),
    Kept(table="campaigns_goalevent", whose=OF_PROFILES),
    # They are counted as often as they were.
    Kept(table="campaigns_conversion", whose=OF_MESSAGES, becomes={"profile_id": "NULL"}),
    Kept(table="campaigns_runaudience", whose=f"{OF_PROFILES} AND {UNFINISHED}"),
    Kept(table="campaigns_keptvalues", whose=OF_MESSAGES),
    Kept(table="campaigns_testsend", whose=OF_MESSAGES, becomes={"answer": "''", "detail": "''"}),
    # The rows stay, since reports that still come, and replays, count by them.
    Kept(
        table="campaigns_event",
        whose=f"{OF_PROFILES} OR {OF_MESSAGES}",
        becomes={"profile_id": "NULL", "properties": "'{}'"},
    ),
    Kept(
        table="campaigns_message",
        whose=MESSAGES,
        becomes={
            "profile_id": "NULL",
            "phone": "''",
            "send_key": "NULL",
            "content": "NULL",
            "detail": "''",
        },
    ),
)
