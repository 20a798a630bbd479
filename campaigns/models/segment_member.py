"""Who was in the segment that sets a live campaign off, when it was last looked at."""

from django.db import models

from campaigns.models.campaign import Campaign
from campaigns.models.profile import Profile
from providers.models.fields import LooseForeignKey


class SegmentMember(models.Model):
    """Whoever is found and has no row here has come in; whoever has one and is not found any more
    has left. Slim, since it may be everybody in the project; goes when the campaign is over."""

    pk = models.CompositePrimaryKey("campaign_id", "profile_id")
    campaign = LooseForeignKey(Campaign, on_delete=models.CASCADE)
    profile = LooseForeignKey(Profile, on_delete=models.CASCADE, db_index=True)

    def __str__(self) -> str:
        return f"{self.campaign_id}:{self.profile_id}"
