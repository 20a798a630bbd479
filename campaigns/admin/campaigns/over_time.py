"""How a campaign went over time: a part of its page that looks again, and files of the figures of
charts."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from campaigns.models import GOING, Campaign
from campaigns.results.last_days import last_days
from campaigns.results.series import LINES, LINES_WITH_GOAL, Step, Table, series_of, table_of
from campaigns.results.time_to_view import time_to_view
from providers.admin.pages import Page
from providers.models import Project

STEP = "step"


def over_time(campaign: Campaign, asked: str = "") -> dict[str, Any]:
    """What the part shows; no step is as good as one that nobody knows."""
    run_ids = list(campaign.runs.filter(skipped_because="").values_list("pk", flat=True))
    return {
        "campaign": campaign,
        "over_time": _table(campaign, asked),
        "time_to_view": time_to_view(run_ids),
        "runs_again": campaign.runs.filter(retry_of__isnull=False).exists(),
        "looks_again": campaign.status in GOING,
    }


def _table(campaign: Campaign, asked: str) -> Table:
    step = Step(asked) if asked in list(Step) else None
    zone = ZoneInfo(campaign.project.time_zone)
    run_ids = campaign.runs.values_list("pk", flat=True)
    lines = LINES_WITH_GOAL if campaign.goal is not None else LINES
    return table_of(series_of(list(run_ids), zone=zone, step=step, lines=lines))


class OverTimePart(Page):
    address, name = "<int:pk>/over-time/", "over_time"
    related = ("project",)
    template = "campaigns/over_time.html"

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        return self.part(request, **over_time(campaign, request.GET.get(STEP, "")))


class OverTimeFile(Page):
    address, name = "<int:pk>/over-time.csv", "over_time_file"
    related = ("project",)

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        table = _table(campaign, request.GET.get(STEP, ""))
        return figures_file(table, f"{slugify(campaign.name) or 'campaign'}-{table.step}")


class LastDaysFile(Page):
    """The figures of Home's chart."""

    address, name = "last-days.csv", "last_days_file"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        return figures_file(last_days(project, now=timezone.now()), "last-30-days")


def figures_file(table: Table, name: str) -> HttpResponse:
    """Times with their distance from UTC, so that a spreadsheet can't mistake them."""
    head = [f"From ({table.zone})", *table.heads]
    return csv_file(name, head, ([row.at.isoformat(), *row.counts] for row in table.rows))


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(answer)
    writer.writerow(head)
    writer.writerows(rows)
    return answer


OVER_TIME = (OverTimePart, OverTimeFile, LastDaysFile)
