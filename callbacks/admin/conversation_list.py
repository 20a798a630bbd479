"""The list of conversations: the newest first, with what waits to be read; it refreshes itself."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from callbacks.inbox.timeline import latest_of, left_of, time_left_words
from callbacks.inbox.unread import unread_conversations, unread_of, unread_words
from campaigns.audience.searching import phones_like
from providers.admin.pages import Page
from providers.admin.walking import WalkingChangeList
from providers.models import Project


class ConversationChangeList(WalkingChangeList):
    def get_results(self, request: HttpRequest) -> None:
        """A few statements tell of all rows of the page what no column of theirs does."""
        super().get_results(request)
        now = timezone.now()
        unread, latest = unread_of(self.result_list), latest_of(self.result_list)
        for row in self.result_list:
            row.unread = unread_words(unread.get(row.pk, 0))
            row.latest = latest.get(row.pk)
            left = left_of(row, at=now)
            row.left = time_left_words(left) if left else ""


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


class RowsPart(Page):
    """The rows of the same search and filters, looked at again."""

    address, name = "live/", "list_live"
    template = "callbacks/conversation_rows.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        try:
            changelist = self.admin.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponse(status=204)
        return self.part(request, cl=changelist, **counted(project))


class UnreadPart(Page):
    """The mark in the menu."""

    address, name = "unread/", "unread_count"
    template = "callbacks/unread.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        return self.part(request, **counted(project))


def counted(project: Project | None) -> dict[str, Any]:
    count = unread_conversations(project) if project else 0
    return {"unread": unread_words(count)}


def found(project: Project, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By the beginning of a phone or of a name."""
    wanted = text.strip()
    if not wanted:
        return queryset
    condition = Q(name__istartswith=wanted)
    if (phones := phones_like(wanted, country=project.default_country)) is not None:
        condition |= phones
    return queryset.filter(condition)
