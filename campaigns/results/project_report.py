"""What a project sent in a span of days, and what became of it: from the tallies, for one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.models import Campaign, Run
from campaigns.results import series
from campaigns.results.best_times import BestTimes, best_times
from campaigns.results.comparing import Figure, figure, numbers_for
from campaigns.results.numbers import SLICES, percent, results_by_campaign
from campaigns.results.opt_outs import left_in
from campaigns.results.spans import RUNS_BEFORE, Span, numbers_in
from providers.models import Project

ONE_DAY = timedelta(days=1)
MOST_LISTED = 100
MOST_RUNS = 500
_OF = {"delivered": "sent", "read": "delivered", "clicked": "delivered", "replied": "delivered"}


@dataclass(frozen=True, slots=True)
class Days:
    """Both are in it."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Days":
        """As many, right before."""
        return Days(self.first - self.count * ONE_DAY, self.first - ONE_DAY)

    def span(self, zone: ZoneInfo) -> Span:
        """By the zone's days, the last one to its end."""
        return Span(
            datetime.combine(self.first, time(), tzinfo=zone),
            datetime.combine(self.last + ONE_DAY, time(), tzinfo=zone),
        )


@dataclass(frozen=True, slots=True)
class Sum:
    """`share` is empty where it would say nothing."""

    label: str
    count: int
    share: str
    before: int


@dataclass(frozen=True, slots=True)
class Listed:
    campaign: Campaign
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Report:
    """`left` and `left_before` are people who opted out by their own hand."""

    days: Days
    sums: Sequence[Sum]
    left: int
    left_before: int
    over_time: series.Table
    heads: Sequence[str]
    listed: Sequence[Listed]
    is_cut: bool
    best: BestTimes


def report_on(project: Project, days: Days, *, now: datetime) -> Report:
    """Nine queries, however many messages."""
    zone = ZoneInfo(project.time_zone)
    span = days.span(zone)
    campaigns = _began(project, span)
    left, left_before = left_in(project, span, days.before.span(zone))
    return Report(
        days=days,
        sums=_sums(project, days, zone),
        left=left,
        left_before=left_before,
        over_time=day_by_day(project, days),
        heads=[SLICES[name].label for name, _of in numbers_for(campaigns[:MOST_LISTED])],
        listed=_listed(campaigns[:MOST_LISTED]),
        is_cut=len(campaigns) > MOST_LISTED,
        best=best_times(project, until=span.last, now=now),
    )


def day_by_day(project: Project, days: Days) -> series.Table:
    """Three queries, however many messages."""
    zone = ZoneInfo(project.time_zone)
    span = days.span(zone)
    runs = Run.objects.filter(
        campaign__project=project,
        started_at__gte=span.first - RUNS_BEFORE,
        started_at__lt=span.last,
    )
    newest = list(runs.order_by("-pk").values_list("pk", flat=True)[:MOST_RUNS])
    found = series.series_of(newest, zone=zone, step=series.Step.DAY, within=span)
    return series.table_of(found)


def _sums(project: Project, days: Days, zone: ZoneInfo) -> list[Sum]:
    spans = [days.span(zone), days.before.span(zone)]
    numbers, before = numbers_in(project, spans, names=series.LINES)
    return [
        Sum(SLICES[name].label, numbers.get(name, 0), _share(name, numbers), before.get(name, 0))
        for name in series.LINES
    ]


def _share(name: str, numbers: Mapping[str, int]) -> str:
    """None where more were viewed than delivered in these days: some of them came before."""
    of = _OF.get(name, "")
    count, whole = numbers.get(name, 0), numbers.get(of, 0)
    return f"{percent(count, whole)} of {SLICES[of].label.lower()}" if 0 < count <= whole else ""


def _began(project: Project, span: Span) -> list[Campaign]:
    began = Campaign.objects.without_versions().filter(
        project=project, runs__started_at__gte=span.first, runs__started_at__lt=span.last
    )
    return list(began.distinct().order_by("-published_at", "-pk")[: MOST_LISTED + 1])


def _listed(campaigns: Sequence[Campaign]) -> list[Listed]:
    """With all their numbers until now: what stands on their pages."""
    results, numbers = results_by_campaign([one.pk for one in campaigns]), numbers_for(campaigns)
    return [
        Listed(one, [figure(results[one.pk], name, of, one) for name, of in numbers])
        for one in campaigns
    ]
