"""Campaigns and their numbers as rows of a file."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from campaigns.audience.imports.neutralizing import neutral
from campaigns.models import Campaign, Export
from campaigns.results.comparing import counts
from campaigns.results.exports.content import Content, Number
from campaigns.results.exports.days import spelled
from campaigns.results.numbers import SLICES, results_by_campaign

AT_ONCE = 500  # campaigns, whose numbers are read together
HEAD = ("Campaign", "Status", "Published", "Ended")


def results_content(export: Export) -> Content:
    campaigns = Campaign.objects.without_versions().filter(
        project=export.project, published_at__isnull=False
    )
    if "campaigns" in export.asked:
        campaigns = campaigns.filter(pk__in=export.asked["campaigns"])
    return Content(
        head=[*HEAD, *(part.label for part in SLICES.values())],
        rows=_rows(campaigns, ZoneInfo(export.project.time_zone)),
        total=campaigns.count(),
    )


def _rows(campaigns: QuerySet[Campaign], zone: ZoneInfo) -> Iterator[list[str]]:
    numbers = list(campaigns.order_by("-published_at", "-pk").values_list("pk", flat=True))
    for start in range(0, len(numbers), AT_ONCE):
        yield from _of(numbers[start : start + AT_ONCE], zone)


def _of(numbers: Sequence[int], zone: ZoneInfo) -> Iterator[list[str]]:
    results = results_by_campaign(numbers)
    found = Campaign.objects.in_bulk(numbers)
    for campaign in (found[pk] for pk in numbers if pk in found):
        times = [spelled(at, zone) for at in (campaign.published_at, campaign.finished_at)]
        cells = [_cell(campaign, name, results[campaign.pk].count(name)) for name in SLICES]
        yield [neutral(campaign.name), campaign.get_status_display(), *times, *cells]


def _cell(campaign: Campaign, name: str, count: int) -> str:
    return Number(count) if counts(campaign, name, count) else ""
