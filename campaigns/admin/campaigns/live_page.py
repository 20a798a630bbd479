"""The page of a campaign that is no draft any more: how it goes, refreshed without reloading.

All numbers come from the tallies, so the page costs the same at ten messages and ten million.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.admin.campaigns.campaign_list import status_pill
from campaigns.gates.quiet_hours import quiet_until
from campaigns.gates.trial_mode import WILL_WAIT, waits_for_trial
from campaigns.models import Campaign, CampaignStatus, Outbox, OutboxState, Run, RunStatus
from campaigns.pace import rate as pacing
from campaigns.planning.preflight import variants_of
from campaigns.planning.previewing import wording_of
from campaigns.results.finding import find_case
from campaigns.results.numbers import Results, Rounds, results_by_round, together
from campaigns.results.speed import Sample, average, in_words, look_again, rate_of, seconds_left
from campaigns.running.launching import percent_launched
from campaigns.running.lifecycle import LIVE
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Incident, Provider

MOVING = (CampaignStatus.LAUNCHING, CampaignStatus.RUNNING)
# Reports go on coming for hours after the last message: then it looks less often, but still looks.
SECONDS_WHILE_MOVING, SECONDS_AT_REST = 2, 10


class LivePage(ProjectScopedAdmin):
    def get_urls(self) -> list[URLPattern]:
        part = self.admin_site.admin_view(require_GET(self.live_view))
        case = self.admin_site.admin_view(require_GET(self.case_view))
        return [
            path("<int:pk>/live/", part, name="campaigns_campaign_live"),
            path("<int:pk>/case/", case, name="campaigns_campaign_case"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form for those who may write a draft; for everybody else, how it goes."""
        campaign: Campaign = self.own_row(request, object_id)
        is_draft = campaign.status == CampaignStatus.DRAFT
        if is_draft and self.has_change_permission(request, campaign):
            return super().change_view(request, object_id, form_url, extra_context)
        if request.method == "POST":
            return _refuse(request, campaign)
        return self._show(request, campaign)

    def live_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What has changed since the last look, `last` with the sample it left."""
        campaign: Campaign = self.own_row(request, pk)
        context = self._progress(request, campaign, last=_read_sample(request.GET))
        context["shown_status"] = request.GET.get("status", "")
        return render(request, "campaigns/live_part.html", context)

    def case_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """To one message that failed for the reason that was clicked on."""
        self.own_row(request, pk)
        reason, code = request.GET.get("reason", ""), request.GET.get("code", "")
        message_id = find_case(pk, reason=reason, code=code)
        if message_id is None:
            messages.info(request, "Nobody failed for this reason any more: a report settled it.")
            return HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[pk]))
        return HttpResponseRedirect(reverse("admin:campaigns_message_change", args=[message_id]))

    def _show(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        variant = next(iter(variants_of(campaign)), None)
        context = {
            **self.admin_site.each_context(request),
            **self._progress(request, campaign, last=None),
            "title": str(campaign),
            "media": self.media,
            "opts": self.opts,
            "original": campaign,
            "variant": variant,
            "wording": wording_of(variant) if variant else None,
        }
        return TemplateResponse(request, "campaigns/live.html", context)

    def _progress(
        self, request: HttpRequest, campaign: Campaign, *, last: Sample | None
    ) -> dict[str, Any]:
        runs = list(campaign.runs.order_by("number"))
        rounds = results_by_round(runs)
        results = together(rounds)
        provider = Provider.objects.filter(project=campaign.project_id).first()
        now = look_again(last, at=timezone.now().timestamp(), attempted=results.attempted)
        return {
            "campaign": campaign,
            "results": results,
            "last": _sample_text(now),
            "status_pill": status_pill(campaign),
            "live_statuses": LIVE,
            "needs_account": _needs_account(campaign),
            "pace": _pace(campaign, results, rounds, now, rate=provider.rate if provider else 0),
            "may_settle": self.access(request).can_administer,
            "rounds": rounds if len(rounds) > 1 else [],
            "may_retry": campaign.status == CampaignStatus.COMPLETED
            and bool(results.failed_total)
            and not any(run.retry_of_id for run in runs),
            "quiet_until": _quiet_until(campaign),
            "will_wait": _will_wait(campaign),
            "launch_percent": _launch_percent(runs),
            "launched": all(run.status != RunStatus.LAUNCHING for run in runs),
            "every": SECONDS_WHILE_MOVING if campaign.status in MOVING else SECONDS_AT_REST,
            "may_change": self.has_change_permission(request, campaign),
        }


def _refuse(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    if campaign.status == CampaignStatus.DRAFT:
        raise PermissionDenied
    messages.error(
        request,
        "This campaign has been published, so it can't be changed any more. What you wrote was "
        "not saved. Clone the campaign to send a changed one.",
    )
    return HttpResponseRedirect(request.path)


def _pace(
    campaign: Campaign, results: Results, rounds: Rounds, now: Sample, *, rate: int
) -> dict[str, Any]:
    if campaign.status == CampaignStatus.RUNNING and not results.count("queued"):
        return {"waits": True, "settled_by": _settled_by(campaign)}
    if campaign.status == CampaignStatus.RUNNING:
        in_force = pacing.rate_in_force(campaign.project_id, rate=rate)
        limit = rate_of(campaign, provider_rate=in_force)
        left = seconds_left(results, per_second=now.per_second, limit=limit)
        return {
            "per_second": now.per_second,
            "limit": limit,
            "is_held": bool(rate) and not in_force,
            "slowed_from": rate if in_force < rate * 0.995 else None,
            "left": in_words(left) if left is not None else "",
        }
    return {"average": average(rounds)}


def _settled_by(campaign: Campaign) -> datetime | None:
    """When what is in doubt is settled by rule at the latest, if no report comes before."""
    doubts = Outbox.objects.filter(campaign_id=campaign.pk, state=OutboxState.IN_DOUBT)
    latest: datetime | None = doubts.aggregate(at=Max("due_at"))["at"]
    return latest


def _quiet_until(campaign: Campaign) -> datetime | None:
    if campaign.status != CampaignStatus.RUNNING:
        return None
    return quiet_until(campaign, at=timezone.now())


def _will_wait(campaign: Campaign) -> str:
    """Why it may not go out at its time; empty where nothing holds it up."""
    scheduled = campaign.status == CampaignStatus.SCHEDULED
    return WILL_WAIT if scheduled and waits_for_trial(campaign) else ""


def _launch_percent(runs: list[Run]) -> int | None:
    """How much of the audience the launch has gone through; None when none is under way."""
    for run in runs:
        if run.status == RunStatus.LAUNCHING:
            return percent_launched(run)
    return None


def _needs_account(campaign: Campaign) -> bool:
    """Is it waiting for somebody to mend the connection to Gupshup?"""
    incidents = Incident.objects.open().filter(project=campaign.project_id)
    return campaign.status == CampaignStatus.PAUSED and incidents.exists()


def _sample_text(sample: Sample) -> str:
    per_second = "" if sample.per_second is None else f"{sample.per_second:.3f}"
    return f"{sample.at:.3f}:{sample.attempted}:{per_second}"


def _read_sample(asked: Mapping[str, str]) -> Sample | None:
    try:
        at, attempted, per_second = asked.get("last", "").split(":")
        return Sample(float(at), int(attempted), float(per_second) if per_second else None)
    except ValueError:
        return None
