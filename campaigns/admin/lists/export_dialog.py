"""People or results that a page shows, into a file: asked over the page, written by a worker."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from campaigns.models import ExportFormat
from campaigns.results.exports.asking import ask_for
from campaigns.results.exports.whom import Wish
from providers.admin.dialogs import Dialog
from providers.models import Role
from providers.people.access import actor_of
from providers.refusals import Refusal
from providers.views.site_pages import go_to


class ExportDialog(Dialog):
    role = Role.MARKETER
    template = "campaigns/export_dialog.html"
    title = "Export these people"
    button = "Write the file"

    def wish(self, request: HttpRequest, about: Any) -> Wish:
        """Raises Refusal."""
        raise NotImplementedError

    def more(self, request: HttpRequest, about: Any) -> dict[str, Any]:
        """What else the dialog shows, asks and sends along."""
        return {}

    def shown(self, request: HttpRequest, about: Any) -> dict[str, Any]:
        return self.more(request, about)

    def post(self, request: HttpRequest, about: Any) -> HttpResponse:
        try:
            wish = replace(self.wish(request, about), format=_format(request))
            export = ask_for(self.project(request), wish, by=actor_of(request))
        except Refusal as refusal:
            return self.ask(request, problem=str(refusal), **self.more(request, about))
        return go_to(request, reverse("admin:campaigns_export_change", args=[export.pk]))


def _format(request: HttpRequest) -> ExportFormat:
    """CSV holds everything: whoever sends no choice, or none that there is, gets that."""
    asked = request.POST.get("format", "")
    return ExportFormat(asked) if asked in ExportFormat.values else ExportFormat.CSV
