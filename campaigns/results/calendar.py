"""What is planned and what went out, on days of the project's zone.

A campaign's own page says how it goes; here stands when. Planned are the set times and the dates of
campaigns that recur; went out are runs, with how many were sent.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile
from zoneinfo import ZoneInfo

from django.db.models import Max, Q, QuerySet

from campaigns.models import (
    LIVE,
    OPEN_RUNS,
    Campaign,
    CampaignKind,
    CampaignStatus,
    Run,
    RunStatus,
)
from campaigns.planning.planned_dates import meant_at, undecided_after
from campaigns.planning.schedule import moment
from campaigns.planning.schedule_document import ScheduleError
from campaigns.results.numbers import Results, results_by_run
from providers.models import Project

# A date may begin by clocks that are ahead of the project's.
BY_OTHER_CLOCKS = timedelta(days=3)


class What(StrEnum):
    """What stands in a calendar of a campaign; the words for it."""

    DRAFT = "Draft"
    AWAITING = "Awaiting approval"
    PLANNED = "Planned"
    PAUSED = "Paused"
    DECISION = "Winner is chosen"
    GOING = "Going out"
    SENT = "Went out"
    SKIPPED = "Skipped"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`at` is None where a day is all there is; `note` says which run it is, or why."""

    campaign: Campaign
    what: What
    day: date
    at: datetime | None = None
    sent: int | None = None
    note: str = ""

    @property
    def order(self) -> tuple[str, str, int]:
        return self.at.isoformat() if self.at else "", self.campaign.name, self.campaign.pk


@dataclass(slots=True)
class Day:
    day: date
    entries: list[Entry] = field(default_factory=list)

    @property
    def went_out(self) -> int:
        return sum(entry.sent is not None for entry in self.entries)

    @property
    def sent(self) -> int:
        """By runs that began on it."""
        return sum(entry.sent or 0 for entry in self.entries)


@dataclass(frozen=True, slots=True)
class _Span:
    """From one day's first moment to the end of another day; with a label, what has it."""

    project: Project
    first: date
    last: date
    zone: ZoneInfo
    label: str

    @property
    def begins(self) -> datetime:
        return moment(self.first, time.min, self.zone)

    @property
    def ends(self) -> datetime:
        return moment(self.last + timedelta(days=1), time.min, self.zone)

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def days_of(project: Project, *, first: date, last: date, label: str = "") -> list[Day]:
    """Every day between, and what there is on it. The same few queries however many campaigns."""
    span = _Span(project, first, last, ZoneInfo(project.time_zone), label)
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in (*_runs(span), *_at_set_times(span), *_on_planned_dates(span), *_decisions(span)):
        by_day[entry.day].append(entry)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [Day(day, sorted(by_day[day], key=lambda entry: entry.order)) for day in days]


def _runs(span: _Span) -> Iterator[Entry]:
    """What a test's rest or a second try got is a run of its own; while the rest waits, the choice
    of its winner stands for it. Skipped dates stand on the day that they were planned for."""
    began = Q(skipped_because="", started_at__gte=span.begins, started_at__lt=span.ends)
    began &= ~Q(status=RunStatus.WAITING)
    skipped = ~Q(skipped_because="") & Q(due_key__range=(span.first, span.last))
    mine = Run.objects.filter(began | skipped, campaign__in=_campaigns(span))
    runs = mine.select_related("campaign")
    for run, results in results_by_run(runs):
        yield _skipped(run) if run.skipped_because else _went_out(run, results, span)


def _skipped(run: Run) -> Entry:
    day = run.due_key or run.started_at.date()
    return Entry(campaign=run.campaign, what=What.SKIPPED, day=day, note=run.skipped_because)


def _went_out(run: Run, results: Results, span: _Span) -> Entry:
    note = "The winner, to the others" if run.rest_of_id else ""
    if run.status == RunStatus.STANDING:
        note = "To each person when something happens"
    return Entry(
        campaign=run.campaign,
        what=_what_of(run),
        day=span.day_of(run.started_at),
        at=run.started_at,
        sent=results.count("sent"),
        note="Second try" if run.retry_of_id else note,
    )


def _what_of(run: Run) -> What:
    if run.status not in OPEN_RUNS:
        return What.SENT
    return What.PAUSED if run.campaign.status == CampaignStatus.PAUSED else What.GOING


OF_SET_TIME = {
    CampaignStatus.DRAFT: What.DRAFT,
    CampaignStatus.AWAITING: What.AWAITING,
    CampaignStatus.SCHEDULED: What.PLANNED,
    CampaignStatus.FAILED: What.FAILED,
}


def _at_set_times(span: _Span) -> Iterator[Entry]:
    """Those without a run: they wait, or could not start."""
    found = _campaigns(span).filter(
        kind__in=(CampaignKind.ONCE, CampaignKind.LIVE),
        status__in=list(OF_SET_TIME),
        starts_at__gte=span.begins,
        starts_at__lt=span.ends,
        archived_at=None,
        runs=None,
    )
    for campaign in found:
        at = campaign.starts_at
        if at is not None:
            what = OF_SET_TIME[CampaignStatus(campaign.status)]
            yield Entry(campaign=campaign, what=what, day=span.day_of(at), at=at)


def _on_planned_dates(span: _Span) -> Iterator[Entry]:
    found = _campaigns(span).filter(kind=CampaignKind.RECURRING, status__in=LIVE)
    for campaign in found.annotate(last_decided=Max("runs__due_key")):
        what = What.PAUSED if campaign.status == CampaignStatus.PAUSED else What.PLANNED
        for at in _dates_of(campaign, campaign.last_decided, span):
            yield Entry(campaign=campaign, what=what, day=span.day_of(at), at=at)


def _dates_of(campaign: Campaign, last: date | None, span: _Span) -> Iterator[datetime]:
    """None where its days can't be read: its own page says so."""
    try:
        since = span.begins - BY_OTHER_CLOCKS
        coming = undecided_after(campaign, last, since=since)
        dates = takewhile(lambda due: due.at < span.ends, coming)
    except ScheduleError:
        return
    meant = (meant_at(campaign, due.at) for due in dates)
    yield from (at for at in meant if span.begins <= at < span.ends)


def _decisions(span: _Span) -> Iterator[Entry]:
    """When the winners of tests are chosen that go on."""
    found = _campaigns(span).filter(
        status__in=LIVE, winner=None, decides_at__gte=span.begins, decides_at__lt=span.ends
    )
    for campaign in found:
        at = campaign.decides_at
        if at is not None:
            yield Entry(campaign=campaign, what=What.DECISION, day=span.day_of(at), at=at)


def _campaigns(span: _Span) -> QuerySet[Campaign]:
    found = Campaign.objects.filter(project=span.project, version_of=None).select_related("project")
    return found.filter(labels__contains=[span.label]) if span.label else found
