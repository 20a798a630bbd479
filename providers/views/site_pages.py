"""A page is an object: where it stands, who may open it, what it shows and what it does.

`get` shows, `post` acts; a page takes what it has a method for. Both are told what the page is
about. Here are those that belong to no kind of row; providers/admin/pages.py has those of an admin.
"""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from providers.models import Project, Role
from providers.people.access import access_of, active_project
from providers.refusals import Refusal


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
        self, request: HttpRequest, template: str = "", /, *, title: str, **shown: Any
    ) -> HttpResponse:
        """The whole page."""
        context = {**self.site.each_context(request), "title": title, **shown}
        return TemplateResponse(request, template or self.template, context)

    def part(self, request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
        """What stands in a dialog, or is put into a page that is open."""
        return render(request, self.template, shown, status=status)


class OperatorPage(SitePage):
    """About the installation, with or without projects."""

    def about(self, request: HttpRequest, **named: Any) -> None:
        """None: whoever asks, it is the same."""

    def may_open(self, request: HttpRequest, about: None) -> bool:
        return request.user.is_superuser


class Act(SitePage):
    """A POST alone: a button acts without asking first."""

    refusals: tuple[type[Exception], ...] = (Refusal,)
    refused_as = messages.WARNING

    def post(self, request: HttpRequest, about: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                said = self.act(request, about)
        except self.refusals as refusal:
            messages.add_message(request, self.refused_as, str(refusal))
        else:
            if said:
                messages.success(request, said)
        return HttpResponseRedirect(self.back(request, about))

    def act(self, request: HttpRequest, about: Any) -> str:
        """What is said afterwards; nothing where what comes says it all."""
        raise NotImplementedError

    def back(self, request: HttpRequest, about: Any) -> str:
        """Where the person goes on, whatever came of it."""
        raise NotImplementedError
