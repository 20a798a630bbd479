"""Another status, or the end, for one template or many: each after a confirmation that names the
campaigns that stop."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from providers.connection.dependents import Dependent, dependents_of
from providers.people.access import actor_of
from providers.watch.actors import Actor
from templates_app.admin.own_template import LIST, PAGE, OwnTemplate
from templates_app.keeping.readiness import NotReadyError
from templates_app.keeping.statuses import delete, set_status
from templates_app.models import Status, Template

WHY_LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Move:
    """`name` stands in the address; a move without a status deletes."""

    name: str
    label: str
    title: str
    text: str
    button: str
    status: Status | None = None
    asks_why: bool = False
    is_grave: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of each, told in one go."""

    done: list[str] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


MOVES = (
    Move(
        name="approve",
        label="Mark as approved",
        title="Approved at Gupshup?",
        text="“Approved” is your word that Gupshup lists it as approved, with exactly this text. "
        "From then on campaigns can send it.",
        button="Mark as approved",
        status=Status.APPROVED,
    ),
    Move(
        name="pend",
        label="Mark as pending",
        title="Waiting for approval?",
        text="It was submitted at Gupshup, and the answer is not there yet.",
        button="Mark as pending",
        status=Status.PENDING,
    ),
    Move(
        name="reject",
        label="Mark as rejected",
        title="Rejected?",
        text="Nobody gets it until it is approved.",
        button="Mark as rejected",
        status=Status.REJECTED,
        asks_why=True,
    ),
    Move(
        name="pause",
        label="Pause",
        title="Pause?",
        text="Nobody gets it until it is marked as approved again.",
        button="Pause",
        status=Status.PAUSED,
        asks_why=True,
    ),
    Move(
        name="archive",
        label="Move to the archive",
        title="Move to the archive?",
        text="It can't be sent any more. Its history stays, and it can be approved again.",
        button="Archive",
        status=Status.ARCHIVED,
    ),
    Move(
        name="delete",
        label="Delete",
        title="Delete?",
        text="What no campaign was made with is gone for good. The rest goes to the archive, so "
        "that old campaigns can still show what they sent.",
        button="Delete",
        is_grave=True,
    ),
)


class Moves(OwnTemplate):
    def get_urls(self) -> list[URLPattern]:
        def move_url(move: Move) -> Any:
            def view(request: HttpRequest, pk: int) -> HttpResponse:
                return self._move_view(request, pk, move)

            page = self.admin_site.admin_view(view)
            name = f"templates_app_template_{move.name}_now"
            return path(f"<int:pk>/{move.name}/", page, name=name)

        # Before Django's own pages: its deletion would stop at the first campaign.
        return [*(move_url(move) for move in MOVES), *super().get_urls()]

    def _move_view(self, request: HttpRequest, pk: int, move: Move) -> HttpResponse:
        """GET shows the dialog, POST does what it says."""
        template = self.own_template(request, pk)
        if request.method == "POST":
            self._make(request, [template], move)
            here = Template.objects.filter(pk=pk).exists()
            return HttpResponseRedirect(reverse(PAGE, args=[pk]) if here else reverse(LIST))
        context = {"move": move, "templates": [template], "stops": stopped_by(move, [template])}
        return render(request, "templates_app/move_dialog.html", context)

    # Many at once ---------------------------------------------------------------------------------

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if not self.access(request).can_change:
            return {name: action for name, action in actions.items() if name == "export_many"}
        for move in MOVES:
            actions[f"{move.name}_many"] = (self._many(move), f"{move.name}_many", move.label)
        return actions

    def _many(self, move: Move) -> Callable[..., HttpResponse]:
        def act(_admin: object, request: HttpRequest, chosen: QuerySet[Template]) -> HttpResponse:
            return self._many_view(request, chosen, move)

        return act

    def _many_view(
        self, request: HttpRequest, chosen: QuerySet[Template], move: Move
    ) -> HttpResponse:
        """The first POST comes from the list and shows what would happen; the second confirms."""
        templates = list(chosen.order_by("name", "language"))
        if "confirmed" in request.POST:
            self._make(request, templates, move)
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "title": move.label,
            "opts": self.model._meta,
            "move": move,
            "action": f"{move.name}_many",
            "templates": templates,
            "stops": stopped_by(move, templates),
            "media": self.media,
        }
        return TemplateResponse(request, "templates_app/move_many.html", context)

    def _make(self, request: HttpRequest, templates: Iterable[Template], move: Move) -> None:
        why = request.POST.get("why", "").replace("\x00", "").strip()[:WHY_LONGEST]
        outcome = Outcome()
        for template in templates:
            _make_one(template, move, why=why, by=actor_of(request), outcome=outcome)
        _tell(request, move, outcome)


def moves_for(template: Template) -> list[dict[str, str]]:
    """The menu of one template: where each move asks, and what it is called."""
    return [
        {
            "label": move.label,
            "url": reverse(f"admin:templates_app_template_{move.name}_now", args=[template.pk]),
        }
        for move in MOVES
        if move.status != template.status
    ]


def stopped_by(move: Move, templates: Sequence[Template]) -> list[Dependent]:
    if move.status == Status.APPROVED:
        return []
    return [found for template in templates for found in dependents_of(template)]


def _make_one(template: Template, move: Move, *, why: str, by: Actor, outcome: Outcome) -> None:
    name = str(template)
    try:
        if move.status is not None:
            set_status(template, move.status, by=by, why=why)
            outcome.done.append(name)
        elif delete(template, by=by):
            outcome.done.append(name)
        else:
            outcome.archived.append(name)
    except NotReadyError as error:
        outcome.refused.append(f"{name}: {error}")


def _tell(request: HttpRequest, move: Move, outcome: Outcome) -> None:
    status = move.status.label.lower() if move.status is not None else "deleted"
    if outcome.done:
        messages.success(request, f"{_counted(outcome.done)} now {status}.")
    if outcome.archived:
        messages.warning(
            request,
            f"{_counted(outcome.archived)} in the archive now: campaigns were made with it, so it "
            "stays readable.",
        )
    for refusal in outcome.refused:
        messages.error(request, refusal)


def _counted(names: Sequence[str]) -> str:
    return f"“{names[0]}” is" if len(names) == 1 else f"{len(names)} templates are"
