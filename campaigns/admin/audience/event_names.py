"""Names of events, deleted: one on its page, many at once from their list."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict

from campaigns.admin.lists.ticks import TICKED, ticked_in
from campaigns.audience.uploads.deleting_names import (
    MOST_NAMED,
    delete_event_names,
    names_among,
)
from campaigns.models import EventKind
from providers.admin.dialogs import DeleteRow, Dialog
from providers.admin.row_numbers import row_number
from providers.models import Project, Role
from providers.people.access import actor_of
from providers.refusals import Refusal
from providers.views.site_pages import go_to

SEEN = "names"  # how many they were when somebody was asked


class DeleteName(DeleteRow):
    title = "Delete this name with its events?"
    text = (
        "All that has come under it goes, in the background, and nobody can bring it back. A"
        " program that still sends it afterwards brings the name back, but not what was there."
    )
    button = "Delete for good"
    said = "is being deleted with its events."

    def back(self, request: HttpRequest, about: EventKind) -> str:
        return self.admin.list_page


class DeleteNames(Dialog):
    """Those ticked, or all that the list shows, on all its pages."""

    address, name = "delete-names/", "delete_names"
    role = Role.ADMIN
    template = "campaigns/event_names_dialog.html"
    title = "Delete these names with their events?"
    button = "Delete for good"
    is_grave = True

    def shown(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        return self._asked(request, request.GET, about)

    def post(self, request: HttpRequest, about: Project) -> HttpResponse:
        kinds = self._meant(request, request.POST, about)
        seen = row_number(request.POST.get(SEEN, ""))
        try:
            going = delete_event_names(about, kinds, seen=seen, by=actor_of(request))
        except Refusal as refusal:
            asked = self._asked(request, request.POST, about)
            return self.ask(request, **asked, problem=str(refusal))
        are = "1 name is" if going == 1 else f"{going:,} names are"
        messages.success(request, f"{are} being deleted. The list shows what is left.")
        return go_to(request, self.admin.list_page)

    def _meant(
        self, request: HttpRequest, given: QueryDict, project: Project
    ) -> QuerySet[EventKind]:
        kinds = EventKind.objects.filter(project=project)
        if ticked := ticked_in(given):
            return kinds.filter(pk__in=ticked)
        found, _ = self.admin.get_search_results(request, kinds, given.get(SEARCH_VAR, ""))
        return found

    def _asked(self, request: HttpRequest, given: QueryDict, project: Project) -> dict[str, Any]:
        names = names_among(project, self._meant(request, given, project))
        number = names.going.count()
        first = list(names.going.order_by("name").values_list("name", flat=True)[:MOST_NAMED])
        used = [(name, users[:MOST_NAMED]) for name, users in list(names.used.items())[:MOST_NAMED]]
        ticked = ",".join(map(str, ticked_in(given)))
        return {
            "number": number,
            "first": first,
            "others": number - len(first),
            "used": used,
            "others_used": len(names.used) - len(used),
            "asked": [(TICKED, ticked), (SEARCH_VAR, given.get(SEARCH_VAR, ""))],
        }
