"""Home: what to set up next, what is being sent, how today went, what needs a person.

The number of queries is the same however much there is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from callbacks.inbox.unread import unread_conversations, unread_words
from callbacks.models import Receipt
from campaigns.audience.growth import growth_of
from campaigns.models import UNDER_WAY, Campaign, CampaignStatus, Profile, Run, VariantsBy
from campaigns.results.coming import coming_until, planned_for
from campaigns.results.last_days import last_days
from campaigns.results.numbers import Results, results_by_campaign, results_of
from campaigns.results.opt_outs import opt_outs_of
from campaigns.results.usual import today_beside
from campaigns.sending.taking_over import is_ours
from config.console.how_it_flows import how_it_flows
from config.console.waiting_for_you import waiting_for_you
from config.doctor.examining import worst_of
from providers.connection.messaging_limit import limit_words
from providers.models import (
    Diagnosis,
    Incident,
    Project,
    Provider,
    User,
    Verification,
    VerificationResult,
)
from providers.people.access import access_of
from templates_app.models import Template

OVER = (CampaignStatus.COMPLETED, CampaignStatus.STOPPED, CampaignStatus.FAILED)
MOST_SHOWN = 8
MOST_RUNS = 500
COMING = timedelta(days=7)
NO_ONE = (None, None)  # no provider: neither on trial nor limited


# What is done then, what to do, how, and where.
STEPS = (
    (
        "provider_there",
        "Connect Gupshup",
        "Enter the IDs and passwords of your two Gupshup accounts.",
        "admin:providers_provider_changelist",
    ),
    (
        "called",
        "Get the first callback",
        "Give your two callback URLs to Gupshup's support; then send your number a message.",
        "admin:providers_provider_changelist",
    ),
    (
        "addresses_known",
        "Have your server's addresses allowed",
        "Gupshup may refuse servers that it does not know: list yours, and send it the list.",
        "admin:providers_sendingip_changelist",
    ),
    (
        "template_there",
        "Add an approved template",
        "Rebuild one that Meta has approved for you at Gupshup, and mark it approved.",
        "admin:templates_app_template_changelist",
    ),
    (
        "profile_there",
        "Bring in your people",
        "Import a CSV file or an Excel workbook with phone numbers.",
        "admin:campaigns_import_changelist",
    ),
    (
        "campaign_there",
        "Publish your first campaign",
        "Pick the template and the people. You see how many it reaches before it goes out.",
        "admin:campaigns_campaign_changelist",
    ),
)


@dataclass(frozen=True)
class Step:
    """One line of the setup checklist."""

    title: str
    hint: str
    link: str
    done: bool


@dataclass(frozen=True)
class Shown:
    """A campaign, with a way to the reasons of its failures where there are some; and what it waits
    for where its numbers stand still."""

    name: str
    status: CampaignStatus
    reason: str
    waits: str
    link: str
    progress: str  # "1,200 of 5,000 people"
    percent: int
    failed: str  # "12"; empty where nothing failed

    @property
    def reasons(self) -> str:
        return f"{self.link}#failed-title"


@dataclass(frozen=True)
class Figure:
    label: str
    number: str
    share: str  # of what, in words; empty where it says nothing
    link: str = ""
    is_bad: bool = False


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    access = access_of(request)
    context = {**context, "title": "Home"}
    if access.project is None:
        return context
    steps, now = setup_steps(access.project), timezone.now()
    return {
        **context,
        "steps": steps,
        "steps_done": sum(step.done for step in steps),
        "next_step": next((step for step in steps if not step.done), None),
        "live": live_campaigns(access.project),
        "ended": ended_with_failures(access.project, now=now),
        "figures": todays_figures(access.project, now=now),
        "incidents": open_incidents(access.project),
        "over_time": last_days(access.project, now=now),
        "beside": today_beside(access.project, now=now),
        "opt_outs": opt_outs_of(access.project, now=now),
        "growth": growth_of(access.project),
        "waiting": waiting_for_you(
            access.project, approver=cast("User", request.user) if access.can_change else None
        ),
        "flow": how_it_flows(access.project, now=now),
        "coming": [
            (campaign, planned_for(campaign))
            for campaign in coming_until(access.project, now + COMING)[:MOST_SHOWN]
        ],
        **doctors_word(access.project),
        "is_restored": not is_ours(),
        "unread": unread_words(unread_conversations(access.project)),
    }


def doctors_word(project: Project) -> dict[str, Any]:
    """The worst that the doctor found, and whether campaigns are still kept to test profiles."""
    rows = list(Diagnosis.objects.of(project))
    found = Provider.objects.filter(project=project)
    trial_ended_at, limit = found.values_list("trial_ended_at", "messaging_limit").first() or NO_ONE
    return {
        "is_on_trial": trial_ended_at is None and limit is not None,
        "worst": worst_of(rows),
        "messaging_limit": limit_words(limit or ""),
    }


def setup_steps(project: Project) -> list[Step]:
    done = _what_is_done(project)
    return [Step(title, hint, reverse(page), done[fact]) for fact, title, hint, page in STEPS]


def _what_is_done(project: Project) -> dict[str, bool]:
    sent_once = Campaign.objects.filter(project=OuterRef("pk"), published_at__isnull=False)
    found = (
        Project.objects.filter(pk=project.pk)
        .values(
            provider_there=Exists(Provider.objects.filter(project=OuterRef("pk"))),
            addresses_known=Exists(_logins_that_work()),
            called=Exists(Receipt.objects.filter(project=OuterRef("pk"))),
            template_there=Exists(Template.objects.sendable().filter(project=OuterRef("pk"))),
            profile_there=Exists(Profile.objects.filter(project=OuterRef("pk"))),
            campaign_there=Exists(sent_once),
        )
        .get()
    )
    return {name: bool(value) for name, value in found.items()}


def _logins_that_work() -> QuerySet[Verification]:
    """Whom Gupshup lets in it knows, or it restricts nothing. That a list of addresses stands here
    says nothing of what Gupshup allows."""
    return Verification.objects.filter(
        provider__project=OuterRef("pk"), result=VerificationResult.WORKS
    )


def live_campaigns(project: Project) -> list[Shown]:
    campaigns = Campaign.objects.filter(project=project, status__in=UNDER_WAY).order_by(
        "-published_at"
    )
    return _shown(campaigns[:MOST_SHOWN])


def ended_with_failures(project: Project, *, now: datetime) -> list[Shown]:
    """Of those that ended today: nobody would look at them again otherwise."""
    ended = Campaign.objects.filter(
        project=project, status__in=OVER, finished_at__gte=_midnight(project, now)
    )
    shown = _shown(ended.order_by("-finished_at")[:MOST_SHOWN])
    return [one for one in shown if one.failed or one.status == CampaignStatus.FAILED]


def _shown(campaigns: QuerySet[Campaign]) -> list[Shown]:
    newest = list(campaigns)
    results = results_by_campaign([campaign.pk for campaign in newest])
    return [_show(campaign, results[campaign.pk]) for campaign in newest]


def _show(campaign: Campaign, results: Results) -> Shown:
    return Shown(
        name=campaign.name,
        status=CampaignStatus(campaign.status),
        reason=campaign.status_reason,
        waits=_waits_for(campaign, results),
        link=reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        progress=results.progress,
        percent=results.percent,
        failed=f"{results.failed_total:,}" if results.failed_total else "",
    )


def _waits_for(campaign: Campaign, results: Results) -> str:
    if campaign.status == CampaignStatus.LAUNCHING:
        return "Getting everybody's message ready"
    if campaign.status != CampaignStatus.RUNNING or results.count("queued"):
        return ""
    if campaign.is_live:
        return "It waits for what happens"
    if campaign.variants_by == VariantsBy.TEST and campaign.winner_id is None:
        return "The test has gone out; the others wait for its winner"
    if results.in_doubt:
        return f"{results.in_doubt:,} in doubt: settled by a report, or in a quarter of an hour"
    return "Everybody has had their turn; the last answers are awaited"


def todays_figures(project: Project, *, now: datetime) -> list[Figure]:
    """What became of the campaigns that started today, in the project's time zone."""
    runs = Run.objects.filter(campaign__project=project, started_at__gte=_midnight(project, now))
    newest = list(runs.order_by("-pk").values_list("pk", flat=True)[:MOST_RUNS])
    results = results_of(newest)
    funnel = [
        Figure(stage.slice.label, f"{stage.count:,}", stage.share)
        for stage in results.funnel
        if stage.slice.name not in {"targeted", "queued"}
    ]
    return [*funnel, _failed_figure(results.failed_total)]


def _failed_figure(count: int) -> Figure:
    if not count:
        return Figure("Failed", "0", "")
    messages = reverse("admin:campaigns_message_changelist")
    failed = f"{messages}?slice=failed&queued=day"
    return Figure("Failed", f"{count:,}", "", link=failed, is_bad=True)


def _midnight(project: Project, now: datetime) -> datetime:
    there = now.astimezone(ZoneInfo(project.time_zone))
    return there.replace(hour=0, minute=0, second=0, microsecond=0)


def open_incidents(project: Project) -> list[Incident]:
    return list(Incident.objects.open().filter(project=project).order_by("-last_seen_at"))
