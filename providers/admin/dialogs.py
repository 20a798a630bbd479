"""GET shows what would happen, POST does it, and what an act refuses becomes a message."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from providers.admin.pages import Page
from providers.views.site_pages import Act

# Of a form whose row a DeleteRow deletes: Django's own link goes, our button comes.
BY_DIALOG = {"show_delete": False, "deletes_by_dialog": True}


class RowAct(Act, Page):
    """On the row that the address names. The person goes on with its page, or with the list if it
    is gone."""

    def back(self, request: HttpRequest, about: Any) -> str:
        is_there = self.admin.model._base_manager.filter(pk=about.pk).exists()
        return self.admin.page_of(about) if is_there else self.admin.list_page


class Dialog(RowAct):
    """A row's button asks first."""

    template = "providers/dialog.html"
    title: str
    text = ""
    button: str
    is_grave = False

    def get(self, request: HttpRequest, about: Any) -> HttpResponse:
        return self.ask(request, **self.shown(request, about))

    def ask(self, request: HttpRequest, **shown: Any) -> HttpResponse:
        return self.part(request, dialog=self, project=self.project(request), **shown)

    def shown(self, request: HttpRequest, about: Any) -> dict[str, Any]:
        """What the dialog says besides its own words."""
        return {}


class DeleteRow(Dialog):
    """In place of Django's page, for rows whose `delete_model` is an act of ours."""

    address, name = "<path:object_id>/delete/", "delete"
    template = "providers/delete_dialog.html"
    button = "Delete it"
    said = "is deleted."
    is_grave = True

    def may_open(self, request: HttpRequest, about: Any) -> bool:
        return self.admin.has_delete_permission(request, about)

    def shown(self, request: HttpRequest, about: Any) -> dict[str, Any]:
        return {"row": about}

    def act(self, request: HttpRequest, about: Any) -> str:
        called = str(about)
        self.admin.delete_model(request, about)
        return f"“{called}” {self.said}"
