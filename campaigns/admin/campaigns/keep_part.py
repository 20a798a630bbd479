"""What a draft's form keeps by itself, and taking it up again."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from campaigns.models import UNPUBLISHED, Campaign, CampaignStatus
from campaigns.planning.draft_place import Place
from campaigns.running.approving import take_back
from campaigns.running.lifecycle import LifecycleError
from providers.admin.pages import Page
from providers.models import Project, Role, User
from providers.people import unsaved
from providers.people.access import actor_of
from providers.watch.actors import Actor

CONTINUE = "continue"
NUMBER = "draft"


class KeepPart(Page):
    """Keeps what is written, or forgets it, and says who else is here."""

    address, name = "parts/keep/", "keep"
    role = Role.MARKETER
    template = "campaigns/presence.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        number = request.POST.get(NUMBER, "")
        campaign = cast("Campaign", self.admin.own_row(request, number)) if number else None
        place = place_of(request, project, campaign)
        if "forget" in request.POST:
            unsaved.forget(place)
            return HttpResponseRedirect(_form_of(place))
        at, is_written = timezone.now(), "name" in request.POST
        waited = campaign is not None and campaign.status == CampaignStatus.AWAITING
        if campaign is not None and waited and is_written:
            _take_back(campaign, by=actor_of(request))
        if campaign is not None and campaign.status not in UNPUBLISHED:
            return self.part(request, is_published=True)
        is_kept = unsaved.keep(place, request.POST.urlencode() if is_written else None, at=at)
        others = unsaved.others_at(place, at=at)
        return self.part(
            request,
            kept_at=at if is_kept else None,
            others=others,
            waited=waited,
            is_written=is_written,
        )


def place_of(request: HttpRequest, project: Project, campaign: Campaign | None) -> Place:
    return Place(project=project, by=cast("User", request.user), campaign=campaign)


def _take_back(campaign: Campaign, *, by: Actor) -> None:
    """Nobody approves what is being changed. Somebody may have approved it a moment ago."""
    try:
        take_back(campaign, by=by)
    except LifecycleError:
        campaign.refresh_from_db()


def continued(form: type[Any], data: str) -> type[Any]:
    """The form as it was left, as if it had been posted just now."""

    class Continued(form):  # type: ignore[misc]
        def __init__(self, _data: object = None, *args: Any, **kwargs: Any) -> None:
            super().__init__(QueryDict(data), *args, **kwargs)
            self.is_valid()

    return Continued


def _form_of(place: Place) -> str:
    if place.campaign is None:
        return reverse("admin:campaigns_campaign_add")
    return reverse("admin:campaigns_campaign_change", args=[place.campaign.pk])
