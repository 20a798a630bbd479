"""What nobody changes: its list is for looking, and its page tells its story."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from providers.admin.pages import Page
from providers.admin.scoping import ProjectScopedAdmin


class ReadOnlyAdmin(ProjectScopedAdmin):
    """Rows that are written by what happens. Their order is the order of events."""

    role_to_add = role_to_change = None
    actions = None
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER  # they would count all rows for each choice of a filter


class ReadOnlyPage(Page):
    """A row's own page, without a form. It only shows, also when it is posted to."""

    name = "change"
    address = "<path:object_id>/change/"

    def get(self, request: HttpRequest, about: Any) -> HttpResponse:
        shown = self.shown(request, about)
        return self.show(request, title=self.title(about), original=about, **shown)

    def post(self, request: HttpRequest, about: Any) -> HttpResponse:
        return self.get(request, about)

    def title(self, row: Any) -> str:
        return str(row)

    def shown(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        raise NotImplementedError
