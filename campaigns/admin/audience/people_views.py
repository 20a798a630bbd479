"""The order and the columns of the list of people, chosen and kept by a name."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from campaigns.admin.audience.people_filter import filter_of, pairs_of
from campaigns.admin.audience.people_look import ORDERS, Look
from campaigns.admin.audience.segment_draft import EMPTY
from campaigns.admin.lists.view_dialogs import DropView, KeepView
from campaigns.audience.kept_views import ViewError
from campaigns.audience.paging import Order
from campaigns.audience.people_views import MOST_COLUMNS, delete_view, keep_view, views_of
from campaigns.models import PeopleView, ProfileProperty
from providers.admin.pages import Page
from providers.models import Project
from providers.people.access import actor_of
from providers.watch.actors import Actor


class LookPart(Page):
    """The form of it, which leads to another address of the list."""

    address, name = "look/", "look"
    template = "campaigns/people_look.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        found = filter_of(request, project)
        known = ProfileProperty.objects.filter(project=project).order_by("name")
        names = known.values_list("name", flat=True)
        boxes = [(name, name in found.look.columns) for name in names]
        shown: dict[str, Any] = {"boxes": boxes, "most": MOST_COLUMNS}
        kept = pairs_of(found.document, found.query)
        return self.part(request, people=found, kept=kept, orders=list(ORDERS.items()), **shown)


class KeepPeopleView(KeepView):
    template = "campaigns/people_view_dialog.html"
    text = "Its filter, order and columns are kept for everybody in the project. A search is not."

    def looked_at(self, request: HttpRequest, project: Project) -> dict[str, Any]:
        found = filter_of(request, project)
        return {"asked": found.pairs, "people": found, "orders": ORDERS}

    def keep(self, request: HttpRequest, project: Project, name: str) -> PeopleView:
        found = filter_of(request, project)
        if found.problem:
            raise ViewError(found.problem)
        return keep_view(
            project,
            name,
            rule=found.document,
            order=found.look.order,
            columns=found.look.columns,
            by=actor_of(request),
        )

    def address_of(self, view: Any) -> str:
        return address_of_view(view)


class DropPeopleView(DropView):
    views = PeopleView
    text = "The people stay. Nobody in the project has the view any more."

    def drop(self, view: Any, *, by: Actor) -> None:
        delete_view(view, by=by)


PEOPLE_VIEWS = (LookPart, KeepPeopleView, DropPeopleView)


def address_of_view(view: PeopleView) -> str:
    """What stands behind the question mark."""
    order = Order(view.order) if view.order in ORDERS else Order.NEWEST
    look = Look(order, tuple(map(str, view.columns)))
    document = view.rule if view.rule.get("conditions") else EMPTY
    return urlencode([*pairs_of(document, ""), *look.pairs])


def views_shown(project: Project, address: str) -> list[tuple[PeopleView, str, bool]]:
    """Each with its address, and whether it is the one that is looked at."""
    addresses = [(view, address_of_view(view)) for view in views_of(project)]
    return [(view, there, there == address) for view, there in addresses]
