"""Imports: upload a file, say what its columns are, watch it, get the refused rows."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from campaigns.admin.audience.import_page import IMPORT_PAGES, status_pill
from campaigns.admin.audience.upload_page import UploadPage
from campaigns.audience.imports.forgetting import delete_import
from campaigns.models import Import, ImportStatus
from providers.admin.dialogs import DeleteRow
from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.short_time import short_time
from providers.models import Role
from providers.people.access import actor_of


class DeleteImport(DeleteRow):
    title = "Delete this import?"
    text = "Its numbers and its refused rows go. The people that it brought stay."


@admin.register(Import)
class ImportAdmin(ProjectScopedAdmin):
    audited_by_acts = ("deleted",)
    pages = (UploadPage, *IMPORT_PAGES, DeleteImport)
    role_to_delete = Role.MARKETER
    change_list_template = "campaigns/import_list.html"
    list_display = [
        "file_name",
        "status_shown",
        "rows",
        "added",
        "changed",
        "refused_shown",
        "into_list",
        "uploaded",
    ]
    list_select_related = ["into_list", "created_by"]
    list_filter = ["status"]
    search_fields = ["file_name"]
    search_help_text = "A file's name"
    ordering = ["-id"]
    sortable_by = ()
    actions = None

    class Media:
        css = {"all": ["campaigns/campaigns.css", "campaigns/import.css"]}
        js = ["campaigns/import.js"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of what has ended: a running one is cancelled first."""
        ended = not isinstance(obj, Import) or obj.has_ended
        return ended and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Import) -> None:
        delete_import(obj, by=actor_of(request))

    @admin.display(description="Status")
    def status_shown(self, upload: Import) -> str:
        if upload.status != ImportStatus.RUNNING:
            return status_pill(upload)
        percent = int(upload.share_done * 100)
        return format_html("{} {} %", status_pill(upload), percent)

    @admin.display(description="Rows")
    def rows(self, upload: Import) -> str:
        return f"{upload.rows_read:,}"

    @admin.display(description="New")
    def added(self, upload: Import) -> str:
        return f"{upload.created:,}"

    @admin.display(description="Updated")
    def changed(self, upload: Import) -> str:
        return f"{upload.updated:,}"

    @admin.display(description="Refused")
    def refused_shown(self, upload: Import) -> str:
        return f"{upload.refused:,}"

    @admin.display(description="Uploaded")
    def uploaded(self, upload: Import) -> str:
        by = f" by {upload.created_by}" if upload.created_by else ""
        return format_html("{}{}", short_time(upload.created_at), by)
