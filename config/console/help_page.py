"""Help: the documentation, served by the console itself, at addresses like /help/campaigns.md."""

from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from config.console import manual
from providers.models import Project
from providers.views.site_pages import SitePage


class _ReadByEverybody(SitePage):
    """Whoever is signed in, with or without a project."""

    def may_open(self, request: HttpRequest, about: object) -> bool:
        return True


class HelpPage(_ReadByEverybody):
    address, name = "help/<path:chapter>", "help"
    template = "kabootar/help.html"

    def about(self, request: HttpRequest, **named: str) -> Path:
        place = manual.file_of(named["chapter"])
        if place is None:
            raise Http404("No such chapter.")
        return place

    def get(self, request: HttpRequest, place: Path) -> HttpResponse | FileResponse:
        if kind := manual.PICTURES.get(place.suffix):
            return FileResponse(place.open("rb"), content_type=kind)
        title, text = manual.title_of(place), manual.as_html(place)
        is_first = place.name == manual.FIRST and place.parent == manual.FOLDER
        return self.show(request, title=title, text=text, is_first=is_first)


class HelpStart(_ReadByEverybody):
    address, name = "help/", "help_start"

    def about(self, request: HttpRequest, **named: str) -> Project | None:
        return None

    def get(self, request: HttpRequest, about: None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:help", args=[manual.FIRST]))


HELP = (HelpStart, HelpPage)
