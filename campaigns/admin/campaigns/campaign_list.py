"""The list of campaigns, with the numbers of those on the page."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.text import capfirst

from campaigns.admin.campaigns.campaign_filters import ARCHIVED, FILTERS, LABEL
from campaigns.admin.campaigns.many import MANY, list_action
from campaigns.models import Approval, Campaign, CampaignStatus, Outcome
from campaigns.planning.approvals import last_requests, name_of
from campaigns.planning.planned_dates import meant_at
from campaigns.planning.preflight import lack_of
from campaigns.results.numbers import Results, results_by_campaign
from providers.admin.offered_filters import OfferedChangeList
from providers.admin.pills import pill
from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.short_time import short_time

COLOURS = {
    CampaignStatus.DRAFT: "grey",
    CampaignStatus.AWAITING: "amber",
    CampaignStatus.SCHEDULED: "blue",
    CampaignStatus.LAUNCHING: "green",
    CampaignStatus.RUNNING: "green",
    CampaignStatus.PAUSED: "amber",
    CampaignStatus.COMPLETED: "grey",
    CampaignStatus.STOPPED: "amber",
    CampaignStatus.FAILED: "red",
}


class ListWithResults(OfferedChangeList):
    """One query for the numbers of all campaigns on the page, one for who approved them. Versions
    stand on their campaign's page, and here while they wait for somebody's approval."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(*args, **kwargs)
        waiting = Q(status=CampaignStatus.AWAITING)
        return found.filter(Q(version_of=None) | waiting)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        campaigns: list[Any] = list(self.result_list)
        results = results_by_campaign([campaign.pk for campaign in campaigns])
        requests = last_requests([campaign.pk for campaign in campaigns])
        for campaign in campaigns:
            campaign.results = results[campaign.pk]
            campaign.approval = requests.get(campaign.pk)
        self.result_list = campaigns


def status_pill(campaign: Campaign) -> str:
    status = CampaignStatus(campaign.status)
    return pill(COLOURS[status], status.label)


class CampaignListAdmin(ProjectScopedAdmin):
    """The list's half of the campaigns' admin."""

    change_list = ListWithResults
    change_list_template = "campaigns/campaign_list.html"
    list_display = [
        "name_shown",
        "status_shown",
        "audience_shown",
        "progress",
        "sent",
        "delivered",
        "viewed",
        "created",
    ]
    list_display_links = None
    list_filter = FILTERS
    search_fields = ["name", "labels"]
    search_help_text = "A campaign's name or label"
    ordering = ["-created_at"]

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        project = self.access(request).project
        in_archive = Campaign.objects.filter(project=project, archived_at__isnull=False)
        return {
            "lack": lack_of(project) if project else None,
            "archive": f"?{ARCHIVED}=yes" if in_archive.exists() else "",
        }

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        return [*shown, "moves"] if self.access(request).can_change else shown

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if not self.access(request).can_change:
            return actions
        return actions | {many.name: list_action(many) for many in MANY}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("project").prefetch_related("parts")

    @admin.display(description="Name", ordering="name")
    def name_shown(self, campaign: Campaign) -> str:
        """With its labels, each of which leads to all that have it."""
        name = format_html('<a href="{}">{}</a>', self.page_of(campaign), campaign)
        labels = [(f"?{urlencode({LABEL: label})}", label) for label in campaign.labels]
        pills = format_html_join("", '<a class="kb-pill kb-grey" href="{}">{}</a>', labels)
        return format_html('{}<span class="kc-labels">{}</span>', name, pills) if labels else name

    @admin.display(description="Status", ordering="status")
    def status_shown(self, campaign: Campaign) -> str:
        return format_html("{}{}{}", status_pill(campaign), _recurs(campaign), _approval(campaign))

    @admin.display(description="Audience")
    def audience_shown(self, campaign: Campaign) -> str:
        return capfirst(campaign.audience_name)

    @admin.display(description="Progress")
    def progress(self, campaign: Campaign) -> str:
        results = _results(campaign)
        if not results.count("targeted"):
            return ""
        return format_html(
            '<span class="kc-bar"><progress max="100" value="{}" aria-label="Progress">{} %'
            "</progress> {} %</span>",
            *[results.percent] * 3,
        )

    @admin.display(description="Sent")
    def sent(self, campaign: Campaign) -> str:
        return _number(campaign, "sent")

    @admin.display(description="Delivered")
    def delivered(self, campaign: Campaign) -> str:
        return _number(campaign, "delivered")

    @admin.display(description="Created", ordering="created_at")
    def created(self, campaign: Campaign) -> str:
        return short_time(campaign.created_at)

    @admin.display(description="")
    def moves(self, campaign: Campaign) -> str:
        """What is wanted most often of a campaign, without opening it."""
        may_resume = campaign.status == CampaignStatus.PAUSED
        shown = {"campaign": campaign, "may_pause": campaign.may_pause, "may_resume": may_resume}
        return render_to_string("campaigns/list_moves.html", shown)

    @admin.display(description="Viewed")
    def viewed(self, campaign: Campaign) -> str:
        return _number(campaign, "read")


def _recurs(campaign: Campaign) -> str:
    """Like “Recurring · next 1 Dec 2026, 10:00”."""
    if campaign.is_live:
        words = "Live · when something happens"
    elif not campaign.recurs:
        return ""
    elif campaign.next_due_at is None:
        words = "Recurring"
    else:
        words = format_html(
            "Recurring · next {}", short_time(meant_at(campaign, campaign.next_due_at))
        )
    return format_html('<span class="kb-quiet kc-kind">{}</span>', words)


def _approval(campaign: Campaign) -> str:
    """Who asked, approved or returned it, where that says something of what it is now."""
    asked: Approval | None = campaign.approval  # type: ignore[attr-defined]  # like its results
    words = _about_approval(campaign, asked) if asked else ""
    return format_html('<span class="kb-quiet kc-kind">{}</span>', words) if words else ""


def _about_approval(campaign: Campaign, asked: Approval) -> str:
    if campaign.status == CampaignStatus.AWAITING:
        what = "A change of it. " if campaign.version_of_id else ""
        return f"{what}{name_of(asked.asked_by)} asked"
    if campaign.status == CampaignStatus.DRAFT and asked.outcome == Outcome.RETURNED:
        return f"{name_of(asked.decided_by)} returned it: “{asked.word}”"
    if campaign.status != CampaignStatus.DRAFT and asked.outcome == Outcome.APPROVED:
        return f"Approved by {name_of(asked.decided_by)}"
    return ""


def _results(campaign: Campaign) -> Results:
    results: Results = campaign.results  # type: ignore[attr-defined]  # set by ListWithResults
    return results


def _number(campaign: Campaign, name: str) -> str:
    results = _results(campaign)
    return f"{results.count(name):,}" if results.count("targeted") else ""
