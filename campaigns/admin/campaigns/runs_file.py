"""The runs of a campaign with their numbers, as a file: all of them, where the page shows the
newest."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from campaigns.admin.campaigns.over_time import csv_file
from campaigns.audience.imports.neutralizing import neutral
from campaigns.models import Campaign, Run
from campaigns.results.numbers import OF_A_RUN, SLICES, Results, results_by_run
from providers.admin.pages import Page

COLUMNS = (*OF_A_RUN, "converted")


class RunsFile(Page):
    address, name = "<int:pk>/runs.csv", "runs_file"
    related = ("project",)

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        zone = ZoneInfo(campaign.project.time_zone)
        head = ["Run", f"Began ({zone.key})", "Skipped", *(SLICES[name].label for name in COLUMNS)]
        rows = results_by_run(campaign.runs.order_by("number"))
        name = f"{slugify(campaign.name) or 'campaign'}-runs"
        return csv_file(name, head, (list(_row(run, own, zone)) for run, own in rows))


def _row(run: Run, own: Results, zone: ZoneInfo) -> Iterator[str | int]:
    yield run.number
    yield run.started_at.astimezone(zone).isoformat(timespec="seconds")
    yield neutral(run.skipped_because)
    yield from (own.count(name) for name in COLUMNS)
