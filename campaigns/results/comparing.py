"""Campaigns beside each other, and all that sent one template: by the tallies of their runs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from campaigns.models import Campaign, CampaignStatus
from campaigns.results.numbers import SLICES, Results, percent, results_by_campaign
from providers.models import Project
from templates_app.models import Template

FEWEST, MOST = 2, 5
MOST_OF_A_TEMPLATE = 50  # the newest
MOST_OFFERED = 50
# A number, and what it is a share of.
LINES = (
    ("targeted", ""),
    ("sent", "targeted"),
    ("delivered", "sent"),
    ("read", "delivered"),
    ("clicked", "delivered"),
    ("replied", "delivered"),
    ("converted", "delivered"),
    ("failed", "targeted"),
    ("suppressed", "targeted"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """`count` is None where a campaign has no such number. `share` is empty where there is nothing
    to be a share of; `behind` asks the list of messages for those that were counted, and is empty
    of a sum."""

    count: int | None
    share: str
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One number of each campaign; `of` says what the shares are of."""

    name: str
    label: str
    of: str
    figures: Sequence[Figure]


def with_results(project: Project) -> QuerySet[Campaign]:
    """Those that have begun, the newest first."""
    begun = Campaign.objects.without_versions().filter(project=project, published_at__isnull=False)
    return begun.exclude(status=CampaignStatus.SCHEDULED).order_by("-published_at", "-pk")


def chosen(project: Project, numbers: Iterable[int]) -> list[Campaign]:
    """In the order in which they went out."""
    found = with_results(project).filter(pk__in=list(numbers))
    return list(found.order_by("published_at", "pk")[:MOST])


def of_template(template: Template) -> list[Campaign]:
    found = with_results(template.project).filter(variants__version__template=template)
    return list(found.distinct()[:MOST_OF_A_TEMPLATE])


def lines_of(campaigns: Collection[Campaign]) -> list[Line]:
    """Two queries, however many messages."""
    results = results_by_campaign([campaign.pk for campaign in campaigns])
    return [
        Line(
            name,
            SLICES[name].label,
            SLICES[of].label.lower() if of else "",
            [figure(results[campaign.pk], name, of, campaign) for campaign in campaigns],
        )
        for name, of in numbers_for(campaigns)
    ]


def numbers_for(campaigns: Collection[Campaign]) -> list[tuple[str, str]]:
    """Without a goal among them, nobody asks who reached it."""
    has_goal = any(campaign.goal is not None for campaign in campaigns)
    return [(name, of) for name, of in LINES if has_goal or name != "converted"]


def figure(results: Results, name: str, of: str, campaign: Campaign | None = None) -> Figure:
    count, whole = results.count(name), results.count(of) if of else 0
    if campaign and not counts(campaign, name, count):
        return Figure(None, "")
    behind = f"campaign={campaign.pk}&slice={name}" if campaign and count else ""
    return Figure(count, percent(count, whole) if 0 < whole >= count else "", behind)


def counts(campaign: Campaign, name: str, count: int) -> bool:
    """Nobody reaches a goal that there is not; of one that recurs, an earlier date may have had
    another."""
    return name != "converted" or campaign.goal is not None or count > 0


def added_up(lines: Sequence[Line]) -> list[Figure]:
    """Of all of them together: whoever got two of them counts twice. What some of them don't have
    is no share of what all of them had."""
    sums = {line.name: sum(figure.count or 0 for figure in line.figures) for line in lines}
    lacking = {line.name for line in lines if any(one.count is None for one in line.figures)}
    return [
        figure(Results(sums), name, "" if name in lacking else of)
        for name, of in LINES
        if name in sums
    ]
