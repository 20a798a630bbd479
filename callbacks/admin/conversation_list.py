"""The list of conversations: the newest first, with what waits to be read; it refreshes itself."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET

from callbacks.inbox.timeline import in_words, latest_of, left_of
from callbacks.inbox.unread import in_words as count_in_words
from callbacks.inbox.unread import unread_conversations, unread_of
from campaigns.admin.lists.walking import WalkingChangeList
from campaigns.audience.searching import phones_like
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Project


class ConversationChangeList(WalkingChangeList):
    def get_results(self, request: HttpRequest) -> None:
        """A few statements tell of all rows of the page what no column of theirs does."""
        super().get_results(request)
        now = timezone.now()
        unread, latest = unread_of(self.result_list), latest_of(self.result_list)
        for row in self.result_list:
            row.unread = count_in_words(unread.get(row.pk, 0))
            row.latest = latest.get(row.pk)
            left = left_of(row, at=now)
            row.left = in_words(left) if left else ""


class UnreadFilter(SimpleListFilter):
    title = "read or not"
    parameter_name = "unread"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("yes", "Unread only")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(is_unread=True) if self.value() == "yes" else queryset


class WindowFilter(SimpleListFilter):
    title = "free-form window"
    parameter_name = "window"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("open", "Open: free text may be sent"), ("shut", "Shut: templates only")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_open = Q(window_until__gt=timezone.now())
        if self.value() == "open":
            return queryset.filter(is_open)
        return queryset.exclude(is_open) if self.value() == "shut" else queryset


class ConversationListPage(ProjectScopedAdmin):
    change_list_template = "callbacks/conversation_list.html"
    list_display = ["phone"]  # our own template shows the rows
    list_filter = [UnreadFilter, WindowFilter]
    search_fields = ["phone"]  # shows the search box; get_search_results does it all
    search_help_text = "The beginning of a phone number or of a name"
    ordering = ["-last_inbound_at", "-id"]

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        return [
            path(
                "live/",
                page(require_GET(self.list_live_view)),
                name="providers_conversation_list_live",
            ),
            path(
                "unread/",
                page(require_GET(self.unread_view)),
                name="providers_conversation_unread_count",
            ),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return ConversationChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return found(self.project(request), queryset, search_term), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return super().changelist_view(request, self._counted(request) | (extra_context or {}))

    def list_live_view(self, request: HttpRequest) -> HttpResponse:
        """The rows of the same search and filters, looked at again."""
        try:
            context = {"cl": self.get_changelist_instance(request), **self._counted(request)}
        except IncorrectLookupParameters:
            return HttpResponse(status=204)
        return render(request, "callbacks/conversation_rows.html", context)

    def unread_view(self, request: HttpRequest) -> HttpResponse:
        """The mark in the menu."""
        return render(request, "callbacks/unread.html", self._counted(request))

    def _counted(self, request: HttpRequest) -> dict[str, Any]:
        project = self.access(request).project
        count = unread_conversations(project) if project else 0
        return {"unread": count_in_words(count)}


def found(project: Project, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By the beginning of a phone or of a name."""
    wanted = text.strip()
    if not wanted:
        return queryset
    condition = Q(name__istartswith=wanted)
    if (phones := phones_like(wanted, country=project.default_country)) is not None:
        condition |= phones
    return queryset.filter(condition)
