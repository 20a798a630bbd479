"""The campaign that a page of its own is about."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse

from campaigns.models import Campaign
from providers.admin.scoping import ProjectScopedAdmin


def page_of(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


class OwnCampaign(ProjectScopedAdmin):
    def own_campaign(self, request: HttpRequest, pk: int) -> Campaign:
        """Of this project, for somebody who may change it."""
        campaign: Campaign = self.own_row(request, pk)
        if not self.has_change_permission(request, campaign):
            raise PermissionDenied
        return campaign
