"""The mail of a Monday: what happened in the week before, beside the week before that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from campaigns.models import Campaign
from campaigns.results.coming import coming_until
from campaigns.results.mails.letter import Fact, Letter, Linked
from campaigns.results.numbers import SLICES, percent, results_by_campaign
from campaigns.results.series import LINES
from campaigns.results.spans import Span, numbers_in
from providers.models import Project

WEEK = timedelta(days=7)
MOST_LISTED = 10
QUIET_WEEK = "Nothing was sent in this week, and no reports came."
_SHARES = {"delivered": "sent", "read": "delivered", "clicked": "delivered", "replied": "delivered"}


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the project's own days, and the one before it."""

    its_own: Span
    before: Span
    words: str


def about_week(project: Project, monday: date, *, settings_at: str) -> Letter:
    """Four queries, however many messages. `monday` is the day after the week's last."""
    week = week_before(monday, ZoneInfo(project.time_zone))
    sums, before = numbers_in(project, [week.its_own, week.before], names=LINES)
    return Letter(
        subject=f"{project}: your week {week.words}",
        opening=f"What happened in “{project}” from {week.words}, in {project.time_zone}.",
        facts=_facts(sums, before),
        notes=[*_nothing(sums), *_coming(project, week)],
        listed_title="Campaigns that began",
        listed=_began(project, week),
        link=settings.PUBLIC_BASE_URL + reverse("admin:index"),
        link_words="Open Kabootar",
        settings_at=settings_at,
        project=str(project),
    )


def week_before(monday: date, zone: ZoneInfo) -> Week:
    """By the zone's days: the week of a clock change is an hour longer, or shorter."""
    before, first, last = (
        datetime.combine(monday - weeks * WEEK, time(), tzinfo=zone) for weeks in (2, 1, 0)
    )
    ends = last - timedelta(days=1)
    return Week(Span(first, last), Span(before, first), f"{first:%-d %B} to {ends:%-d %B %Y}")


def _facts(sums: Mapping[str, int], before: Mapping[str, int]) -> list[Fact]:
    if not any(sums.values()):
        return []
    return [
        Fact(SLICES[name].label, f"{sums.get(name, 0):,}", _more(name, sums, before))
        for name in LINES
    ]


def _more(name: str, sums: Mapping[str, int], before: Mapping[str, int]) -> str:
    """A share can be more than the whole where Monday's views are of Sunday's messages: then it
    says nothing."""
    count, whole = sums.get(name, 0), sums.get(_SHARES.get(name, ""), 0)
    share = (
        f"{percent(count, whole)} of {SLICES[_SHARES[name]].label.lower()}, "
        if 0 < count <= whole
        else ""
    )
    return f"{share}{before.get(name, 0):,} in the week before"


def _nothing(sums: Mapping[str, int]) -> list[str]:
    return [] if any(sums.values()) else [QUIET_WEEK]


def _began(project: Project, week: Week) -> list[Linked]:
    began = Campaign.objects.without_versions().filter(
        project=project,
        runs__started_at__gte=week.its_own.first,
        runs__started_at__lt=week.its_own.last,
    )
    newest = list(began.distinct().order_by("-published_at", "-pk")[:MOST_LISTED])
    results = results_by_campaign([one.pk for one in newest])
    return [Linked(one.name, _in_short(results[one.pk].numbers), _page(one)) for one in newest]


def _in_short(numbers: Mapping[str, int]) -> str:
    """Of all its runs: what stands on its page too."""
    sent, delivered, viewed = (numbers.get(name, 0) for name in ("sent", "delivered", "read"))
    share = f", {percent(viewed, delivered)} of those delivered viewed it" if delivered else ""
    return f"{sent:,} sent so far{share}"


def _page(campaign: Campaign) -> str:
    page = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    return f"{settings.PUBLIC_BASE_URL}{page}"


def _coming(project: Project, week: Week) -> list[str]:
    """Of the week that begins: so that nobody is surprised by what goes out."""
    coming = coming_until(project, week.its_own.last + WEEK)
    names = list(coming.values_list("name", flat=True)[:MOST_LISTED])
    return [f"Planned for this week: {', '.join(f'“{name}”' for name in names)}."] if names else []
