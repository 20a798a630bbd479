"""The page of a campaign that is no draft any more: how it goes, refreshed without reloading.

All numbers come from the tallies, one of the first people is the example, and a thousand tell how
long it took, so the page costs the same at ten messages and ten million.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from campaigns.admin.campaigns.approval_pages import approval_shown, told_approvals
from campaigns.admin.campaigns.campaign_list import status_pill
from campaigns.admin.campaigns.compare_page import compare_with
from campaigns.admin.campaigns.dates_shown import dates_shown
from campaigns.admin.campaigns.followed import followed
from campaigns.admin.campaigns.occasion_shown import occasion_shown, waiting_shown
from campaigns.admin.campaigns.over_time import over_time
from campaigns.admin.campaigns.still_due import still_due
from campaigns.admin.campaigns.variant_rows import rows_of
from campaigns.gates.trial_mode import WILL_WAIT, waits_for_trial
from campaigns.models import (
    GOING,
    LIVE,
    UNPUBLISHED,
    Campaign,
    CampaignStatus,
    DecidesBy,
    Message,
    Outbox,
    OutboxState,
    Run,
    RunStatus,
    VariantsBy,
)
from campaigns.pace.rate import rate_in_force
from campaigns.planning.drafting import CHANGES
from campaigns.planning.goals import goal_in_words
from campaigns.planning.preflight import variants_of
from campaigns.planning.previewing import wording_of
from campaigns.results.by_button import by_button
from campaigns.results.by_variant import VariantResult, results_by_variant, sentences
from campaigns.results.conversions import conversions_of
from campaigns.results.finding import find_case, find_example
from campaigns.results.numbers import Results, ResultsByRun, results_by_run, together
from campaigns.results.runs_chart import chart_of
from campaigns.results.speed import (
    Sample,
    average,
    duration_words,
    look_again,
    rate_of,
    seconds_left,
)
from campaigns.results.sums import sums_of
from campaigns.results.time_to_convert import time_to_convert
from campaigns.results.what_was_sent import READ_FIRST, Sent, what_was_sent
from campaigns.running.launching import percent_launched
from providers.admin.pages import Page
from providers.admin.read_only import ReadOnlyPage
from providers.models import (
    ABOUT_REPORTS,
    ACCOUNT_KINDS,
    Diagnosis,
    Health,
    Incident,
    Provider,
    User,
)
from providers.people.access import access_of

# Reports go on coming for hours after the last message: then it looks less often, but still looks.
SECONDS_WHILE_MOVING, SECONDS_AT_REST = 2, 10
MOST_RUNS_SHOWN = 30  # of a campaign that recurs
TOLD = ("delivered", "read", "clicked", "replied")
REPORTS_WITHIN = timedelta(minutes=3)
PUBLISHED = (
    "This campaign has been published, so it can't be changed any more. What you wrote was not "
    "saved. Clone the campaign to send a changed one."
)


class LivePage(ReadOnlyPage):
    """The form for those who may write a draft; for everybody else, how it goes."""

    template = "campaigns/live.html"

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        if self._is_form(request, campaign):
            return self.form(request, campaign)
        return super().get(request, campaign)

    def post(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        if self._is_form(request, campaign):
            return self.form(request, campaign)
        if campaign.status in UNPUBLISHED:
            raise PermissionDenied
        messages.error(request, PUBLISHED)
        return HttpResponseRedirect(request.path)

    def shown(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        variants = variants_of(campaign)
        variant = next(iter(variants), None)
        message, sent = _example(campaign)
        waits = campaign.status == CampaignStatus.AWAITING
        return {
            **_progress(request, campaign, last=None),
            **over_time(campaign),
            **followed(request, campaign),
            "compare_url": compare_with(campaign.pk),
            "variant": variant,
            "variant_rows": rows_of(campaign, variants),
            "message": message,
            "sent": sent,
            "wording": wording_of(variant) if variant and not sent else None,
            "approvals": told_approvals(campaign),
            **(approval_shown(campaign, cast("User", request.user)) if waits else {}),
        }

    def _is_form(self, request: HttpRequest, campaign: Campaign) -> bool:
        """What waits for approval is only shown; a form that was open before is saved all the
        same, and takes it back."""
        forms = UNPUBLISHED if request.method == "POST" else (CampaignStatus.DRAFT,)
        return campaign.status in forms and self.admin.has_change_permission(request, campaign)


class LivePart(Page):
    """What has changed since the last look, `last` with the sample it left."""

    address, name = "<int:pk>/live/", "live"
    template = "campaigns/live_part.html"

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        context = _progress(request, campaign, last=_read_sample(request.GET))
        return self.part(request, shown_status=request.GET.get("status", ""), **context)


class CasePage(Page):
    """To one message that failed for the reason that was clicked on."""

    address, name = "<int:pk>/case/", "case"

    def get(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        reason, code = request.GET.get("reason", ""), request.GET.get("code", "")
        message_id = find_case(campaign.pk, reason=reason, code=code)
        if message_id is None:
            messages.info(request, "Nobody failed for this reason any more: a report settled it.")
            return HttpResponseRedirect(self.admin.page_of(campaign))
        return HttpResponseRedirect(reverse("admin:campaigns_message_change", args=[message_id]))


def _example(campaign: Campaign) -> tuple[Message | None, Sent | None]:
    """What one of its people got."""
    messages = Message.objects.select_related(*READ_FIRST)
    message = messages.filter(pk=find_example(campaign.pk) or 0).first()
    return message, what_was_sent([message]).get(message.pk) if message else None


def _progress(request: HttpRequest, campaign: Campaign, *, last: Sample | None) -> dict[str, Any]:
    access = access_of(request)
    runs = list(campaign.runs.order_by("number"))
    by_run = results_by_run(runs)
    results = together(by_run)
    provider = Provider.objects.filter(project=campaign.project_id).first()
    newest = [(run, own) for run, own in reversed(by_run)][:MOST_RUNS_SHOWN]
    now = look_again(last, at=timezone.now().timestamp(), attempted=results.attempted)
    written = variants_of(campaign)
    variants = results_by_variant(campaign, written, runs)
    shown_runs = newest if campaign.recurs else by_run if len(by_run) > 1 else []
    return {
        "campaign": campaign,
        "by_variant": variants,
        "compared": sentences(campaign, variants),
        "test": _test(campaign, variants, runs),
        "results": results,
        "sums": sums_of(results),
        "by_button": by_button(results, written),
        "goal": goal_in_words(campaign),
        "conversions": conversions_of(by_run),
        "time_to_convert": time_to_convert(campaign, by_run),
        "last": _sample_text(now),
        "status_pill": status_pill(campaign),
        "live_statuses": LIVE,
        "needs_account": _needs_account(campaign),
        "pace": _pace(campaign, results, by_run, now, rate=provider.rate if provider else 0),
        "may_settle": access.can_administer,
        "may_fill": access.can_change,
        "by_run": shown_runs,
        "is_tried_again": any(run.retry_of_id for run, _ in by_run),
        "runs_chart": chart_of(shown_runs) if campaign.recurs else None,
        "earlier_runs": len(by_run) - len(newest),
        **dates_shown(campaign),
        **occasion_shown(campaign),
        **waiting_shown(campaign),
        **still_due(campaign),
        "nobody_yet": campaign.status == CampaignStatus.SCHEDULED and not runs,
        "change": campaign.versions.filter(status__in=CHANGES).first(),
        "may_begin_change": campaign.stands and campaign.status in LIVE,
        "had_dates": campaign.recurs and bool(runs),
        "may_pause": campaign.may_pause,
        "may_retry": campaign.status == CampaignStatus.COMPLETED
        and not campaign.is_live
        and bool(results.failed_total)
        and not any(run.retry_of_id for run in runs),
        "will_wait": _will_wait(campaign),
        "no_report": _no_report(campaign, results, runs),
        "launch_percent": _launch_percent(runs),
        "launched": all(run.status != RunStatus.LAUNCHING for run in runs),
        "every": SECONDS_WHILE_MOVING if campaign.status in GOING else SECONDS_AT_REST,
        "may_change": access.can_change,
    }


def _test(
    campaign: Campaign, results: Sequence[VariantResult], runs: Sequence[Run]
) -> dict[str, Any] | None:
    """Where an A/B test stands; None of what is none."""
    if campaign.variants_by != VariantsBy.TEST:
        return None
    variants = [result.variant for result in results]
    return {
        "winner": next((each for each in variants if each.pk == campaign.winner_id), None),
        "is_late": campaign.decides_at is not None and campaign.decides_at <= timezone.now(),
        "did": _did(campaign),
        "waiting": sum(run.waiting_people for run in runs if run.status == RunStatus.WAITING),
    }


def _did(campaign: Campaign) -> str:
    is_goal = campaign.decides_by == DecidesBy.CONVERTED
    return campaign.get_decides_by_display().lower() + ("" if is_goal else " it")


def _pace(
    campaign: Campaign, results: Results, by_run: ResultsByRun, now: Sample, *, rate: int
) -> dict[str, Any]:
    if campaign.status == CampaignStatus.RUNNING and not results.count("queued"):
        return {"waits": True, "settled_by": _settled_by(campaign)}
    if campaign.status == CampaignStatus.RUNNING:
        in_force = rate_in_force(campaign.project_id, rate=rate)
        limit = rate_of(campaign, provider_rate=in_force)
        left = seconds_left(results, per_second=now.per_second, limit=limit)
        return {
            "per_second": now.per_second,
            "limit": limit,
            "is_held": bool(rate) and not in_force,
            "slowed_from": rate if in_force < rate * 0.995 else None,
            "left": duration_words(left) if left is not None else "",
        }
    return {"average": average(by_run)}


def _settled_by(campaign: Campaign) -> datetime | None:
    """When what is in doubt is settled by rule at the latest, if no report comes before."""
    doubts = Outbox.objects.filter(campaign_id=campaign.pk, state=OutboxState.IN_DOUBT)
    latest: datetime | None = doubts.aggregate(at=Max("due_at"))["at"]
    return latest


def _will_wait(campaign: Campaign) -> str:
    """Why it may not go out at its time; empty where nothing holds it up."""
    scheduled = campaign.status == CampaignStatus.SCHEDULED
    return WILL_WAIT if scheduled and waits_for_trial(campaign) else ""


def _no_report(campaign: Campaign, results: Results, runs: list[Run]) -> Diagnosis | None:
    """What the doctor says of reports, where none has come back of what was sent a while ago."""
    told = any(results.count(name) for name in TOLD) or results.failed_later
    if told or not results.count("sent"):
        return None
    began = runs[0].launched_at
    waited = began is not None and timezone.now() - began > REPORTS_WITHIN
    worth_saying = [Health.FAIL, Health.UNKNOWN] if waited else [Health.FAIL]
    found = Diagnosis.objects.filter(project=campaign.project_id, name__in=ABOUT_REPORTS)
    return found.filter(health__in=worth_saying).order_by("health").first()


def _launch_percent(runs: list[Run]) -> int | None:
    """How much of the audience the launch has gone through; None when none is under way."""
    for run in runs:
        if run.status == RunStatus.LAUNCHING:
            return percent_launched(run)
    return None


def _needs_account(campaign: Campaign) -> bool:
    """Is it waiting for somebody to mend the connection to Gupshup?"""
    incidents = Incident.objects.open().filter(project=campaign.project_id, kind__in=ACCOUNT_KINDS)
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
