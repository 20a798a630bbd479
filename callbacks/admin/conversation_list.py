"""The list of conversations: the newest first, with what waits to be read."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from callbacks.threads import snippets_of, unread_conversations, unread_of
from campaigns.admin.walking import WalkingChangeList
from campaigns.audience.searching import phones_like
from providers.access import access_of
from providers.models import Project


class ConversationChangeList(WalkingChangeList):
    def get_results(self, request: HttpRequest) -> None:
        """Two statements tell of all rows of the page what no column of theirs does."""
        super().get_results(request)
        unread, snippets = unread_of(self.result_list), snippets_of(self.result_list)
        for row in self.result_list:
            row.unread = unread.get(row.pk, 0)
            row.snippet = snippets.get(row.pk, "")


class UnreadFilter(SimpleListFilter):
    title = "read or not"
    parameter_name = "unread"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("yes", "Unread only")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        project = access_of(request).project
        if self.value() != "yes" or project is None:
            return queryset
        return queryset.filter(unread_conversations(project))


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


def found(project: Project, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By the beginning of a phone or of a name."""
    wanted = text.strip()
    if not wanted:
        return queryset
    condition = Q(name__istartswith=wanted)
    if (phones := phones_like(wanted, country=project.default_country)) is not None:
        condition |= phones
    return queryset.filter(condition)
