"""Asking for an approval, giving it, returning it with a word, and taking it back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from campaigns.admin.campaigns.moves import Move
from campaigns.models import Approval, Campaign, CampaignStatus
from campaigns.planning.approvals import (
    NOBODY_ELSE,
    Step,
    approvers,
    name_of,
    next_step,
    open_request,
    requests_of,
    said_of,
)
from campaigns.running.approving import return_to_author, take_back
from campaigns.running.publishing import approve_as_seen, ask_as_seen
from providers.admin.dialogs import RowAct
from providers.admin.pages import Page
from providers.models import Role, User
from providers.people.access import actor_of
from providers.refusals import Refusal
from providers.watch.actors import Actor

MOST_SHOWN = 10
TITLES = {
    Step.PUBLISH: "Publish “{}”?",
    Step.ASK: "Ask for approval of “{}”?",
    Step.ALONE: "Ask for approval of “{}”?",
    Step.WAIT: "“{}” waits for approval",
    Step.DECIDE: "Approve “{}”?",
}


class OfLastPage(Page):
    """A button of the last page: it acts on what that has shown, or on nothing."""

    role = Role.MARKETER
    act: Callable[..., Campaign]
    acts_on: CampaignStatus
    said: str

    def post(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        try:
            seen = request.POST.get("seen", "")
            type(self).act(campaign.pk, seen=seen, by=actor_of(request))
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self._after_refusal(campaign))
        messages.success(request, self.said.format(campaign))
        return HttpResponseRedirect(self.admin.page_of(campaign))

    def _after_refusal(self, campaign: Campaign) -> str:
        """Whoever comes too late sees what has become of it."""
        now = Campaign.objects.filter(pk=campaign.pk).values_list("status", flat=True).first()
        if now is None:
            return self.admin.list_page
        return last_page(campaign) if now == self.acts_on else self.admin.page_of(campaign)


class AskForApproval(OfLastPage):
    address, name = "<int:pk>/publish/ask/", "publish_ask"
    act = staticmethod(ask_as_seen)
    acts_on = CampaignStatus.DRAFT
    said = "“{}” waits for approval. You get a mail when somebody has decided."


class Approve(OfLastPage):
    address, name = "<int:pk>/publish/approve/", "publish_approve"
    act = staticmethod(approve_as_seen)
    acts_on = CampaignStatus.AWAITING
    said = "“{}” is approved and published."


class Return(RowAct):
    address, name = "<int:pk>/publish/return/", "publish_return"
    role = Role.MARKETER

    def act(self, request: HttpRequest, campaign: Campaign) -> str:
        return_to_author(campaign, word=request.POST.get("word", ""), by=actor_of(request))
        return f"“{campaign}” is a draft again, with your word."

    def back(self, request: HttpRequest, about: Any) -> str:
        waits = Campaign.objects.filter(pk=about.pk, status=CampaignStatus.AWAITING).exists()
        return last_page(about) if waits else self.admin.list_page


class TakeBack(Move):
    address, name = "<int:pk>/take-back/", "take_back_now"
    title = "Make this a draft again?"
    text = "Nobody can approve it then. Change it, and ask once more when it is ready."
    button = "Back to draft"
    said = "The campaign is a draft again."
    move = staticmethod(take_back)


APPROVING = (AskForApproval, Approve, Return, TakeBack)


def last_page(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_publish", args=[campaign.pk])


def approval_shown(campaign: Campaign, person: User) -> dict[str, Any]:
    """What the last page says and offers this person."""
    step = next_step(campaign, person)
    request = open_request(campaign)
    others = approvers(campaign.project, besides=request.asked_by if request else person)
    return {
        "step": step,
        "asked": request,
        "approvers": [Actor(other).name for other in others[:MOST_SHOWN]],
        "nobody_else": NOBODY_ELSE,
        "is_waiting": campaign.status == CampaignStatus.AWAITING,
    }


def told_approvals(campaign: Campaign) -> list[tuple[Approval, str]]:
    """For its page: each asking, and who did what then."""
    return [
        (asked, f"{name_of(asked.decided_by)} {said_of(asked)}" if asked.decided_at else "")
        for asked in requests_of(campaign)[:MOST_SHOWN]
    ]
