"""Properties: what the project keeps of its people, with examples and who uses each."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join

from campaigns.audience.property_facts import examples_of, people_with, users_of_property
from campaigns.models import ProfileProperty
from providers.admin.read_only import ReadOnlyAdmin

MOST_NAMED = 20  # of its users
TOO_LONG = "Counting them takes too long just now."


@admin.register(ProfileProperty)
class ProfilePropertyAdmin(ReadOnlyAdmin):
    change_list_template = "campaigns/profile_property_list.html"
    list_display = ["name", "type"]
    search_fields = ["name"]
    search_help_text = "A property's name"
    ordering = ["name"]
    fields = ["name", "type", "people", "examples", "used_by"]
    readonly_fields = ["people", "examples", "used_by"]

    class Media:
        css = {"all": ["campaigns/campaigns.css", "campaigns/import.css"]}

    @admin.display(description="People who have it")
    def people(self, known: ProfileProperty) -> str:
        count = people_with(known)
        return TOO_LONG if count is None else f"{count:,}"

    @admin.display(description="Frequent values")
    def examples(self, known: ProfileProperty) -> str:
        return format_html_join(" · ", "{}", ((one,) for one in examples_of(known))) or "None"

    @admin.display(description="Used by")
    def used_by(self, known: ProfileProperty) -> str:
        users = users_of_property(known)
        named = format_html_join("", "<li>{}</li>", ((one,) for one in users[:MOST_NAMED]))
        more = f"and {len(users) - MOST_NAMED} more" if len(users) > MOST_NAMED else ""
        return format_html("<ul>{}</ul>{}", named, more) if users else "Nobody"
