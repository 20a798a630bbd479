"""Live campaigns that would set each other off again and again: such a circle is not published.

What becomes of a campaign's messages may set off another one. Who leads to whom is asked of all
that are live.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from django.utils.text import get_text_list

from campaigns.audience.segments.naming import campaigns_behind
from campaigns.models import LIVE, Campaign, CampaignKind
from campaigns.planning.occasion import Deed
from campaigns.planning.occasion_document import OccasionError, read_occasion
from campaigns.planning.occasion_segment import segment_of

ITSELF = (
    "What becomes of its own messages would set it off again and again: {}. Name other campaigns"
    " there, or choose something that people do elsewhere."
)
IN_A_CIRCLE = (
    "They would set each other off again and again: {}. Let one of them wait for something that"
    " people do elsewhere."
)


def circle_in_words(campaign: Campaign) -> str:
    """Why it can't go out; empty where nothing leads back to it."""
    found = circle_of(campaign)
    if not found:
        return ""
    if len(found) == 1:
        return ITSELF.format(_cause_in_words(campaign))
    names = ["this campaign", *(f"“{one}”" for one in found[1:]), "this campaign"]
    links = [f"{one} is set off by {other}" for one, other in pairwise(names)]
    return IN_A_CIRCLE.format(get_text_list(links, "and"))


def circle_of(campaign: Campaign) -> Sequence[Campaign]:
    """This one, what sets it off, what sets that off, up to the one that it sets off itself."""
    live = Campaign.objects.filter(
        project=campaign.project_id, kind=CampaignKind.LIVE, status__in=LIVE
    )
    others = {one.pk: one for one in live.exclude(pk=campaign.pk).select_related("project")}
    return _way_back(campaign, campaign, others, set())


def _way_back(
    here: Campaign, to: Campaign, others: Mapping[int, Campaign], seen: set[int]
) -> Sequence[Campaign]:
    causes = _causes_of(here)
    is_any = None in causes
    if is_any or to.pk in causes:
        return [here]
    for number, other in others.items():
        if number in causes and number not in seen:
            seen.add(number)
            if way := _way_back(other, to, others, seen):
                return [here, *way]
    return []


def _causes_of(campaign: Campaign) -> set[int | None]:
    """Campaigns whose messages' fate sets it off; None: that of any."""
    try:
        did = read_occasion(campaign.occasion).did
        segment = segment_of(campaign)
    except OccasionError:
        return set()
    if isinstance(did, Deed):
        return {did.of} if did.of is not None else set()
    return campaigns_behind([segment], project=campaign.project) if segment else set()


def _cause_in_words(campaign: Campaign) -> str:
    if segment := segment_of(campaign):
        return f"the segment “{segment}” asks about them"
    return "it waits for what becomes of them"
