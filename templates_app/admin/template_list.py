"""The list of templates: the languages of one template stand together."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from providers.admin.offered_filters import OfferedChangeList
from providers.admin.pills import pill
from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.short_time import short_time
from templates_app.admin.copies import export_many
from templates_app.admin.moves import MOVES, many, many_name
from templates_app.kinds.glance import glance_at
from templates_app.models import SendingStyle, Status, Template
from templates_app.wording.languages import language_name

COLOURS = {
    Status.APPROVED: "green",
    Status.PENDING: "amber",
    Status.PAUSED: "amber",
    Status.REJECTED: "red",
    Status.DISABLED: "red",
}


QUALITIES = {
    "green": ("green", "High quality"),
    "yellow": ("amber", "Medium quality"),
    "red": ("red", "Low quality"),
    "unknown": ("grey", "Not rated yet"),
}
RATED = "Meta's rating, by how often people block or report it. It pauses templates of low quality."


class ListByName(OfferedChangeList):
    """Knows which rows go on with the template of the row above."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        templates: list[Any] = list(self.result_list)
        above = ""
        for template in templates:
            template.goes_on = template.name == above
            above = template.name
        self.result_list = templates


def status_pill(template: Template) -> str:
    status = Status(template.status)
    colour = COLOURS.get(status, "grey")
    return pill(colour, status.label)


def quality_pill(template: Template) -> str:
    """Meta's rating, by what people do with the messages; empty before it was told."""
    if not template.quality:
        return ""
    colour, words = QUALITIES.get(template.quality, ("grey", f"Quality: {template.quality}"))
    return pill(colour, words, title=RATED)


class TemplateListAdmin(ProjectScopedAdmin):
    """The list's half of the templates' admin."""

    change_list = ListByName
    list_display = [
        "name_shown",
        "says",
        "language_shown",
        "type_shown",
        "status_shown",
        "changed_at",
    ]
    list_filter = ["status", "kind", "language", "category"]
    search_fields = ["name", "vendor_id", "current__content"]
    search_help_text = "Name, Gupshup ID, or words of the text"
    list_select_related = ["current"]
    ordering = ["name", "language"]
    actions = [export_many]

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        return [*shown, "sending_test"] if self.access(request).can_change else shown

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if not self.access(request).can_change:
            return {name: action for name, action in actions.items() if name == "export_many"}
        return actions | {many_name(move): many(move) for move in MOVES}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("current__created_by")

    @admin.display(description="Name", ordering="name")
    def name_shown(self, template: Template) -> str:
        if getattr(template, "goes_on", False):
            return format_html('<span class="tpl-goes-on">{}</span>', template.name)
        return template.name

    @admin.display(description="Text")
    def says(self, template: Template) -> str:
        glance = glance_at(template)
        picture = (
            format_html('<img src="{}" alt="" loading="lazy">', glance.picture)
            if glance.picture
            else ""
        )
        return format_html('<span class="tpl-says">{}<bdi>{}</bdi></span>', picture, glance.text)

    @admin.display(description="Language", ordering="language")
    def language_shown(self, template: Template) -> str:
        return language_name(template.language)

    @admin.display(description="Type", ordering="kind")
    def type_shown(self, template: Template) -> str:
        kind, category = template.get_kind_display(), template.get_category_display()
        return format_html('{}<span class="tpl-why">{}</span>', kind, category)

    @admin.display(description="Status", ordering="status")
    def status_shown(self, template: Template) -> str:
        """With Meta's rating beside it, and the reason below."""
        pills = format_html(
            '<span class="tpl-pills">{}{}</span>', status_pill(template), quality_pill(template)
        )
        if not template.status_reason:
            return pills
        return format_html('{}<span class="tpl-why">{}</span>', pills, template.status_reason[:120])

    @admin.display(description="How it is sent")
    def style_shown(self, template: Template) -> str:
        return SendingStyle(template.sending_style).label

    @admin.display(description="")
    def sending_test(self, template: Template) -> str:
        page = reverse("admin:campaigns_testsend_template", args=[template.pk])
        return format_html('<a class="tpl-test" href="{}">Send test</a>', page)

    @admin.display(description="Last change", ordering="current__created_at")
    def changed_at(self, template: Template) -> str:
        return short_time(template.current.created_at if template.current else None)
