"""The page of an export: how far it is, and the way to its file for whoever asked for it."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from campaigns.models import Export, ExportFormat, ExportStatus
from campaigns.results.exports.asking import cancel_export, is_asked_by, open_export
from campaigns.results.exports.formats import CONTENT_TYPES, file_name_of
from campaigns.results.exports.whom import ExportError
from providers.admin.pages import Page
from providers.admin.pills import pill
from providers.admin.read_only import ReadOnlyPage
from providers.models import Role
from providers.people.access import actor_of

STOP_POLLING = 286  # what htmx takes for “this was the last one”
COLOURS = {
    ExportStatus.QUEUED: "grey",
    ExportStatus.RUNNING: "green",
    ExportStatus.DONE: "green",
    ExportStatus.CANCELLED: "amber",
    ExportStatus.FAILED: "red",
    ExportStatus.GONE: "grey",
}


def status_pill(export: Export) -> str:
    status = ExportStatus(export.status)
    return pill(COLOURS[status], status.label)


def _shown(page: Page, request: HttpRequest, export: Export) -> dict[str, Any]:
    ended, started = export.finished_at or timezone.now(), export.started_at
    return {
        "export": export,
        "status_pill": status_pill(export),
        "is_mine": is_asked_by(export, actor_of(request)),
        "may_delete": page.admin.has_delete_permission(request, export),
        "seconds": (ended - started).total_seconds() if started else 0,
    }


class ExportPage(ReadOnlyPage):
    role = Role.MARKETER
    template = "campaigns/export.html"
    related = ("project", "created_by", "created_by_key")

    def shown(self, request: HttpRequest, export: Export) -> dict[str, Any]:
        return _shown(self, request, export)


class ExportPart(Page):
    address, name = "<int:pk>/progress/", "progress"
    role = Role.MARKETER
    template = "campaigns/export_part.html"
    related = ("project", "created_by", "created_by_key")

    def get(self, request: HttpRequest, export: Export) -> HttpResponse:
        status = STOP_POLLING if export.has_ended else 200
        return self.part(request, status=status, **_shown(self, request, export))


class DownloadExport(Page):
    address, name = "<int:pk>/download/", "download"
    role = Role.MARKETER
    related = ("project",)

    def get(self, request: HttpRequest, export: Export) -> HttpResponse | FileResponse:
        try:
            file = open_export(export, by=actor_of(request))
        except ExportError as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(self.admin.page_of(export))
        name, content_type = file_name_of(export), CONTENT_TYPES[ExportFormat(export.format)]
        return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


class CancelExport(Page):
    address, name = "<int:pk>/cancel/", "cancel"
    role = Role.MARKETER
    related = ("project",)

    def post(self, request: HttpRequest, export: Export) -> HttpResponse:
        if not cancel_export(export, by=actor_of(request)):
            messages.info(request, "This export had ended already.")
        return HttpResponseRedirect(self.admin.page_of(export))


EXPORT_PAGES = (ExportPage, ExportPart, DownloadExport, CancelExport)
