"""The page of an import that has been started: how it goes, and what became of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from campaigns.admin.audience.mapping_page import MappingPage
from campaigns.admin.audience.own_import import page_of
from campaigns.audience.imports.exporting import export_refused
from campaigns.audience.imports.progress import average_speed, progress_of
from campaigns.audience.imports.queueing import cancel
from campaigns.models import Import, ImportKind, ImportStatus
from campaigns.results.speed import in_words
from providers.people.access import actor_of

STOP_POLLING = 286  # what htmx takes for “this was the last one”
COLOURS = {
    ImportStatus.UPLOADED: "amber",
    ImportStatus.QUEUED: "grey",
    ImportStatus.RUNNING: "green",
    ImportStatus.DONE: "grey",
    ImportStatus.CANCELLED: "amber",
    ImportStatus.FAILED: "red",
}


def status_pill(upload: Import) -> str:
    status = ImportStatus(upload.status)
    return format_html('<span class="kb-pill kb-{}">{}</span>', COLOURS[status], status.label)


class ImportPage(MappingPage):
    def get_urls(self) -> list[URLPattern]:
        progress = self.admin_site.admin_view(require_GET(self.progress_view))
        stop = self.admin_site.admin_view(require_POST(self.cancel_view))
        refused = self.admin_site.admin_view(require_GET(self.refused_view))
        return [
            path("<int:pk>/progress/", progress, name="campaigns_import_progress"),
            path("<int:pk>/cancel/", stop, name="campaigns_import_cancel"),
            path("<int:pk>/refused/", refused, name="campaigns_import_refused"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        upload = self.own_import(request, object_id)
        may_change = self.has_change_permission(request, upload)
        if request.method == "POST" and not may_change:
            raise PermissionDenied
        if upload.status == ImportStatus.UPLOADED and may_change:
            return self.mapping_view(request, upload)
        if request.method == "POST":
            messages.info(request, "This import has been started already.")
            return HttpResponseRedirect(page_of(upload))
        context = self.page_context(
            request, title=upload.file_name, **self._progress(request, upload)
        )
        return TemplateResponse(request, "campaigns/import_progress.html", context)

    def _progress(self, request: HttpRequest, upload: Import) -> dict[str, Any]:
        progress = progress_of(upload, at=timezone.now())
        left = progress.seconds_left
        return {
            "upload": upload,
            "original": upload,
            "status_pill": status_pill(upload),
            "progress": progress,
            "time_left": in_words(left) if left is not None else "",
            "average": average_speed(upload),
            "adds_people": upload.kind == ImportKind.PEOPLE,
            "may_change": self.has_change_permission(request, upload),
            "may_delete": self.has_delete_permission(request, upload),
        }

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        upload = self.own_import(request, pk)
        status = STOP_POLLING if upload.has_ended else 200
        context = self._progress(request, upload)
        return render(request, "campaigns/import_part.html", context, status=status)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        upload = self.own_import(request, pk)
        if not self.has_change_permission(request, upload):
            raise PermissionDenied
        if not cancel(upload, by=actor_of(request)):
            messages.info(request, "This import had ended already.")
        return HttpResponseRedirect(page_of(upload))

    def refused_view(self, request: HttpRequest, pk: int) -> FileResponse:
        upload = self.own_import(request, pk)
        if not upload.refused_file:
            raise Http404("No row of this import was refused.")
        refused = export_refused(upload, by=actor_of(request))
        name = upload.file_name.rpartition(".")[0] or upload.file_name
        return FileResponse(
            refused,
            as_attachment=True,
            filename=f"{name}-refused.csv",
            content_type="text/csv; charset=utf-8",
        )
