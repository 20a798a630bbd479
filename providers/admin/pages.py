"""The pages of an admin: it lists them, `pages = (LivePage, PublishPage, …)`, and inherits none.

So no page can get into another one's way.
"""

from typing import Any, cast

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Project, Role
from providers.views.site_pages import SitePage


class Page(SitePage):
    """A page of an admin: about the row whose number stands in its address, else about the project.

    Its address stands below the admin's own. Where its name is one of Django's own ("change",
    "history", …), it stands in place of Django's page.
    """

    related: tuple[str, ...] = ()  # what it shows of the row's relations

    def __init__(self, admin: ProjectScopedAdmin) -> None:
        super().__init__(admin.admin_site)
        self.admin = admin

    @property
    def url_name(self) -> str:
        return self.admin.url_name(self.name)

    def place(self) -> URLPattern:
        placed = super().place()
        # As Django's own pages have it: who changes the project there goes on at the list.
        cast("Any", placed.callback).model_admin = self.admin
        return placed

    def about(self, request: HttpRequest, **named: Any) -> Any:
        for number in named.values():
            return self.admin.own_row(request, number, *self.related)
        return self.project(request)

    def show(
        self, request: HttpRequest, template: str = "", /, *, title: str, **shown: Any
    ) -> HttpResponse:
        frame = {"opts": self.admin.opts, "media": self.admin.media}
        if not isinstance(shown.get("original"), Model):  # else path and tab name the row
            frame["own_title"] = title
        return super().show(request, template, title=title, **{**frame, **shown})

    def form(self, request: HttpRequest, row: Model | None = None, **shown: Any) -> HttpResponse:
        """Django's own form, of a row or of a new one."""
        number = str(row.pk) if row else None
        form = self.admin.changeform_view(request, number, extra_context=shown)
        return cast("HttpResponse", form)


class AddPage(Page):
    """What comes before the form of a new row."""

    address, name = "add/", "add"
    role = Role.MARKETER

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        return self.form(request)
