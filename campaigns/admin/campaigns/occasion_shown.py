"""What sets off a live campaign, as pages show it: sentences, and who waits."""

from typing import Any

from campaigns.models import LIVE, Campaign, Trigger
from campaigns.planning.occasion_document import OccasionError
from campaigns.planning.occasion_events import awaited_by
from campaigns.planning.occasion_words import in_words
from campaigns.planning.planned_dates import zone_of

MOST_COUNTED = 10_000


def occasion_shown(campaign: Campaign) -> dict[str, Any]:
    """Nothing of one that is not live, or where nothing is chosen yet."""
    if not campaign.is_live or campaign.occasion is None:
        return {}
    try:
        occasion, did, unless = awaited_by(campaign)
    except OccasionError:
        return {}
    return {"occasion": in_words(occasion, did, unless, clock=zone_of(campaign).key)}


def waiting_shown(campaign: Campaign) -> dict[str, Any]:
    """How many have entered it and wait; of very many, that there are more."""
    if not campaign.is_live or campaign.status not in LIVE:
        return {}
    waiting = Trigger.objects.filter(campaign=campaign, ended_at=None)
    count = waiting[: MOST_COUNTED + 1].count()
    first = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    return {
        "entered": {
            "count": min(count, MOST_COUNTED),
            "is_cut": count > MOST_COUNTED,
            "first": first,
        }
    }
