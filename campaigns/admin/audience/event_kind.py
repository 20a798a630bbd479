"""Custom events: which names have come, with which properties, how often; switched off and on, and
deleted where nobody needs them."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Max, Min, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.db.models.query_utils import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from campaigns.admin.audience.event_names import DeleteName, DeleteNames
from campaigns.admin.lists.fullness import fullness
from campaigns.admin.lists.ticks import TICK_ALL, tick_box
from campaigns.audience.uploads.catalogue import MOST_KINDS
from campaigns.audience.uploads.deleting_names import delete_event_name
from campaigns.audience.uploads.switching import switch
from campaigns.models import EventKind, PropertyType
from providers.admin.dialogs import BY_DIALOG
from providers.admin.pills import pill
from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.short_time import short_time
from providers.models import Role
from providers.people.access import actor_of

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
MOST_NAMED = 6


@admin.register(EventKind)
class EventKindAdmin(ProjectScopedAdmin):
    audited_by_acts = ("changed", "deleted")
    pages = (DeleteNames, DeleteName)
    role_to_add = None
    role_to_delete = Role.ADMIN
    change_list_template = "campaigns/event_kind_list.html"
    list_display = [
        "tick",
        "name",
        "properties_named",
        "lately",
        "first_seen",
        "last_seen",
        "state",
    ]
    list_before_template = "campaigns/event_kind_acts.html"
    list_display_links = ["name"]
    search_fields = ["name"]
    search_help_text = "An event's name"
    ordering = ["name"]
    sortable_by = ()
    actions = None
    fields = ["name", "ignored", "properties_shown", "days_shown", "first_seen", "last_seen"]
    readonly_fields = ["name", "properties_shown", "days_shown", "first_seen", "last_seen"]

    class Media:
        css = {"all": ["campaigns/campaigns.css", "campaigns/import.css", "campaigns/segment.css"]}
        js = ("campaigns/people.js",)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Who may delete none has nothing to tick."""
        columns = list(super().get_list_display(request))
        return columns if self.has_delete_permission(request) else columns[1:]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _stays(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _stays(obj) and super().has_delete_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        lately = Q(days__day__gt=timezone.now().date() - WEEK)
        kinds: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(
                in_a_week=Coalesce(Sum("days__n", filter=lately), 0),
                first_at=Min("days__first_at"),
                last_at=Max("days__last_at"),
            )
        )
        return kinds.prefetch_related("properties")

    def save_model(self, request: HttpRequest, obj: EventKind, form: Any, change: bool) -> None:
        switch(obj, ignored=form.cleaned_data["ignored"], by=actor_of(request))

    def delete_model(self, request: HttpRequest, obj: EventKind) -> None:
        delete_event_name(obj, by=actor_of(request))

    def form_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        return BY_DIALOG

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        project = self.access(request).project
        kinds = EventKind.objects.filter(project=project)
        return {
            "full": fullness(kinds.count(), MOST_KINDS),
            "may_delete": self.has_delete_permission(request),
            "names": {"address": urlencode({SEARCH_VAR: request.GET.get(SEARCH_VAR, "")})},
        }

    @admin.display(description=TICK_ALL)
    def tick(self, kind: EventKind) -> str:
        return tick_box(kind) if _stays(kind) else ""

    @admin.display(description="Properties")
    def properties_named(self, kind: EventKind) -> str:
        names = sorted({one.name for one in kind.properties.all()})
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        return ", ".join(names[:MOST_NAMED]) + more or "None"

    @admin.display(description="Properties")
    def properties_shown(self, kind: EventKind) -> str:
        rows = sorted((one.name, PropertyType(one.type).label) for one in kind.properties.all())
        words = format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows)
        return format_html('<dl class="ki-properties">{}</dl>', words) if rows else "None"

    @admin.display(description="In 7 days")
    def lately(self, kind: Any) -> str:
        return f"{kind.in_a_week:,}"

    @admin.display(description="How many, by day (UTC)")
    def days_shown(self, kind: EventKind) -> str:
        days = kind.days.filter(day__gt=timezone.now().date() - MONTH)
        counted = days.values_list("day").annotate(Sum("n")).order_by("-day")
        rows = [(f"{day:%-d %B}", f"{n:,}") for day, n in counted]
        words = format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows)
        return (
            format_html('<dl class="ki-properties">{}</dl>', words) if rows else "None in 30 days"
        )

    @admin.display(description="First")
    def first_seen(self, kind: Any) -> str:
        return short_time(kind.first_at) if kind.first_at else "–"

    @admin.display(description="Last")
    def last_seen(self, kind: Any) -> str:
        return short_time(kind.last_at) if kind.last_at else "–"

    @admin.display(description="State")
    def state(self, kind: EventKind) -> str:
        if not _stays(kind):
            return pill("amber", "Being deleted")
        return pill("grey", "Switched off") if kind.ignored else pill("green", "Kept")


def _stays(kind: Any) -> bool:
    return not isinstance(kind, EventKind) or kind.going_since is None
