"""What comes after a campaign: its messages as a file, and a campaign for whom it did not move."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.admin.campaigns.filling_page import behind_asked, steps_of
from campaigns.admin.lists.export_dialog import ExportDialog
from campaigns.admin.lists.filling_dialog import campaign_for
from campaigns.models import Campaign
from campaigns.results.exports.whom import Wish, of_campaign
from campaigns.results.following_up import follow_up
from campaigns.results.people_behind import words_of
from providers.admin.dialogs import RowAct
from providers.models import Role
from providers.people.access import actor_of
from providers.refusals import Refusal


class ExportMessages(ExportDialog):
    address, name = "<int:pk>/export/", "export"
    title = "Export these messages"

    def wish(self, request: HttpRequest, campaign: Campaign) -> Wish:
        behind = behind_asked(request)
        return of_campaign(campaign, behind, words_of(behind))

    def more(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        behind = behind_asked(request)
        return {
            "about_words": f"{campaign}: {words_of(behind)}",
            "asked": behind.asked,
            "steps": steps_of(campaign, behind),
            "but_not": behind.but_not,
        }


class FollowUp(RowAct):
    """A list of these people, and the form of a campaign to it."""

    address, name = "<int:pk>/follow-up/", "follow_up"
    role = Role.MARKETER
    related = ("project",)

    def post(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        try:
            made = follow_up(campaign, behind_asked(request), by=actor_of(request))
        except Refusal as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(self.back(request, campaign))
        return HttpResponseRedirect(campaign_for(made))


LEADING_ON = (ExportMessages, FollowUp)
