"""The order and the columns of the list of people, chosen and kept by a name."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns.admin.audience.people_filter import PeopleFilter, filter_of, pairs_of
from campaigns.admin.audience.people_look import ORDERS, Look
from campaigns.admin.audience.segment_draft import EMPTY
from campaigns.audience.paging import Order
from campaigns.audience.people_views import (
    LONGEST_NAME,
    MOST_COLUMNS,
    ViewError,
    delete_view,
    keep_view,
    views_of,
)
from campaigns.models import PeopleView, ProfileProperty
from providers.admin.dialogs import Dialog
from providers.admin.pages import Page
from providers.admin.row_numbers import row_number
from providers.models import Project, Role
from providers.people.access import actor_of
from providers.refusals import Refusal
from providers.views.plain_errors import PlainForm
from providers.views.site_pages import go_to


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


class ViewForm(PlainForm):
    name = forms.CharField(
        label="Name of the view",
        max_length=LONGEST_NAME,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "data-begins": True}),
    )


class KeepView(Dialog):
    address, name = "views/keep/", "keep_view"
    role = Role.MARKETER
    template = "campaigns/people_view_dialog.html"
    title = "Keep this view"
    text = "Its filter, order and columns are kept for everybody in the project. A search is not."
    button = "Keep it"

    def shown(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        return _asked(filter_of(request, about), ViewForm())

    def post(self, request: HttpRequest, about: Project) -> HttpResponse:
        found, form = filter_of(request, about), ViewForm(request.POST)
        if form.is_valid():
            try:
                view = _kept(request, found, form.cleaned_data["name"])
            except Refusal as refusal:
                form.add_error("name", str(refusal))
            else:
                messages.success(request, f"The view “{view}” is kept, above the list.")
                return go_to(request, f"{self.admin.list_page}?{address_of_view(view)}")
        return self.ask(request, **_asked(found, form))


def _asked(found: PeopleFilter, form: ViewForm) -> dict[str, Any]:
    return {"form": form, "asked": found.pairs, "people": found, "orders": ORDERS}


def _kept(request: HttpRequest, found: PeopleFilter, name: str) -> PeopleView:
    if found.problem:
        raise ViewError(found.problem)
    return keep_view(
        found.project,
        name,
        rule=found.document,
        order=found.look.order,
        columns=found.look.columns,
        by=actor_of(request),
    )


class DropView(Dialog):
    address, name = "views/drop/", "drop_view"
    role = Role.MARKETER
    template = "campaigns/people_view_drop.html"
    title = "Delete this view?"
    text = "The people stay. Nobody in the project has the view any more."
    button = "Delete it"
    is_grave = True

    def shown(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        return {"view": _view(request.GET.get("view", ""), about)}

    def act(self, request: HttpRequest, about: Project) -> str:
        view = _view(request.POST.get("view", ""), about)
        if view is None:
            raise ViewError("Somebody has deleted this view already.", code="people_view.gone")
        delete_view(view, by=actor_of(request))
        return "The view is deleted."

    def back(self, request: HttpRequest, about: Project) -> str:
        return self.admin.list_page


PEOPLE_VIEWS = (LookPart, KeepView, DropView)


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


def _view(text: str, project: Project) -> PeopleView | None:
    views = PeopleView.objects.filter(project=project, pk=row_number(text) or 0)
    return views.select_related("project").first()
