"""The list of people, walked by their numbers: the thousandth page costs what the first one costs,
and a filter that few satisfy holds nobody up."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from campaigns.admin.audience.people_filter import LIST, RULE, PeopleFilter, filter_of
from campaigns.admin.audience.people_look import COLUMN, ORDER
from campaigns.audience.paging import Order, PeoplePage, page_of
from campaigns.audience.segments.estimating import EstimateRefused
from providers.admin.row_numbers import row_number
from providers.admin.walking import WalkingChangeList
from providers.people.access import active_project

BEFORE = "before"
NOBODY = PeoplePage([], None, is_full=False)


class PeopleChangeList(WalkingChangeList):
    """`people` is None without a project; `total` where the page need not ask for it."""

    people: PeopleFilter | None = None
    total: int | None = None

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Django would take what is ours for look-ups of columns."""
        self.params.pop(BEFORE, None)
        ours = (RULE, LIST, ORDER, COLUMN)
        kept = {name: self.filter_params.pop(name, None) for name in (*ours, BEFORE)}
        found: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        self.filter_params |= {name: kept[name] for name in ours if kept[name]}
        return found

    def get_results(self, request: HttpRequest) -> None:
        project = active_project(request)
        self.people = filter_of(request, project) if project else None
        before = _place_in(request.GET.get(BEFORE, ""))
        page = self._page(request, before)
        # Not this queryset: a search has narrowed it already, and by the same.
        rows = self.root_queryset.in_bulk(page.numbers)
        self.show_page(
            [rows[number] for number in page.numbers if number in rows],
            older=self.get_query_string({BEFORE: page.before}) if page.before else "",
            newest=self.get_query_string() if before else "",
            words=self._onward(is_full=page.is_full),
        )
        self.has_active_filters = self.people is not None and self.people.is_on
        if self.has_active_filters:
            self.found_words = "filtered"  # how many they are stands below, beside the filter
        self.total = None if self.multi_page else self.result_count

    @property
    def newest_words(self) -> str:
        return "Newest" if self._is_newest_first else "First page"

    def _onward(self, *, is_full: bool) -> str:
        """What stands on the button of the next page."""
        if self._is_newest_first:
            return "Older" if is_full else "Look further back"
        return "Next" if is_full else "Look further"

    @property
    def _is_newest_first(self) -> bool:
        return self.people is None or self.people.look.order == Order.NEWEST

    def _page(self, request: HttpRequest, before: int | None) -> PeoplePage:
        if self.people is None or self.people.problem:
            return NOBODY
        try:
            order = self.people.look.order
            most = self.list_per_page
            return page_of(self.people.wanted, before=before, most=most, order=order)
        except EstimateRefused:
            words = "Looking for these people takes too long just now. Filter by fewer conditions."
            messages.warning(request, words)
            return NOBODY


def _place_in(address: str) -> int | None:
    """What paging.py says of where a page ends; None for the first page."""
    number = row_number(address.removeprefix("-"))
    return (-number if address.startswith("-") else number) or None
