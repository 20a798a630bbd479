"""What followed a campaign: a part of its page that looks again by itself, and not as often as the
numbers, which are only added up."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from campaigns.models import Campaign
from campaigns.results.what_followed import left_after, newest_answers
from providers.admin.pages import Page
from providers.people.access import access_of


def followed(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    runs = list(campaign.runs.order_by("number"))
    return {
        "campaign": campaign,
        "left": left_after(campaign, runs),
        "answers": newest_answers(campaign, runs),
        "may_fill": access_of(request).can_change,
    }


class FollowedPart(Page):
    address, name = "<int:pk>/followed/", "followed"
    template = "campaigns/what_followed.html"

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        return self.part(request, **followed(request, campaign))
