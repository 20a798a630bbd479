"""Exports: whatever somebody asked for, how far it is, and its file while it is kept."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from campaigns.admin.audience.export_days import EXPORTS_OF_DAYS
from campaigns.admin.audience.export_page import EXPORT_PAGES, status_pill
from campaigns.models import Export
from campaigns.results.exports.asking import delete_export
from providers.admin.dialogs import DeleteRow
from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.short_time import short_time
from providers.models import Role
from providers.people.access import actor_of


class DeleteExport(DeleteRow):
    title = "Delete this export?"
    text = "Its file goes, too. What was exported stays, and can be exported again."


@admin.register(Export)
class ExportAdmin(ProjectScopedAdmin):
    audited_by_acts = ("deleted",)
    pages = (*EXPORT_PAGES, *EXPORTS_OF_DAYS, DeleteExport)
    role_to_view = role_to_delete = Role.MARKETER
    role_to_add = role_to_change = None
    change_list_template = "campaigns/export_list.html"
    list_display = ["title", "status_shown", "rows", "asked_at"]
    list_select_related = ["created_by", "created_by_key"]
    list_filter = ["status", "kind"]
    search_fields = ["title"]
    search_help_text = "What was exported"
    ordering = ["-id"]
    sortable_by = ()
    actions = None

    class Media:
        css = {"all": ["campaigns/campaigns.css", "campaigns/import.css"]}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever asked for it and for admins. What is being written is cancelled first."""
        if not super().has_delete_permission(request, obj):
            return False
        return not isinstance(obj, Export) or (obj.has_ended and self._is_theirs(request, obj))

    def _is_theirs(self, request: HttpRequest, export: Export) -> bool:
        return export.created_by_id == request.user.pk or self.access(request).can_administer

    def delete_model(self, request: HttpRequest, obj: Export) -> None:
        delete_export(obj, by=actor_of(request))

    @admin.display(description="Status")
    def status_shown(self, export: Export) -> str:
        return status_pill(export)

    @admin.display(description="Rows")
    def rows(self, export: Export) -> str:
        return f"{export.rows_done:,}"

    @admin.display(description="Asked for")
    def asked_at(self, export: Export) -> str:
        by = f" by {export.asked_by}" if export.asked_by else ""
        return format_html("{}{}", short_time(export.created_at), by)
