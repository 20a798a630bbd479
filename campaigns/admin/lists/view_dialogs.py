"""Keeping what a list shows as a view, and deleting one: what the lists' dialogs share."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns.audience.kept_views import GONE, LONGEST_NAME, ViewError
from campaigns.models.kept_view import KeptView
from providers.admin.dialogs import Dialog
from providers.admin.row_numbers import row_number
from providers.models import Project, Role
from providers.people.access import actor_of
from providers.refusals import Refusal
from providers.views.plain_errors import PlainForm
from providers.views.site_pages import go_to
from providers.watch.actors import Actor


class ViewForm(PlainForm):
    name = forms.CharField(
        label="Name of the view",
        max_length=LONGEST_NAME,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "data-begins": True}),
    )


class KeepView(Dialog):
    """`looked_at` is what the dialog shows of the list, `asked` what it sends along."""

    address, name = "views/keep/", "keep_view"
    role = Role.MARKETER
    template = "campaigns/view_dialog.html"
    title = "Keep this view"
    button = "Keep it"

    def looked_at(self, request: HttpRequest, project: Project) -> dict[str, Any]:
        raise NotImplementedError

    def keep(self, request: HttpRequest, project: Project, name: str) -> KeptView:
        """Raises Refusal."""
        raise NotImplementedError

    def address_of(self, view: KeptView) -> str:
        """What stands behind the question mark."""
        raise NotImplementedError

    def shown(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        return {**self.looked_at(request, about), "form": ViewForm()}

    def post(self, request: HttpRequest, about: Project) -> HttpResponse:
        form = ViewForm(request.POST)
        if form.is_valid():
            try:
                view = self.keep(request, about, form.cleaned_data["name"])
            except Refusal as refusal:
                form.add_error("name", str(refusal))
            else:
                messages.success(request, f"The view “{view}” is kept, above the list.")
                return go_to(request, f"{self.admin.list_page}?{self.address_of(view)}")
        return self.ask(request, **self.looked_at(request, about), form=form)


class DropView(Dialog):
    address, name = "views/drop/", "drop_view"
    role = Role.MARKETER
    template = "campaigns/view_drop.html"
    title = "Delete this view?"
    button = "Delete it"
    is_grave = True
    views: type[KeptView]

    def drop(self, view: Any, *, by: Actor) -> None:
        """Raises Refusal."""
        raise NotImplementedError

    def shown(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        return {"view": self._view(request.GET.get("view", ""), about)}

    def act(self, request: HttpRequest, about: Project) -> str:
        view = self._view(request.POST.get("view", ""), about)
        if view is None:
            raise ViewError(GONE, code="people_view.gone")
        self.drop(view, by=actor_of(request))
        return "The view is deleted."

    def back(self, request: HttpRequest, about: Project) -> str:
        return self.admin.list_page

    def _view(self, text: str, project: Project) -> KeptView | None:
        views = self.views._default_manager.filter(project=project, pk=row_number(text) or 0)
        return views.select_related("project").first()
