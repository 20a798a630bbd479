"""Files of people, events, messages and results: asked for, written by a worker, taken along."""

from http import HTTPStatus
from typing import Any

from django.http import FileResponse
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.exports_asked import BODY, wish_of
from campaigns.models import Export, ExportFormat, ExportKind, ExportStatus
from campaigns.results.exports.asking import (
    ask_for,
    cancel_export,
    delete_export,
    is_asked_by,
    open_export,
)
from campaigns.results.exports.formats import CONTENT_TYPES, file_name_of
from campaigns.results.exports.whom import ExportError
from providers.api import schemas
from providers.api.base import ApiView
from providers.api.bodies import read_object
from providers.api.listing import QUERY, Asked, Listing, Page, page_by_number, page_schema
from providers.api.operations import Operation
from providers.api.repeats import once
from providers.api.rows import row_of
from providers.models import Scope

NOT_ITS = "This key has not asked for this export, so it can't delete it."
EXPORT = schemas.record(
    {
        "id": schemas.whole(),
        "of": schemas.one_of(ExportKind.values),
        "title": schemas.text(),
        "format": schemas.one_of(ExportFormat.values),
        "status": schemas.one_of(ExportStatus.values, "Its file is there while it is done."),
        "rows": schemas.whole("How many are written."),
        "bytes": schemas.whole(),
        "problem": schemas.text("Why there is no file, where there was to be one."),
        "created_at": schemas.moment(),
        "finished_at": schemas.or_null(schemas.moment()),
        "expires_at": schemas.or_null(schemas.moment("Until then the file is kept.")),
    },
    name="Export",
)


class Exports(Listing):
    scopes = {"GET": Scope.EXPORT, "POST": Scope.EXPORT}
    of = "exports"
    operations = {
        "GET": Operation(
            name="list_exports",
            summary="Read exports",
            said="Those of people at the console, too.",
            query=QUERY,
            answer=page_schema(EXPORT),
        ),
        "POST": Operation(
            name="create_export",
            summary="Ask for a file",
            said="It is written within a moment, or when those before it are; read its status.",
            status=HTTPStatus.ACCEPTED,
            body=BODY,
            answer=EXPORT,
        ),
    }

    def page(self, asked: Asked, **_place: Any) -> Page:
        return page_by_number(Export.objects.filter(project=self.project), asked, told)

    @once
    def post(self, request: Request) -> Response:
        wish = wish_of(self.project, read_object(request))
        return Response(told(ask_for(self.project, wish, by=self.actor)), HTTPStatus.ACCEPTED)


class OneExport(ApiView):
    scopes = {"GET": Scope.EXPORT, "DELETE": Scope.EXPORT}
    operations = {
        "GET": Operation(name="get_export", summary="Read how far an export is", answer=EXPORT),
        "DELETE": Operation(
            name="delete_export",
            summary="Delete an export",
            said="With its file; one of this key's own. One that is not over is cancelled, and may "
            "be deleted then.",
            answer=schemas.record({"deleted": schemas.BOOLEAN}),
        ),
    }

    def get(self, _request: Request, number: int) -> Response:
        return Response(told(row_of(Export.objects.all(), self.project, number)))

    @once
    def delete(self, _request: Request, number: int) -> Response:
        export = row_of(Export.objects.select_related("project"), self.project, number)
        if not is_asked_by(export, self.actor):
            raise ExportError(NOT_ITS)
        if export.has_ended:
            delete_export(export, by=self.actor)
        else:
            cancel_export(export, by=self.actor)
        return Response({"deleted": export.has_ended})


class ExportFile(ApiView):
    scopes = {"GET": Scope.EXPORT}
    operations = {
        "GET": Operation(
            name="get_export_file",
            summary="Take the file of an export along",
            said="By the key that asked for it, and by no other.",
            answer=schemas.text(),
            media_types=[media_type.partition(";")[0] for media_type in CONTENT_TYPES.values()],
        )
    }

    def get(self, _request: Request, number: int) -> FileResponse:
        export = row_of(Export.objects.select_related("project"), self.project, number)
        file = open_export(export, by=self.actor)
        name, content_type = file_name_of(export), CONTENT_TYPES[ExportFormat(export.format)]
        return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def told(export: Export) -> dict[str, Any]:
    return {
        "id": export.pk,
        "of": export.kind,
        "title": export.title,
        "format": export.format,
        "status": export.status,
        "rows": export.rows_done,
        "bytes": export.bytes,
        "problem": export.problem,
        "created_at": export.created_at,
        "finished_at": export.finished_at,
        "expires_at": export.expires_at,
    }
