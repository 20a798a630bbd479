"""The list of messages, walked by an index: the thousandth page costs what the first one costs.

A filter that few messages pass looks through a bounded number of them at a time, and offers to
look further.
"""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from campaigns.admin.messages.message_filters import (
    CampaignFilter,
    DayFilter,
    KindFilter,
    RunFilter,
)
from campaigns.models import Message, MessageKind, Run
from campaigns.results.message_days import day_of, number_after
from campaigns.results.walking import Page, page_by_number, page_by_person
from providers.admin.row_numbers import row_number
from providers.admin.walking import WalkingChangeList
from providers.models import Project
from providers.people.access import active_project

BEFORE = "before"
# An index has those of each of these kinds by number.
SINGLE = set(MessageKind) - {MessageKind.CAMPAIGN}


class BeforeFilter(SimpleListFilter):
    """Where the page before this one ended: MessageChangeList goes on from there. Never offered."""

    title = "older than"
    parameter_name = BEFORE

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.value() or "", "")] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


def before_of(request: HttpRequest) -> int | None:
    return row_number(request.GET.get(BEFORE, "")) or None


class MessageChangeList(WalkingChangeList):
    def get_results(self, request: HttpRequest) -> None:
        page = self._page(request)
        self.show_page(
            page.rows,
            older=self.get_query_string({BEFORE: page.before}) if page.before else "",
            newest=self.get_query_string(remove=[BEFORE]) if before_of(request) else "",
            words="Older" if page.is_full else "Look further back",
        )

    def _page(self, request: HttpRequest) -> Page:
        before, most = before_of(request), self.list_per_page
        project = active_project(request)
        if self.query or project is None:
            return page_by_number(self.queryset, among=None, before=before, most=most)
        run_ids = self._run_ids(project)
        if run_ids is not None:
            return page_by_person(self.queryset, run_ids=run_ids, before=before, most=most)
        among = self._among(project)
        before = before or self._end_of_day(project)
        return page_by_number(self.queryset, among=among, before=before, most=most)

    def _end_of_day(self, project: Project) -> int | None:
        """Where the walk begins that is for one day."""
        values = self.filter_params.get(DayFilter.parameter_name)
        day = day_of(project, values[-1]) if values else None
        return number_after(project, day) if day else None

    def _chosen(self, chosen: type[SimpleListFilter]) -> int | None:
        values = self.filter_params.get(chosen.parameter_name)
        return row_number(values[-1]) if values and values[-1] else None

    def _run_ids(self, project: Project) -> list[int] | None:
        """Of the run or the campaign that is chosen, if one is."""
        runs = Run.objects.filter(campaign__project=project)
        if (run := self._chosen(RunFilter)) is not None:
            return list(runs.filter(pk=run).values_list("pk", flat=True))
        if (campaign := self._chosen(CampaignFilter)) is not None:
            return list(runs.filter(campaign=campaign).values_list("pk", flat=True))
        return None

    def _among(self, project: Project) -> QuerySet[Message] | None:
        """None where every message that is walked is one that is shown."""
        filters = {name for name, values in self.filter_params.items() if any(values)} - {BEFORE}
        kind = self._chosen(KindFilter)
        messages = Message.objects.filter(project=project)
        if kind in SINGLE:
            return messages.filter(kind=kind) if filters - {KindFilter.parameter_name} else None
        return messages if filters else None
