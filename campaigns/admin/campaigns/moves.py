"""Pause, resume, stop and delete, each by a POST from a confirming dialog; and clone, by a POST."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.models import Campaign, CampaignStatus, RunStatus, Trigger
from campaigns.planning.drafting import DraftError, change, clone, discard
from campaigns.planning.preflight import variants_of
from campaigns.planning.second_try import Retryable, retryable, run_to_try_again
from campaigns.planning.targeting import forecast
from campaigns.results.by_variant import results_by_variant, sentences
from campaigns.results.numbers import results_of
from campaigns.running import lifecycle
from campaigns.running.deciding import choose_winner
from providers.admin.dialogs import Dialog
from providers.admin.pages import Page
from providers.models import Role
from providers.people.access import actor_of


class Move(Dialog):
    """`said` is told afterwards."""

    role = Role.MARKETER
    said: str
    move: Callable[..., None]

    def act(self, request: HttpRequest, campaign: Campaign) -> str:
        type(self).move(campaign, by=actor_of(request))
        return self.said


class Pause(Move):
    address, name = "<int:pk>/pause/", "pause_now"
    title = "Pause this campaign?"
    template = "campaigns/pause_dialog.html"
    button = "Pause"
    said = "The campaign is paused."

    def shown(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        return {"recurs": campaign.recurs, "live": campaign.is_live}

    move = staticmethod(lifecycle.pause)


class Resume(Move):
    address, name = "<int:pk>/resume/", "resume_now"
    title = "Resume this campaign?"
    template = "campaigns/resume_dialog.html"
    button = "Resume"
    said = "The campaign goes on."

    def shown(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        return {"recurs": campaign.recurs}

    move = staticmethod(lifecycle.resume)


class Unschedule(Move):
    address, name = "<int:pk>/unschedule/", "unschedule_now"
    title = "Make this a draft again?"
    text = "Nobody has got it. It won't go out at its time; you can change it and publish it again."
    button = "Back to draft"
    said = "The campaign is a draft again."
    move = staticmethod(lifecycle.unschedule)


class Retry(Move):
    address, name = "<int:pk>/retry/", "retry_now"
    title = "Try those who failed once more?"
    template = "campaigns/retry_dialog.html"
    button = "Try again"
    said = "The second try is getting ready."

    def shown(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        run = run_to_try_again(campaign)
        return {"found": retryable(run) if run else Retryable(0)}

    move = staticmethod(lifecycle.start_second_try)


class ChooseWinner(Dialog):
    address, name = "<int:pk>/winner/", "winner_now"
    role = Role.MARKETER
    title = "Which variant do the others get?"
    template = "campaigns/winner_dialog.html"
    button = "Send it to the others"

    def shown(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        variants = variants_of(campaign)
        results = results_by_variant(campaign, variants, list(campaign.runs.all()))
        waiting = campaign.runs.filter(status=RunStatus.WAITING).first()
        return {
            "by_variant": results,
            "compared": sentences(campaign, results),
            "waiting": waiting.waiting_people if waiting else 0,
        }

    def act(self, request: HttpRequest, campaign: Campaign) -> str:
        named = request.POST.get("variant", "")
        variant = next((each for each in variants_of(campaign) if str(each.pk) == named), None)
        if variant is None:
            raise lifecycle.LifecycleError(
                "Choose one of the variants.", code="campaign.no_variant"
            )
        choose_winner(campaign, variant, by=actor_of(request))
        return f"The others get variant {variant.letter}."


class Stop(Move):
    address, name = "<int:pk>/stop/", "stop_now"
    title = "Stop this campaign for good?"
    template = "campaigns/stop_dialog.html"
    button = "Stop for good"
    said = "The campaign is stopped."
    is_grave = True

    def shown(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        if campaign.recurs and campaign.status == CampaignStatus.SCHEDULED:
            return {"waits_for_date": True}
        if campaign.is_live and campaign.status != CampaignStatus.SCHEDULED:
            return {"live": True, "waiting": _waiting_in(campaign)}
        if _nobody_yet(campaign):
            return {"nobody_yet": True, "waiting": forecast(campaign).to_send}
        results = results_of(campaign.runs.values_list("pk", flat=True))
        rest = campaign.runs.filter(status=RunStatus.WAITING).first()
        waiting = results.count("queued") + (rest.waiting_people if rest else 0)
        return {"nobody_yet": False, "waiting": waiting}

    move = staticmethod(lifecycle.stop)


class Delete(Move):
    address, name = "<int:pk>/delete/", "delete_now"
    title = "Delete this draft?"
    text = "Nobody has got it. It can't be brought back."
    button = "Delete"
    said = "The draft is deleted."
    is_grave = True
    move = staticmethod(discard)


class Clone(Page):
    address, name = "<int:pk>/clone/", "clone"
    role = Role.MARKETER

    def post(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        copy = clone(campaign, by=actor_of(request))
        messages.success(request, "This is the copy. Change what you like, then publish it.")
        return HttpResponseRedirect(self.admin.page_of(copy))


class ChangePage(Page):
    address, name = "<int:pk>/begin-change/", "begin_change"
    role = Role.MARKETER

    def post(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        try:
            draft = change(campaign, by=actor_of(request))
        except DraftError as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(self.admin.page_of(campaign))
        messages.success(request, "Change what you like, then publish it.")
        return HttpResponseRedirect(self.admin.page_of(draft))


MOVES = (Pause, Resume, Unschedule, Retry, ChooseWinner, Stop, Delete, Clone, ChangePage)


def _waiting_in(campaign: Campaign) -> int:
    """In a live one: those who have entered it, and those whose message waits."""
    entered = Trigger.objects.filter(campaign=campaign, ended_at=None).count()
    results = results_of(campaign.runs.values_list("pk", flat=True))
    return entered + results.count("queued")


def _nobody_yet(campaign: Campaign) -> bool:
    """Scheduled, or still getting ready. Of a second try, and of a test, some have got it; who
    waits so far can be said."""
    launching = campaign.runs.filter(status=RunStatus.LAUNCHING, retry_of=None, rest_of=None)
    return campaign.status == CampaignStatus.SCHEDULED or launching.exists()
