"""The campaign that a page of its own is about."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from campaigns.models import Campaign
from providers.admin.scoping import ProjectScopedAdmin


class OwnCampaign(ProjectScopedAdmin):
    def own_campaign(self, request: HttpRequest, pk: int) -> Campaign:
        """Of this project, for somebody who may change it."""
        campaign: Campaign | None = self.get_queryset(request).filter(pk=pk).first()
        if campaign is None:
            raise Http404("No such campaign in this project.")
        if not self.has_change_permission(request, campaign):
            raise PermissionDenied
        return campaign
