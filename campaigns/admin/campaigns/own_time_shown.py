"""Who is still due of a campaign that goes out by each person's own clocks, as its page says it."""

from typing import Any

from django.db.models import Max, Min
from django.utils import timezone

from campaigns.models import UNDER_WAY, Campaign, Lane, Outbox, OutboxState
from campaigns.planning.own_times import goes_by_own_times


def own_time_shown(campaign: Campaign) -> dict[str, Any]:
    """Nothing where nobody waits. Both ends are looked up in an index."""
    if not goes_by_own_times(campaign) or campaign.status not in UNDER_WAY:
        return {}
    waiting = Outbox.objects.filter(
        campaign_id=campaign.pk, state=OutboxState.READY, lane=Lane.BULK
    )
    due = waiting.aggregate(first=Min("due_at"), last=Max("due_at"))
    if due["first"] is None:
        return {}
    now = timezone.now()
    return {"own_time": due | {"waits": due["first"] > now, "last_waits": due["last"] > now}}
