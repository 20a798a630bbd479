"""Pages of long lists: nobody turns a thousand pages, so nobody waits for a count of millions."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MOST = 10_000  # rows; older ones are found by search and filters


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts at most so many rows, and so offers no page whose offset would be slow."""

    most = MOST

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[: self.most].count()
        return min(len(rows), self.most)
