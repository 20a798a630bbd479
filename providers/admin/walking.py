"""Pages of lists with millions of rows: onward and back to the start, and nobody counts them."""

from types import SimpleNamespace
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest

from providers.admin.offered_filters import OfferedChangeList

LAST_PAGE = 200  # what is older is found by search and filters


class WalkingChangeList(OfferedChangeList):
    """One more row than the page shows is read, to know whether there is a next page."""

    def get_results(self, request: HttpRequest) -> None:
        if not 1 <= self.page_num <= LAST_PAGE:
            raise IncorrectLookupParameters
        start = (self.page_num - 1) * self.list_per_page
        rows: list[Any] = list(self.queryset[start : start + self.list_per_page + 1])
        has_next = len(rows) > self.list_per_page and self.page_num < LAST_PAGE
        self.show_page(
            rows[: self.list_per_page],
            older=self.get_query_string({"p": self.page_num + 1}) if has_next else "",
            newest=self.get_query_string(remove=["p"]) if self.page_num > 1 else "",
        )

    def show_page(self, rows: list[Any], *, older: str, newest: str, words: str = "Older") -> None:
        """`older` and `newest` are where the buttons lead; an empty one is not shown."""
        self.result_list, self.result_count = rows, len(rows)
        self.older, self.newest, self.older_words = older, newest, words
        self.found_words = _found_words(len(rows), older=older, newest=newest)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = False
        self.can_show_all = False
        self.multi_page = bool(older or newest)
        self.paginator = SimpleNamespace(
            template_name="providers/walking_pages.html",
            count=len(rows),
            per_page=self.list_per_page,
            ELLIPSIS="…",
            get_elided_page_range=lambda *_args, **_kwargs: [],
        )


def _found_words(count: int, *, older: str, newest: str) -> str:
    """Beside the title; empty where the number says it all."""
    if newest:
        return "older ones"
    return f"more than {count} found" if older and count else ""
