"""Events: what people did, newest first, by name and by person."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from campaigns.admin.lists.person_link import person_link
from campaigns.models import Event
from campaigns.results.finding import event_names, find_people, newest_events
from providers.admin.read_only import ReadOnlyAdmin
from providers.admin.short_time import short_time
from providers.admin.walking import WalkingChangeList
from providers.people.access import active_project

MOST_DETAILS = 7


class NameFilter(SimpleListFilter):
    title = "event"
    parameter_name = "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        project = active_project(request)
        return [(name, name) for name in event_names(project)] if project else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(name=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    change_list = WalkingChangeList
    change_list_template = "campaigns/event_list.html"
    list_display = ["name", "person", "happened", "details", "message_shown"]
    list_display_links = None
    list_filter = [NameFilter]
    list_select_related = ["profile"]
    search_fields = ["name"]  # shows the search box; get_search_results does it all
    search_help_text = "A person's whole phone number or identity"
    ordering = ["-at", "-id"]

    class Media:
        css = {"all": ["campaigns/campaigns.css"]}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        project = self.project(request)
        if search_term.strip():
            return queryset.filter(profile__in=find_people(project, search_term)), False
        newest = newest_events(project, name=request.GET.get(NameFilter.parameter_name, ""))
        return queryset.filter(pk__in=newest), False

    @admin.display(description="Person")
    def person(self, event: Event) -> str:
        return person_link(event.profile)

    @admin.display(description="When")
    def happened(self, event: Event) -> str:
        return short_time(event.at)

    @admin.display(description="Details")
    def details(self, event: Event) -> str:
        shown = ((name, str(value)[:80]) for name, value in event.details[:MOST_DETAILS])
        return format_html_join(" · ", "{}: {}", shown)

    @admin.display(description="Message")
    def message_shown(self, event: Event) -> str:
        if event.message_id is None:
            return ""
        page = reverse("admin:campaigns_message_change", args=[event.message_id])
        return format_html('<a href="{}">Message</a>', page)
