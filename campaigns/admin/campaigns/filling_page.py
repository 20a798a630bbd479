"""From any number of a campaign's page to a list of the people behind it."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from campaigns.admin.audience.people_filter import pairs_of
from campaigns.admin.lists.filling_dialog import FillingDialog
from campaigns.audience.source import AudienceSource, found_by
from campaigns.models import Campaign
from campaigns.results.asking_for import rule_of
from campaigns.results.numbers import SLICES
from campaigns.results.people_behind import (
    Behind,
    people_behind,
    read_behind,
    steps_after,
    words_of,
)
from providers.views.site_pages import go_to


class ListOfResults(FillingDialog):
    address, name = "<int:pk>/people/", "people"

    def people(self, request: HttpRequest, campaign: Campaign) -> AudienceSource:
        messages = people_behind(campaign, behind_asked(request))
        return found_by(messages.values_list("profile_id"), of="message")

    def suggested(self, request: HttpRequest, campaign: Campaign) -> str:
        behind = behind_asked(request)
        return f"{campaign.name[:50]}: {words_of(behind)[:38]}"

    def more(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        behind = behind_asked(request)
        return {
            "about": words_of(behind),
            "asked": behind.asked,
            "steps": steps_of(campaign, behind),
            "but_not": behind.but_not,
            "may_ask": rule_of(campaign, behind) is not None,
        }

    def post(self, request: HttpRequest, about: Model) -> HttpResponse:
        """To a new segment instead, where that was pressed."""
        if request.POST.get("then") != "segment" or not isinstance(about, Campaign):
            return super().post(request, about)
        rule = rule_of(about, behind_asked(request))
        if rule is None:
            raise Http404
        asked = urlencode(pairs_of(dict(rule), ""))
        return go_to(request, f"{reverse('admin:campaigns_segment_add')}?{asked}")


def steps_of(campaign: Campaign, behind: Behind) -> list[tuple[str, str]]:
    """Steps of the funnel that they may not have come to, with their names."""
    steps = steps_after(behind.slice, with_goal=campaign.goal is not None)
    return [(name, SLICES[name].label) for name in steps]


def behind_asked(request: HttpRequest) -> Behind:
    behind = read_behind(request.POST if request.method == "POST" else request.GET)
    if behind is None:
        raise Http404
    return behind
