"""Another status, or the end, for one template or many: each after a confirmation that names the
campaigns that stop."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from providers.admin.dialogs import Dialog
from providers.connection.dependents import Dependent, dependents_of
from providers.models import Role
from providers.people.access import actor_of
from providers.watch.actors import Actor
from templates_app.keeping.readiness import NotReadyError
from templates_app.keeping.statuses import delete, set_status
from templates_app.models import Status, Template

WHY_LONGEST = 500


@dataclass(slots=True)
class Outcome:
    """What became of each, told in one go."""

    done: list[str] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Move(Dialog):
    """`label` stands in the menus; a move without a status deletes."""

    role = Role.MARKETER
    template = "templates_app/move_dialog.html"
    label: str
    status: Status | None = None
    asks_why = False

    def shown(self, request: HttpRequest, template: Template) -> dict[str, Any]:
        return {"stops": self.stopped([template])}

    def post(self, request: HttpRequest, template: Template) -> HttpResponse:
        self._make(request, [template])
        return HttpResponseRedirect(self.back(request, template))

    def many(self, request: HttpRequest, chosen: QuerySet[Template]) -> HttpResponse:
        """The first POST comes from the list and shows what would happen; the second confirms."""
        templates = list(chosen.order_by("name", "language"))
        if "confirmed" in request.POST:
            self._make(request, templates)
            return HttpResponseRedirect(request.get_full_path())
        return self.show(
            request,
            "templates_app/move_many.html",
            title=self.label,
            move=self,
            action=many_name(type(self)),
            templates=templates,
            stops=self.stopped(templates),
        )

    def stopped(self, templates: Sequence[Template]) -> list[Dependent]:
        if self.status == Status.APPROVED:
            return []
        return [found for template in templates for found in dependents_of(template)]

    def _make(self, request: HttpRequest, templates: Iterable[Template]) -> None:
        why = request.POST.get("why", "").replace("\x00", "").strip()[:WHY_LONGEST]
        outcome = Outcome()
        for template in templates:
            _make_one(template, self.status, why=why, by=actor_of(request), outcome=outcome)
        _tell(request, self.status, outcome)


class Approve(Move):
    address, name = "<int:pk>/approve/", "approve_now"
    label = button = "Mark as approved"
    title = "Approved at Gupshup?"
    text = (
        "“Approved” is your word that Gupshup lists it as approved, with exactly this text. From "
        "then on campaigns can send it."
    )
    status = Status.APPROVED


class Pend(Move):
    address, name = "<int:pk>/pend/", "pend_now"
    label = button = "Mark as pending"
    title = "Waiting for approval?"
    text = "It was submitted at Gupshup, and the answer is not there yet."
    status = Status.PENDING


class Reject(Move):
    address, name = "<int:pk>/reject/", "reject_now"
    label = button = "Mark as rejected"
    title = "Rejected?"
    text = "Nobody gets it until it is approved."
    status = Status.REJECTED
    asks_why = True


class Pause(Move):
    address, name = "<int:pk>/pause/", "pause_now"
    label = button = "Pause"
    title = "Pause?"
    text = "Nobody gets it until it is marked as approved again."
    status = Status.PAUSED
    asks_why = True


class Archive(Move):
    address, name = "<int:pk>/archive/", "archive_now"
    label = "Move to the archive"
    title = "Move to the archive?"
    text = "It can't be sent any more. Its history stays, and it can be approved again."
    button = "Archive"
    status = Status.ARCHIVED


class Delete(Move):
    """Before Django's own page, which would stop at the first campaign."""

    address, name = "<int:pk>/delete/", "delete_now"
    label = button = "Delete"
    title = "Delete?"
    text = (
        "What no campaign was made with is gone for good. The rest goes to the archive, so that "
        "old campaigns can still show what they sent."
    )
    is_grave = True


MOVES: tuple[type[Move], ...] = (Approve, Pend, Reject, Pause, Archive, Delete)


def moves_for(template: Template) -> list[dict[str, str]]:
    """The menu of one template: where each move asks, and what it is called."""
    return [
        {
            "label": move.label,
            "url": reverse(f"admin:templates_app_template_{move.name}", args=[template.pk]),
        }
        for move in MOVES
        if move.status != template.status
    ]


def many_name(move: type[Move]) -> str:
    """Of the list's action."""
    return f"{move.name.removesuffix('_now')}_many"


def many(move: type[Move]) -> tuple[Callable[..., HttpResponse], str, str]:
    """The list's action, as Django wants it."""

    def act(admin: Any, request: HttpRequest, chosen: QuerySet[Template]) -> HttpResponse:
        return move(admin).many(request, chosen)

    return act, many_name(move), move.label


def _make_one(
    template: Template, status: Status | None, *, why: str, by: Actor, outcome: Outcome
) -> None:
    name = str(template)
    try:
        if status is not None:
            set_status(template, status, by=by, why=why)
            outcome.done.append(name)
        elif delete(template, by=by):
            outcome.done.append(name)
        else:
            outcome.archived.append(name)
    except NotReadyError as error:
        outcome.refused.append(f"{name}: {error}")


def _tell(request: HttpRequest, status: Status | None, outcome: Outcome) -> None:
    named = status.label.lower() if status is not None else "deleted"
    if outcome.done:
        messages.success(request, f"{_counted(outcome.done)} now {named}.")
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
