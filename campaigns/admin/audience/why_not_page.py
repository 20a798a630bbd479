"""Why somebody did not get a campaign: asked on their page, campaign by campaign."""

from django.http import HttpRequest, HttpResponse

from campaigns.models import Campaign, Profile
from campaigns.results.why_not import why_not
from providers.admin.pages import Page
from providers.admin.row_numbers import row_number
from providers.models import Project

MOST_CAMPAIGNS = 200


class WhyNotPage(Page):
    address, name = "<int:pk>/why-not/", "why_not"
    template = "campaigns/why_not.html"

    def get(self, request: HttpRequest, profile: Profile) -> HttpResponse:
        asked = row_number(request.GET.get("campaign", ""))
        campaign = Campaign.objects.filter(project=profile.project_id, pk=asked or 0).first()
        answer = why_not(profile, campaign) if campaign else None
        return self.part(request, campaign=campaign, answer=answer)


def campaigns_to_ask_of(project: Project) -> list[Campaign]:
    """The newest."""
    return list(
        Campaign.objects.without_versions()
        .filter(project=project)
        .order_by("-created_at")[:MOST_CAMPAIGNS]
    )
