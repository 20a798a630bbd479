"""What is done with several campaigns of the list at once, each after a page that names them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.models import LIVE, Campaign, CampaignStatus, RunStatus
from campaigns.planning.labelling import (
    MOST_LABELS,
    LabelError,
    add_labels,
    labels_of,
    read_labels,
    take_labels,
)
from campaigns.results.numbers import results_by_campaign
from campaigns.running.archiving import MAY_COME_BACK, MAY_GO, archive, bring_back
from campaigns.running.lifecycle import LifecycleError, stop
from providers.admin.pages import Page
from providers.people.access import actor_of
from providers.refusals import Refusal

NAMED = 20  # campaigns, on the page that asks


class Many(Page):
    """`passed_by` is said of those that are ticked and not concerned."""

    template = "campaigns/many.html"
    label: str
    text = ""
    button: str
    passed_by = ""
    is_grave = False
    asks_for_labels = False

    def concerned(self, chosen: QuerySet[Campaign]) -> QuerySet[Campaign]:
        return chosen

    def act(self, request: HttpRequest, campaigns: QuerySet[Campaign]) -> str:
        """What is said afterwards. Raises Refusal."""
        raise NotImplementedError

    def more(self, campaigns: QuerySet[Campaign]) -> dict[str, Any]:
        return {}

    def ask_or_act(self, request: HttpRequest, chosen: QuerySet[Campaign]) -> HttpResponse:
        """The first POST comes from the list, the second confirms."""
        problem = ""
        if "confirmed" in request.POST:
            try:
                messages.success(request, self.act(request, self.concerned(chosen)))
                return HttpResponseRedirect(request.get_full_path())
            except Refusal as refusal:
                problem = str(refusal)
        return self._ask(request, chosen, problem)

    def _ask(self, request: HttpRequest, chosen: QuerySet[Campaign], problem: str) -> HttpResponse:
        concerned = self.concerned(chosen)
        number = concerned.count()
        known = labels_of(self.project(request)) if self.asks_for_labels else []
        return self.show(
            request,
            title=self.label,
            asked=self,
            number=number,
            named=list(concerned.order_by("-created_at")[:NAMED]),
            unnamed=max(number - NAMED, 0),
            others=chosen.count() - number,
            chosen=list(chosen.order_by("-created_at").values_list("pk", flat=True)),
            known_labels=known,
            typed=request.POST.get("labels", ""),
            problem=problem,
            **self.more(concerned),
        )


class AddLabels(Many):
    name = "label_many"
    label = button = "Add labels"
    text = f"Labels help your team find campaigns. Each has at most {MOST_LABELS}."
    asks_for_labels = True

    def act(self, request: HttpRequest, campaigns: QuerySet[Campaign]) -> str:
        labels = _typed(request)
        project, chosen = self.project(request), campaigns.count()
        done = add_labels(project, campaigns, labels, by=actor_of(request))
        said = f"{_counted(done)} labelled."
        rest = f" The others have them, or {MOST_LABELS} labels already." if done < chosen else ""
        return said + rest


class TakeLabels(Many):
    name = "unlabel_many"
    label = button = "Remove labels"
    asks_for_labels = True

    def act(self, request: HttpRequest, campaigns: QuerySet[Campaign]) -> str:
        labels, project = _typed(request), self.project(request)
        done = take_labels(project, campaigns, labels, by=actor_of(request))
        return f"{_counted(done)} changed."


class Archive(Many):
    name = "archive_many"
    label = "Move to the archive"
    text = "The list doesn't show them any more. Their results stay, and they can be brought back."
    button = "Archive"
    passed_by = "can't be archived: still going out, waiting for a date, or in the archive already"

    def concerned(self, chosen: QuerySet[Campaign]) -> QuerySet[Campaign]:
        return chosen.filter(MAY_GO)

    def act(self, request: HttpRequest, campaigns: QuerySet[Campaign]) -> str:
        done = archive(self.project(request), campaigns, by=actor_of(request))
        return f"{_counted(done)} in the archive now."


class BringBack(Many):
    name = "bring_back_many"
    label = button = "Bring back"
    text = "They stand in the list again."
    passed_by = "not in the archive"

    def concerned(self, chosen: QuerySet[Campaign]) -> QuerySet[Campaign]:
        return chosen.filter(MAY_COME_BACK)

    def act(self, request: HttpRequest, campaigns: QuerySet[Campaign]) -> str:
        done = bring_back(self.project(request), campaigns, by=actor_of(request))
        return f"{_counted(done)} back in the list."


class StopMany(Many):
    name = "stop_many"
    label = "Stop for good"
    button = "Stop them for good"
    text = (
        "Who has not got a message gets none. A stopped campaign can't be resumed; you can clone "
        "it."
    )
    passed_by = "not going out: nothing is left to stop"
    is_grave = True

    def concerned(self, chosen: QuerySet[Campaign]) -> QuerySet[Campaign]:
        return chosen.filter(status__in=LIVE)

    def more(self, campaigns: QuerySet[Campaign]) -> dict[str, Any]:
        """Who waits now, and how many campaigns have nobody yet: counting theirs takes long."""
        waiting = campaigns.filter(status=CampaignStatus.SCHEDULED).count()
        queued = results_by_campaign(list(campaigns.values_list("pk", flat=True))).values()
        rests = campaigns.filter(runs__status=RunStatus.WAITING)
        tested = sum(rests.values_list("runs__waiting_people", flat=True))
        people = sum(results.count("queued") for results in queued) + tested
        return {"people_waiting": people, "scheduled": waiting}

    def act(self, request: HttpRequest, campaigns: QuerySet[Campaign]) -> str:
        """Each by itself: one that has ended meanwhile keeps none from being stopped."""
        done = 0
        for campaign in campaigns.order_by("pk"):
            try:
                stop(campaign, by=actor_of(request))
                done += 1
            except LifecycleError as refused:
                messages.warning(request, f"“{campaign}”: {refused}")
        return f"{_counted(done)} stopped."


MANY: tuple[type[Many], ...] = (AddLabels, TakeLabels, Archive, BringBack, StopMany)


def list_action(many: type[Many]) -> tuple[Callable[..., HttpResponse], str, str]:
    """As Django wants it."""

    def act(admin: Any, request: HttpRequest, chosen: QuerySet[Campaign]) -> HttpResponse:
        return many(admin).ask_or_act(request, chosen)

    return act, many.name, many.label


def _typed(request: HttpRequest) -> list[str]:
    labels = read_labels(request.POST.get("labels", ""))
    if not labels:
        raise LabelError("Type at least one label.")
    return labels


def _counted(number: int) -> str:
    return "1 campaign is" if number == 1 else f"{number:,} campaigns are"
