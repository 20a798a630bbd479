"""Pages of lists with millions of rows: forward and back, and nobody counts them."""

from types import SimpleNamespace
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest
from unfold.views import ChangeList

LAST_PAGE = 200  # what is older is found by search and filters


def _chosen(spec: SimpleListFilter) -> str:
    """What a filter is set to, in the words of its choices; empty when it is not set."""
    labels = {str(value): str(label) for value, label in spec.lookup_choices}
    return labels.get(spec.value() or "", "")


class WalkingChangeList(ChangeList):  # type: ignore[misc]
    """One more row than the page shows is read, to know whether there is a next page."""

    def get_results(self, request: HttpRequest) -> None:
        if not 1 <= self.page_num <= LAST_PAGE:
            raise IncorrectLookupParameters
        start = (self.page_num - 1) * self.list_per_page
        rows: list[Any] = list(self.queryset[start : start + self.list_per_page + 1])
        self.result_list = rows[: self.list_per_page]
        self.result_count = start + len(self.result_list)
        self.has_next = len(rows) > self.list_per_page and self.page_num < LAST_PAGE
        self.is_cut_off = len(rows) > self.list_per_page and self.page_num == LAST_PAGE
        self.multi_page = self.has_next or self.page_num > 1
        self.chosen_filters = [chosen for spec in self.filter_specs if (chosen := _chosen(spec))]
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = False
        self.can_show_all = False
        self.paginator = SimpleNamespace(
            template_name="campaigns/walking_pages.html",
            count=self.result_count,
            per_page=self.list_per_page,
            ELLIPSIS="…",
            get_elided_page_range=lambda *_args, **_kwargs: [],
        )
