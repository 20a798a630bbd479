"""The page of an import that has been started: how it goes, and what became of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from campaigns.admin.audience.mapping_page import MappingPage
from campaigns.audience.imports.exporting import export_refused
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.progress import average_speed, progress_of
from campaigns.audience.imports.queueing import cancel
from campaigns.audience.imports.uploading import read_as, read_sheet
from campaigns.models import Import, ImportStatus
from campaigns.results.speed import duration_words
from providers.admin.pages import Page
from providers.admin.pills import pill
from providers.models import Role
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
    return pill(COLOURS[status], status.label)


class _Progress(Page):
    related = ("project", "into_list", "created_by")

    def progress(self, request: HttpRequest, upload: Import) -> dict[str, Any]:
        progress = progress_of(upload, at=timezone.now())
        left = progress.seconds_left
        return {
            "upload": upload,
            "original": upload,
            "status_pill": status_pill(upload),
            "progress": progress,
            "time_left": duration_words(left) if left is not None else "",
            "average": average_speed(upload),
            "kind": upload.kind,
            "may_change": self.admin.has_change_permission(request, upload),
            "may_delete": self.admin.has_delete_permission(request, upload),
        }


class ImportPage(_Progress):
    """What its columns are, as long as it waits for that; then how it goes."""

    address, name = "<path:object_id>/change/", "change"
    template = "campaigns/import_progress.html"

    def get(self, request: HttpRequest, upload: Import) -> HttpResponse:
        if self._waits_for_columns(request, upload):
            return MappingPage(self.admin).get(request, upload)
        return self.show(request, title=upload.file_name, **self.progress(request, upload))

    def post(self, request: HttpRequest, upload: Import) -> HttpResponse:
        if not self.admin.has_change_permission(request, upload):
            raise PermissionDenied
        if self._waits_for_columns(request, upload):
            return MappingPage(self.admin).post(request, upload)
        messages.info(request, "This import has been started already.")
        return HttpResponseRedirect(self.admin.page_of(upload))

    def _waits_for_columns(self, request: HttpRequest, upload: Import) -> bool:
        waits = upload.status == ImportStatus.UPLOADED
        return waits and self.admin.has_change_permission(request, upload)


class ProgressPart(_Progress):
    address, name = "<int:pk>/progress/", "progress"
    template = "campaigns/import_part.html"

    def get(self, request: HttpRequest, upload: Import) -> HttpResponse:
        status = STOP_POLLING if upload.has_ended else 200
        return self.part(request, status=status, **self.progress(request, upload))


class CancelImport(Page):
    address, name = "<int:pk>/cancel/", "cancel"
    role = Role.MARKETER

    def post(self, request: HttpRequest, upload: Import) -> HttpResponse:
        if not cancel(upload, by=actor_of(request)):
            messages.info(request, "This import had ended already.")
        return HttpResponseRedirect(self.admin.page_of(upload))


class _ReadOtherwise(Page):
    role = Role.MARKETER

    def post(self, request: HttpRequest, upload: Import) -> HttpResponse:
        try:
            self.read(upload, request)
        except FileError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(self.admin.page_of(upload))

    def read(self, upload: Import, request: HttpRequest) -> None:
        raise NotImplementedError


class ReadAgain(_ReadOtherwise):
    """In another encoding, where letters look wrong."""

    address, name = "<int:pk>/encoding/", "encoding"

    def read(self, upload: Import, request: HttpRequest) -> None:
        read_as(upload, request.POST.get("encoding", ""), by=actor_of(request))


class ReadSheet(_ReadOtherwise):
    """Another one of the same workbook."""

    address, name = "<int:pk>/sheet/", "sheet"

    def read(self, upload: Import, request: HttpRequest) -> None:
        read_sheet(upload, request.POST.get("sheet", ""), by=actor_of(request))


class RefusedRows(Page):
    """To be mended and imported again."""

    address, name = "<int:pk>/refused/", "refused"
    role = Role.MARKETER

    def get(self, request: HttpRequest, upload: Import) -> FileResponse:
        if not upload.refused_file:
            raise Http404("No row of this import was refused.")
        try:
            refused = export_refused(upload, by=actor_of(request))
        except FileNotFoundError:
            raise Http404("This file is gone.") from None
        name = upload.file_name.rpartition(".")[0] or upload.file_name
        return FileResponse(
            refused,
            as_attachment=True,
            filename=f"{name}-refused.csv",
            content_type="text/csv; charset=utf-8",
        )


IMPORT_PAGES = (ImportPage, ProgressPart, CancelImport, ReadAgain, ReadSheet, RefusedRows)
