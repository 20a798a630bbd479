"""Properties: what the project keeps of its people, with examples and who uses each."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from campaigns.admin.audience.property_dialogs import PROPERTY_DIALOGS
from campaigns.admin.lists.fullness import fullness
from campaigns.audience.imports.mapping import MOST_PROPERTIES
from campaigns.audience.property_changes.busy import busy_names, changes_under_way
from campaigns.audience.property_facts import examples_of, people_with, users_of_property
from campaigns.models import ProfileProperty
from providers.admin.pages import Page
from providers.admin.read_only import ReadOnlyAdmin

MOST_NAMED = 20  # of its users
TOO_LONG = "Counting them takes too long just now."


class PeoplePart(Page):
    """How many have it."""

    address, name = "<int:pk>/people/", "people"

    def get(self, request: HttpRequest, known: ProfileProperty) -> HttpResponse:
        count = people_with(known)
        return HttpResponse(TOO_LONG if count is None else f"{count:,}")


@admin.register(ProfileProperty)
class ProfilePropertyAdmin(ReadOnlyAdmin):
    pages = (*PROPERTY_DIALOGS, PeoplePart)
    change_list_template = "campaigns/profile_property_list.html"
    list_display = ["name", "type"]
    search_fields = ["name"]
    search_help_text = "A property's name"
    ordering = ["name"]
    fields = ["name", "type", "people", "examples", "used_by"]
    readonly_fields = ["people", "examples", "used_by", "acts"]

    class Media:
        css = {"all": ["campaigns/campaigns.css", "campaigns/import.css", "campaigns/segment.css"]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.fields, *(["acts"] if self.access(request).can_change else [])]

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        project = self.access(request).project
        known = ProfileProperty.objects.filter(project=project)
        return {
            "under_way": list(changes_under_way(project)) if project else [],
            "full": fullness(known.count(), MOST_PROPERTIES),
        }

    @admin.display(description="Change it")
    def acts(self, known: ProfileProperty) -> str:
        busy = known.name in busy_names(known.project)
        return render_to_string("campaigns/property_acts.html", {"known": known, "busy": busy})

    @admin.display(description="People who have it")
    def people(self, known: ProfileProperty) -> str:
        """Beside the page: it looks at everybody."""
        return format_html(
            '<span role="status" hx-get="{}" hx-trigger="load">Counting…</span>',
            reverse("admin:campaigns_profileproperty_people", args=[known.pk]),
        )

    @admin.display(description="Frequent values")
    def examples(self, known: ProfileProperty) -> str:
        return format_html_join(" · ", "{}", ((one,) for one in examples_of(known))) or "None"

    @admin.display(description="Used by")
    def used_by(self, known: ProfileProperty) -> str:
        users = users_of_property(known)
        named = format_html_join("", "<li>{}</li>", ((one,) for one in users[:MOST_NAMED]))
        more = f"and {len(users) - MOST_NAMED} more" if len(users) > MOST_NAMED else ""
        return format_html("<ul>{}</ul>{}", named, more) if users else "Nobody"
