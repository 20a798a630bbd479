"""The filters of the list of campaigns, beside status and kind."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from campaigns.models import LIVE, CampaignStatus, Run, Variant
from campaigns.planning.labelling import labels_of
from providers.people.access import active_project

ARCHIVED = "archived"
LABEL = "label"


def _once(request: HttpRequest, name: str, ask: Callable[[], list[str]]) -> list[str]:
    """Django makes all filters anew for the counts beside each of them."""
    kept = request.__dict__.setdefault("filter_choices", {})
    if name not in kept:
        kept[name] = ask()
    return list(kept[name])


class LabelFilter(SimpleListFilter):
    title = "label"
    parameter_name = LABEL

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        project = active_project(request)
        labels = _once(request, LABEL, lambda: labels_of(project)) if project else []
        return [(label, label) for label in labels]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        label = self.value()
        return queryset.filter(labels__contains=[label]) if label else queryset


class TemplateFilter(SimpleListFilter):
    """By name: one template in its languages."""

    title = "template"
    parameter_name = "template"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        used = Variant.objects.filter(campaign__project=active_project(request))
        names = used.values_list("version__template__name", flat=True).distinct()
        ordered = names.order_by("version__template__name")
        return [(name, name) for name in _once(request, "template", lambda: list(ordered))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        saying = Variant.objects.filter(
            campaign=OuterRef("pk"), version__template__name=self.value()
        )
        return queryset.filter(Exists(saying))


class TimeFilter(SimpleListFilter):
    title = "time"
    parameter_name = "time"

    COMING, NEVER = "coming", "never"
    DAYS = {
        "1": "Went out today or yesterday",
        "7": "Went out in the last 7 days",
        "30": "Went out in the last 30 days",
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        went_out = [(f"last-{days}", words) for days, words in self.DAYS.items()]
        return [(self.COMING, "Still to come"), *went_out, (self.NEVER, "Never went out")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value() or ""
        runs = Run.objects.filter(campaign=OuterRef("pk"), skipped_because="")
        if asked == self.COMING:
            recurs = Q(status__in=LIVE, next_due_at__isnull=False)
            return queryset.filter(recurs | Q(status=CampaignStatus.SCHEDULED))
        if asked == self.NEVER:
            return queryset.filter(~Exists(runs))
        days = asked.removeprefix("last-")
        if days not in self.DAYS:
            return queryset
        return queryset.filter(Exists(runs.filter(started_at__gte=_beginning(int(days)))))


def _beginning(days: int) -> Any:
    """Of a day, so many before today, in the project's zone."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days)


class ArchiveFilter(SimpleListFilter):
    """Whoever asks for nothing sees what is not in the archive."""

    title = "archive"
    parameter_name = ARCHIVED

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("yes", "In the archive"), ("all", "With the archive")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(archived_at__isnull=self.value() != "yes")


FILTERS: list[Any] = ["status", "kind", LabelFilter, TemplateFilter, TimeFilter, ArchiveFilter]
