"""Incidents: what needed a person, and what still does. They open and end by themselves."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Incident, IncidentKind

PAGES = {
    IncidentKind.IP_REFUSED: "admin:providers_sendingip_changelist",
    IncidentKind.UNREADABLE: "admin:campaigns_campaign_changelist",
}


def page_of(incident: Incident) -> str:
    """Where its cause is mended."""
    kind = IncidentKind(incident.kind)
    return reverse(PAGES.get(kind, "admin:providers_provider_changelist"))


@admin.register(Incident)
class IncidentAdmin(ProjectScopedAdmin):
    role_to_add = role_to_change = role_to_delete = None
    change_list_template = "providers/incident_list.html"
    list_display = ["what", "detail", "state", "count", "opened_at", "last_seen_at"]
    list_display_links = ["what"]
    ordering = ["-pk"]
    sortable_by = ()
    actions = None

    @admin.display(description="What")
    def what(self, incident: Incident) -> str:
        return incident.get_kind_display()

    @admin.display(description="State")
    def state(self, incident: Incident) -> str:
        if incident.closed_at is None:
            return format_html('<span class="kb-pill kb-red">{}</span>', "Open")
        return format_html('<span class="kb-pill kb-grey">{}</span>', "Over")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """It has no page of its own: it leads to where its cause is mended."""
        if request.method != "GET":
            raise PermissionDenied
        incident = self.get_object(request, object_id)
        if incident is None or not self.has_view_permission(request, incident):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(page_of(incident))
