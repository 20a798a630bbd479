"""The filters of the Messages page; the numbers of a campaign's page lead here through them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from campaigns.models import UNPUBLISHED, Campaign, MessageKind, Reason, Run, Variant
from campaigns.results.finding import without_superseded
from campaigns.results.message_days import day_of
from campaigns.results.numbers import ALL_SLICES, SLICES
from campaigns.results.people_behind import pressed
from providers.admin.period_filter import PeriodFilter
from providers.admin.row_numbers import row_number
from providers.people.access import active_project

MOST_CAMPAIGNS = 50


class CampaignFilter(SimpleListFilter):
    title = "campaign"
    parameter_name = "campaign"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """The newest ones, and the chosen one however old it is."""
        mine = Campaign.objects.without_versions().filter(project=active_project(request))
        launched = mine.exclude(status__in=UNPUBLISHED).order_by("-created_at")
        choices = [(str(c.pk), c.name) for c in launched[:MOST_CAMPAIGNS]]
        chosen = self.value() or ""
        if chosen not in dict(choices):
            choices += [(str(c.pk), c.name) for c in mine.filter(pk=row_number(chosen))]
        return choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if not chosen:
            return queryset
        return without_superseded(queryset, row_number(chosen))


class RunFilter(SimpleListFilter):
    """One run of a campaign, with those whom a second try took over. Not offered: the campaign's
    page leads to it."""

    title = "run"
    parameter_name = "run"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        chosen = self.value() or ""
        mine = Run.objects.filter(campaign__project=active_project(request))
        run = mine.filter(pk=row_number(chosen)).first()
        name = f"{run.campaign}, run {run.number}" if run else "Unknown"
        return [(chosen, name)] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if not chosen:
            return queryset
        return queryset.filter(run=row_number(chosen))


class VariantFilter(SimpleListFilter):
    """One variant of a campaign. Not offered: the campaign's page leads to it."""

    title = "variant"
    parameter_name = "variant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        chosen = self.value() or ""
        mine = Variant.objects.filter(campaign__project=active_project(request))
        variant = mine.select_related("campaign").filter(pk=row_number(chosen)).first()
        return [(chosen, str(variant) if variant else "Unknown")] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return queryset.filter(variant=row_number(chosen)) if chosen else queryset


class SliceFilter(SimpleListFilter):
    title = "result"
    parameter_name = "slice"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        offered = [part for part in SLICES.values() if part.condition]
        chosen = ALL_SLICES.get(self.value() or "")
        also = [chosen] if chosen and chosen.name not in SLICES else []
        return [(part.name, part.label) for part in (*offered, *also)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        part = ALL_SLICES.get(self.value() or "")
        return queryset.filter(part.condition) if part else queryset


class KindFilter(SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(str(kind.value), str(kind.label)) for kind in MessageKind]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return queryset.filter(kind=row_number(chosen)) if chosen else queryset


class QueuedFilter(PeriodFilter):
    """By the time at which a message was put into the work list: it says so in the list, too."""

    title = "queued"
    parameter_name = "queued"
    field = "created_at"
    periods = {
        "day": ("In the last 24 hours", timedelta(days=1)),
        "week": ("In the last 7 days", timedelta(days=7)),
        "month": ("In the last 30 days", timedelta(days=30)),
    }


class DayFilter(SimpleListFilter):
    """One day by the project's clocks. Not offered: it is written above the list."""

    title = "queued on"
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        project, chosen = active_project(request), self.value() or ""
        day = day_of(project, chosen) if project else None
        words = f"{day.first:%-d %B %Y}" if day else chosen
        return [(chosen, words)] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        project = active_project(request)
        day = day_of(project, self.value() or "") if project else None
        if day is None:
            return queryset
        return queryset.filter(created_at__gte=day.first, created_at__lt=day.last)


class ReasonFilter(SimpleListFilter):
    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(reason.value, str(reason.label)) for reason in Reason]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reason=self.value()) if self.value() else queryset


class CodeFilter(SimpleListFilter):
    """Not offered, since codes are many: a campaign's table of failures leads to it."""

    title = "code"
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(self.value() or "", f"Code {self.value()}")] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(Q(code=self.value())) if self.value() else queryset


class ButtonFilter(SimpleListFilter):
    """Not offered: the words on it are those of one template, whose campaign's page leads here."""

    title = "button"
    parameter_name = "button"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(self.value() or "", f"“{self.value()}”")] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pressed(self.value() or "")) if self.value() else queryset


# What a view of the list keeps.
KEPT_FILTERS = tuple(
    each.parameter_name
    for each in (
        CampaignFilter,
        RunFilter,
        VariantFilter,
        SliceFilter,
        QueuedFilter,
        DayFilter,
        KindFilter,
        ReasonFilter,
        CodeFilter,
        ButtonFilter,
    )
)
