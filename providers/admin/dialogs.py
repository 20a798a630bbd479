"""GET shows what would happen, POST does it, and what an act refuses becomes a message."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from providers.admin.pages import Page, SitePage


class Act(SitePage):
    """A POST alone: a button acts without asking first."""

    refusals: tuple[type[Exception], ...] = ()
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
        project = self.project(request)
        shown = self.shown(request, about)
        return self.part(request, dialog=self, about=about, project=project, **shown)

    def shown(self, request: HttpRequest, about: Any) -> dict[str, Any]:
        """What the dialog says besides its own words."""
        return {}
