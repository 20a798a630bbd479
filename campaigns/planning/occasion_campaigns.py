"""The campaigns whose messages' fate a live campaign waits for."""

from campaigns.models import Campaign
from campaigns.planning.occasion import Deed, Occasion
from campaigns.planning.occasion_document import OccasionError

NO_CAMPAIGN = "The campaign whose messages are meant is not there any more. Choose another."


def campaigns_named(campaign: Campaign, occasion: Occasion) -> dict[int, str]:
    """Names by numbers. Raises OccasionError."""
    deeds = (deed for deed in (occasion.did, occasion.unless) if isinstance(deed, Deed))
    wanted = {deed.of for deed in deeds if deed.of is not None}
    mine = Campaign.objects.without_versions().filter(project=campaign.project_id, pk__in=wanted)
    names = dict(mine.values_list("pk", "name")) if wanted else {}
    if len(names) < len(wanted):
        raise OccasionError(NO_CAMPAIGN)
    return names
