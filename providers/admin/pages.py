"""A page is an object: where it stands, who may open it, what it shows and what it does.

An admin lists its pages, `pages = (LivePage, PublishPage, …)`, and inherits none of them, so no
page can get into another one's way. `get` shows, `post` acts; a page takes what it has a method
for. Both are told what the page is about.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Project, Role
from providers.people.access import access_of, active_project, actor_of
from providers.watch.actors import Actor


def asked_by(request: HttpRequest) -> Actor:
    """Whoever asks; nobody opens a page of the console without having signed in."""
    return actor_of(request)


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """Where a dialog or an upload is sent by htmx, a plain redirect would not leave the page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


class SitePage:
    """A page that belongs to no kind of row. It is about the active project."""

    address: str
    name: str  # of the address
    role = Role.VIEWER  # the least that may open it
    template: str

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def place(self) -> URLPattern:
        methods = ["GET", "HEAD"] if hasattr(self, "get") else []
        methods += ["POST"] if hasattr(self, "post") else []
        view = self.site.admin_view(require_http_methods(methods)(self.open))
        return path(self.address, view, name=self.url_name)

    @property
    def url_name(self) -> str:
        return self.name

    def open(self, request: HttpRequest, **named: Any) -> HttpResponse:
        """What isn't there is not found, whoever asks; only then comes whether they may."""
        about = self.about(request, **named)
        if not self.may_open(request, about):
            raise PermissionDenied
        act = getattr(self, "post" if request.method == "POST" else "get")
        answer: HttpResponse = act(request, about)
        return answer

    def about(self, request: HttpRequest, **named: Any) -> Any:
        return self.project(request)

    def may_open(self, request: HttpRequest, about: Any) -> bool:
        return access_of(request).at_least(self.role)

    def project(self, request: HttpRequest) -> Project:
        project = active_project(request)
        if project is None:
            raise PermissionDenied("You have no project yet.")
        return project

    def show(
        self, request: HttpRequest, *, title: str, template: str = "", **shown: Any
    ) -> HttpResponse:
        """The whole page."""
        context = {**self.site.each_context(request), "title": title, **shown}
        return TemplateResponse(request, template or self.template, context)

    def part(self, request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
        """What stands in a dialog, or is put into a page that is open."""
        return render(request, self.template, shown, status=status)


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

    def about(self, request: HttpRequest, **named: Any) -> Any:
        for number in named.values():
            return self.admin.own_row(request, number, *self.related)
        return self.project(request)

    def show(
        self, request: HttpRequest, *, title: str, template: str = "", **shown: Any
    ) -> HttpResponse:
        frame = {"opts": self.admin.opts, "media": self.admin.media}
        return super().show(request, title=title, template=template, **{**frame, **shown})
