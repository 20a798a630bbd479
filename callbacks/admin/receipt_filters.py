"""The filters of the Callbacks page."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, get_args

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from callbacks.models import ReceiptState
from callbacks.parsers import Kind
from providers.admin.period_filter import PeriodFilter

KINDS = {
    "delivery": "Delivery reports",
    "click": "Clicks",
    "inbound": "Inbound messages",
    "account": "Account events",
    "mixed": "Mixed",
    "unknown": "Unknown",
}
STATES = {str(state.value): str(state.label) for state in ReceiptState}
assert set(KINDS) == set(get_args(Kind))  # noqa: S101 - a kind without a name would not be found


class KindFilter(SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return KINDS.items()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class StateFilter(SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return STATES.items()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return queryset.filter(state=chosen) if chosen in STATES else queryset


class ReceivedFilter(PeriodFilter):
    field = "received_at"
    periods = {
        "hour": ("In the last hour", timedelta(hours=1)),
        "day": ("In the last 24 hours", timedelta(days=1)),
        "week": ("In the last 7 days", timedelta(days=7)),
    }
