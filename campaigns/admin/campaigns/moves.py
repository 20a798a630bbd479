"""Pause, resume, stop and delete, each by a POST from a confirming dialog; and clone, by a POST."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from campaigns.admin.campaigns.own_campaign import OwnCampaign, page_of
from campaigns.models import Campaign, CampaignStatus, RunStatus
from campaigns.planning.drafting import clone, discard
from campaigns.planning.second_try import count_retryable, run_to_retry
from campaigns.planning.targeting import forecast
from campaigns.results.numbers import results_of
from campaigns.running import lifecycle
from providers.people.access import actor_of
from providers.refusals import Refusal

LIST = "admin:campaigns_campaign_changelist"


@dataclass(frozen=True, kw_only=True)
class Move:
    """`name` stands in the address; `said` is told afterwards."""

    name: str
    title: str
    button: str
    said: str
    act: Callable[..., None]
    template: str = ""
    text: str = ""


MOVES = (
    Move(
        name="pause",
        title="Pause this campaign?",
        text="Within three seconds nothing more goes out. Resume it whenever you like: it goes on "
        "with the people who are still waiting.",
        button="Pause",
        said="The campaign is paused.",
        act=lifecycle.pause,
    ),
    Move(
        name="resume",
        title="Resume this campaign?",
        text="It goes on at once with the people who are still waiting.",
        button="Resume",
        said="The campaign goes on.",
        act=lifecycle.resume,
    ),
    Move(
        name="unschedule",
        title="Make this a draft again?",
        text="Nobody has got it. It won't go out at its time; you can change it and publish it "
        "again.",
        button="Back to draft",
        said="The campaign is a draft again.",
        act=lifecycle.unschedule,
    ),
    Move(
        name="retry",
        title="Try those who failed once more?",
        template="campaigns/retry_dialog.html",
        button="Try again",
        said="The second try is getting ready.",
        act=lifecycle.retry,
    ),
    Move(
        name="stop",
        title="Stop this campaign for good?",
        template="campaigns/stop_dialog.html",
        button="Stop for good",
        said="The campaign is stopped.",
        act=lifecycle.stop,
    ),
    Move(
        name="delete",
        title="Delete this draft?",
        text="Nobody has got it. It can't be brought back.",
        button="Delete",
        said="The draft is deleted.",
        act=discard,
    ),
)


class Moves(OwnCampaign):
    def get_urls(self) -> list[URLPattern]:
        def move_url(move: Move) -> Any:
            def view(request: HttpRequest, pk: int) -> HttpResponse:
                return self._move_view(request, pk, move)

            page = self.admin_site.admin_view(view)
            return path(f"<int:pk>/{move.name}/", page, name=f"campaigns_campaign_{move.name}_now")

        copy = self.admin_site.admin_view(require_POST(self.clone_view))
        return [
            *(move_url(move) for move in MOVES),
            path("<int:pk>/clone/", copy, name="campaigns_campaign_clone"),
            *super().get_urls(),
        ]

    def _move_view(self, request: HttpRequest, pk: int, move: Move) -> HttpResponse:
        """GET shows the dialog, POST does what it says."""
        campaign = self.own_campaign(request, pk)
        if request.method == "POST":
            return self._make(request, campaign, move)
        nobody_yet = _nobody_yet(campaign)
        results = results_of(campaign.runs.values_list("pk", flat=True))
        context = {
            "move": move,
            "campaign": campaign,
            "waiting": forecast(campaign).to_send
            if nobody_yet and move.name == "stop"
            else results.count("queued"),
            "retryable": _count_retryable(campaign) if move.name == "retry" else 0,
            "nobody_yet": nobody_yet,
        }
        return render(request, "campaigns/move_dialog.html", context)

    def _make(self, request: HttpRequest, campaign: Campaign, move: Move) -> HttpResponse:
        page = page_of(campaign)
        try:
            move.act(campaign, by=actor_of(request))
        except Refusal as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(page)
        messages.success(request, move.said)
        if not Campaign.objects.filter(pk=campaign.pk).exists():
            return HttpResponseRedirect(reverse(LIST))
        return HttpResponseRedirect(page)

    def clone_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = self.own_campaign(request, pk)
        copy = clone(campaign, by=actor_of(request))
        messages.success(request, "This is the copy. Change what you like, then publish it.")
        return HttpResponseRedirect(page_of(copy))


def _nobody_yet(campaign: Campaign) -> bool:
    """Scheduled, or still getting ready. Of a second try some have got it; who waits so far can be
    said."""
    launching = campaign.runs.filter(status=RunStatus.LAUNCHING, retry_of=None)
    return campaign.status == CampaignStatus.SCHEDULED or launching.exists()


def _count_retryable(campaign: Campaign) -> int:
    run = run_to_retry(campaign)
    return count_retryable(run) if run else 0
