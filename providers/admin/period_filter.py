"""What happened lately, of a list that has a time."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone


class PeriodFilter(SimpleListFilter):
    """`field` is the time's; `periods` are the choices: by name, their words and how long."""

    title = "time"
    parameter_name = "time"
    field: str
    periods: Mapping[str, tuple[str, timedelta]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(name, words) for name, (words, _span) in self.periods.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        period = self.periods.get(self.value() or "")
        if period is None:
            return queryset
        return queryset.filter(**{f"{self.field}__gte": timezone.now() - period[1]})
