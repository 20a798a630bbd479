"""The list of messages, walked by key: the thousandth page costs what the first one costs.

A filter that few messages pass looks through a bounded number of them at a time, and offers to
look further back.
"""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from campaigns.admin.lists.walking import WalkingChangeList
from campaigns.admin.messages.message_filters import CampaignFilter, RunFilter
from campaigns.results.finding import end_of_window
from providers.admin.row_numbers import row_number
from providers.people.access import active_project

BEFORE = "before"


class BeforeFilter(SimpleListFilter):
    """Where the page before this one ended. Never offered."""

    title = "older than"
    parameter_name = BEFORE

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.value() or "", "")] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        before = before_of(request)
        return queryset.filter(pk__lt=before) if before else queryset


def before_of(request: HttpRequest) -> int | None:
    return row_number(request.GET.get(BEFORE, "")) or None


class MessageChangeList(WalkingChangeList):
    def get_results(self, request: HttpRequest) -> None:
        end = self._end_of_window(request)
        rows = self.queryset.filter(pk__gt=end) if end else self.queryset
        found: list[Any] = list(rows[: self.list_per_page + 1])
        is_full = len(found) > self.list_per_page
        found = found[: self.list_per_page]
        before = found[-1].pk if is_full else end + 1 if end else None
        self.show_page(
            found,
            older=self.get_query_string({BEFORE: before}) if before else "",
            newest=self.get_query_string(remove=[BEFORE]) if before_of(request) else "",
            words="Older" if is_full else "Look further back",
        )

    def _end_of_window(self, request: HttpRequest) -> int | None:
        """A campaign's messages and a search's are few enough; so is a page of no filter at all."""
        chosen = set(self.filter_params) - {BEFORE}
        project = active_project(request)
        is_narrow = chosen & {CampaignFilter.parameter_name, RunFilter.parameter_name}
        if self.query or not chosen or is_narrow or not project:
            return None
        return end_of_window(project, before=before_of(request))
