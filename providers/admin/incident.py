"""Incidents: what needed a person, and what still does. They open and end by themselves."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from providers.admin.pages import Page
from providers.admin.pills import pill
from providers.admin.read_only import ReadOnlyAdmin
from providers.models import Incident, IncidentKind

PAGES = {
    IncidentKind.IP_REFUSED: "admin:providers_sendingip_changelist",
    IncidentKind.UNREADABLE: "admin:campaigns_campaign_changelist",
    IncidentKind.RUSH: "admin:campaigns_campaign_changelist",
}


def page_of(incident: Incident) -> str:
    """Where its cause is mended."""
    kind = IncidentKind(incident.kind)
    return reverse(PAGES.get(kind, "admin:providers_provider_changelist"))


class MendingPage(Page):
    """It has no page of its own: it leads to where its cause is mended."""

    address, name = "<path:object_id>/change/", "change"

    def get(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        return HttpResponseRedirect(page_of(incident))


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    pages = (MendingPage,)
    change_list_template = "providers/incident_list.html"
    list_display = ["what", "detail", "state", "count", "opened_at", "last_seen_at"]
    list_display_links = ["what"]
    ordering = ["-pk"]

    @admin.display(description="What")
    def what(self, incident: Incident) -> str:
        return incident.get_kind_display()

    @admin.display(description="State")
    def state(self, incident: Incident) -> str:
        return pill("red", "Open") if incident.closed_at is None else pill("grey", "Over")
