"""Who is still due of a campaign that goes by people's own clocks, at a time of theirs or outside
of their quiet hours, as its page says it.
"""

from typing import Any

from django.db.models import Max, Min
from django.utils import timezone

from campaigns.gates.quiet_hours import quiet_hours_of
from campaigns.models import UNDER_WAY, Campaign, Lane, Outbox, OutboxState
from campaigns.planning.own_times import goes_by_own_times


def still_due(campaign: Campaign) -> dict[str, Any]:
    """Nothing where nobody waits. Both ends are looked up in an index."""
    by_own_clocks = goes_by_own_times(campaign) or quiet_hours_of(campaign) is not None
    if not by_own_clocks or campaign.status not in UNDER_WAY:
        return {}
    waiting = Outbox.objects.filter(
        campaign_id=campaign.pk, state=OutboxState.READY, lane=Lane.BULK
    )
    due = waiting.aggregate(first=Min("due_at"), last=Max("due_at"))
    if due["first"] is None:
        return {}
    now = timezone.now()
    return {"still_due": due | {"waits": due["first"] > now, "last_waits": due["last"] > now}}
