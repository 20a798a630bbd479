"""The filters of the list of messages, kept by a name."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from campaigns.admin.lists.view_dialogs import DropView, KeepView
from campaigns.admin.messages.message_filters import KEPT_FILTERS
from campaigns.models import MessageView
from campaigns.results.message_views import LONGEST_VALUE, delete_view, keep_view, views_of
from providers.models import Project
from providers.people.access import actor_of
from providers.watch.actors import Actor


class KeepMessageView(KeepView):
    text = "Its filters are kept for everybody in the project. A search is not."

    def looked_at(self, request: HttpRequest, project: Project) -> dict[str, Any]:
        return {"asked": list(filters_in(_given(request)).items())}

    def keep(self, request: HttpRequest, project: Project, name: str) -> MessageView:
        filters = filters_in(_given(request))
        return keep_view(project, name, filters=filters, by=actor_of(request))

    def address_of(self, view: Any) -> str:
        return address_of_view(view.filters)


class DropMessageView(DropView):
    views = MessageView
    text = "The messages stay. Nobody in the project has the view any more."

    def drop(self, view: Any, *, by: Actor) -> None:
        delete_view(view, by=by)


MESSAGE_VIEWS = (KeepMessageView, DropMessageView)


def filters_in(given: QueryDict) -> dict[str, str]:
    """Those that a view keeps: no search, and no page."""
    found = ((name, given.get(name, "")) for name in KEPT_FILTERS)
    return {
        name: value
        for name, value in found
        if value and len(value) <= LONGEST_VALUE and "\0" not in value
    }


def address_of_view(filters: Mapping[str, str]) -> str:
    """What stands behind the question mark. What is no filter any more is left out."""
    return urlencode({name: filters[name] for name in KEPT_FILTERS if name in filters})


def views_shown(project: Project, given: QueryDict) -> list[tuple[MessageView, str, bool]]:
    """Each with its address, and whether it is the one that is looked at."""
    here = address_of_view(filters_in(given))
    addresses = [(view, address_of_view(view.filters)) for view in views_of(project)]
    return [(view, there, there == here) for view, there in addresses]


def _given(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET
