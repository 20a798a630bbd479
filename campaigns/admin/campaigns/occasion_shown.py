"""What sets off a live campaign, as pages show it: sentences, and who waits."""

from typing import Any

from campaigns.models import LIVE, Campaign, Trigger
from campaigns.planning.occasion_campaigns import campaigns_named
from campaigns.planning.occasion_document import OccasionError
from campaigns.planning.occasion_events import awaited_by
from campaigns.planning.occasion_segment import segment_of
from campaigns.planning.occasion_words import in_words, span_in_words
from campaigns.planning.planned_dates import zone_of

MOST_COUNTED = 10_000


def occasion_shown(campaign: Campaign) -> dict[str, Any]:
    """Nothing of one that is not live, or where nothing is chosen yet."""
    if not campaign.is_live or campaign.occasion is None:
        return {}
    try:
        occasion, did, unless = awaited_by(campaign)
        begins = did or str(segment_of(campaign))
        campaigns = campaigns_named(campaign, occasion)
    except OccasionError:
        return {}
    zone = zone_of(campaign)
    span = span_in_words(campaign.starts_at, campaign.ends_at, zone)
    sentences = in_words(occasion, begins, unless, clock=zone.key, campaigns=campaigns)
    return {"occasion": [*sentences, span] if span else sentences}


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
