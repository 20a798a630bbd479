"""GET shows what would happen, POST does it, and what an act refuses becomes a message."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from providers.admin.pages import Page
from providers.views.site_pages import Act


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
