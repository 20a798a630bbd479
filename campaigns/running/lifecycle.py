"""The moves of a campaign between its statuses, each one guarded statement.

Of two people who click at once one wins; the other learns what the campaign is now, and by whom.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.audience.segments.estimating import EstimateRefused
from campaigns.audience.segments.naming import hold_project
from campaigns.gates.ending import cut_off_of
from campaigns.gates.trial_mode import STILL_ON, waits_for_trial
from campaigns.hints import wake_launcher, wake_reconciler, wake_sender
from campaigns.models import (
    GOING,
    LIVE,
    OPEN_RUNS,
    UNPUBLISHED,
    Campaign,
    CampaignStatus,
    Outcome,
    Reason,
    Run,
    RunStatus,
)
from campaigns.pace import storms
from campaigns.planning import preflight
from campaigns.planning.approvals import close_request, needs_approval
from campaigns.planning.occasion_document import OccasionError
from campaigns.planning.occasion_events import awaited_by, message_event
from campaigns.planning.own_times import goes_by_own_times, opens_at
from campaigns.planning.planned_dates import first_date_after, leaves_at
from campaigns.planning.schedule import Due
from campaigns.planning.second_try import is_anybody_retryable, run_to_try_again
from campaigns.planning.variants import decides_at_of
from campaigns.running.entering import catch_up
from campaigns.running.opening_runs import (
    open_run,
    open_second_try,
    open_standing_run,
    release_rest,
    waits_for_winner,
)
from campaigns.running.segment_members import begin
from providers.models import IncidentKind
from providers.refusals import Refusal
from providers.watch import auditing, incidents
from providers.watch.actors import SYSTEM, Actor
from templates_app.models import Status, Template

NOT_READY = "campaign.not_ready"
NEEDS_APPROVAL = (
    "This project's campaigns need approval. Ask for it on the last page; it goes out when somebody"
    " else has approved it."
)
NOT_TWICE = (
    "This campaign went out to each person when they did something, so there is no second try. A"
    " new campaign can still reach them."
)
HAD_DATES = (
    "Dates of this campaign have come already, so it can't become a draft again. Pause it, or stop"
    " it and change a clone."
)


class LifecycleError(Refusal):
    """Why a campaign can't make this move, in words for the person who asked for it."""

    code = "campaign.wrong_status"


@transaction.atomic
def publish(campaign: Campaign, *, by: Actor) -> None:
    """Starts a draft now, or at its time; a change of another campaign waits for that one's next
    run. Raises LifecycleError with what is missing, also where that is an approval."""
    if needs_approval(campaign):
        raise LifecycleError(NEEDS_APPROVAL, code="campaign.needs_approval")
    set_going(campaign, "published", by=by, allowed=UNPUBLISHED)
    close_request(campaign, Outcome.NOT_NEEDED, by=by)


def set_going(campaign: Campaign, happened: str, *, by: Actor, allowed: Iterable[str]) -> None:
    """For the acts that publish: now, or at its time."""
    if campaign.is_live:
        hold_project(campaign.project_id)  # of two that close a circle, the second sees the first
    _hold_templates(campaign)
    if problems := problems_of(campaign):
        raise LifecycleError(" ".join(problems), code=NOT_READY)
    now = timezone.now()
    first_due_at = _first_date(campaign, now)
    opens = opens_at(campaign)
    later = campaign.recurs or (opens is not None and opens > now)
    begins = CampaignStatus.RUNNING if campaign.is_live else CampaignStatus.LAUNCHING
    move(
        campaign,
        happened,
        by=by,
        to=CampaignStatus.SCHEDULED if later else begins,
        allowed=allowed,
        published_by=by.person,
        published_at=now,
        cut_off_at=None if later else _cut_off_at(campaign, start=now),
        decides_at=None if later else decides_at_of(campaign, start=leaves_at(campaign)),
        next_due_at=first_due_at if campaign.stands else None,
        **_awaited(campaign),
    )
    incidents.close(campaign.project_id, IncidentKind.UNREADABLE)
    if campaign.version_of_id is not None:
        wake_reconciler()
    if not later:
        start(campaign)


def _first_date(campaign: Campaign, now: datetime) -> datetime | None:
    """Of one that recurs. The last may have passed since it was checked."""
    first = first_date_after(campaign, now) if campaign.recurs else None
    if campaign.recurs and first is None:
        raise LifecycleError(preflight.NO_DATE_LEFT, code=NOT_READY)
    return first


def _awaited(campaign: Campaign) -> dict[str, int | str | None]:
    """Of a live one, the events by which it is found when they come."""
    if not campaign.is_live:
        return {}
    occasion, did, unless = awaited_by(campaign)
    return {
        "awaited_id": (did.kind if did else 0) or None,
        "averted_by_id": (unless.kind if unless else 0) or None,
        "awaited_message": message_event(occasion.did),
        "averted_by_message": message_event(occasion.unless),
    }


def _cut_off_at(campaign: Campaign, *, start: datetime) -> datetime | None:
    """Of a run. Whoever enters a live one has their own, and who is due by their own time."""
    has_own = campaign.is_live or goes_by_own_times(campaign)
    return None if has_own else cut_off_of(campaign, start=start)


def start(campaign: Campaign) -> None:
    """Opens the run of a campaign that is in launching, and asks a worker to launch it; a live one
    runs, and waits for what happens."""
    if campaign.is_live:
        _begin_to_stand(campaign)
    else:
        wake_launcher(open_run(campaign).pk)


def _begin_to_stand(campaign: Campaign) -> None:
    run = open_standing_run(campaign)
    if campaign.starts_at is not None:
        catch_up(run)
    try:
        begin(run)
    except (OccasionError, EstimateRefused) as refused:
        raise LifecycleError(str(refused), code=NOT_READY) from refused


@transaction.atomic
def start_scheduled(campaign: Campaign, *, problems: Sequence[str] = ()) -> None:
    """At its time: the same checks as at publishing, since a template may have changed since.
    `problems` are those that were found before."""
    if problems := [*problems_of(campaign), *problems]:
        move(
            campaign,
            "failed",
            by=SYSTEM,
            to=CampaignStatus.FAILED,
            allowed=[CampaignStatus.SCHEDULED],
            status_reason=" ".join(problems),
            finished_at=timezone.now(),
        )
        return
    move(
        campaign,
        "started",
        by=SYSTEM,
        to=CampaignStatus.RUNNING if campaign.is_live else CampaignStatus.LAUNCHING,
        allowed=[CampaignStatus.SCHEDULED],
        cut_off_at=_cut_off_at(campaign, start=campaign.starts_at or timezone.now()),
        decides_at=decides_at_of(campaign, start=leaves_at(campaign)),
    )
    start(campaign)


@transaction.atomic
def start_planned(campaign: Campaign, due: Due, *, cut_off_from: datetime) -> None:
    """One date of a campaign that recurs, which was checked just now."""
    move(
        campaign,
        "started",
        by=SYSTEM,
        to=CampaignStatus.LAUNCHING,
        allowed=[CampaignStatus.SCHEDULED],
        cut_off_at=_cut_off_at(campaign, start=cut_off_from),
    )
    wake_launcher(open_run(campaign, planned=due.day).pk)


def unschedule(campaign: Campaign, *, by: Actor) -> None:
    """Back to a draft: nobody has got it, and it can be changed again."""
    if campaign.stands and campaign.runs.exists():
        raise LifecycleError(HAD_DATES, code="campaign.had_dates")
    move(
        campaign,
        "unscheduled",
        by=by,
        to=CampaignStatus.DRAFT,
        allowed=[CampaignStatus.SCHEDULED],
        published_by=None,
        published_at=None,
        next_due_at=None,
    )


def pause(campaign: Campaign, *, by: Actor, reason: str = "") -> None:
    """No message is claimed after this commit; the open requests end. A launch goes on getting
    everybody's message ready, since nothing leaves by that. One that recurs can be paused between
    its dates, too: those that come meanwhile wait until their cut-off."""
    move(
        campaign,
        "paused",
        by=by,
        to=CampaignStatus.PAUSED,
        allowed=(CampaignStatus.SCHEDULED, *GOING) if campaign.stands else GOING,
        status_reason=reason or f"Paused by {by.name}.",
    )


@transaction.atomic
def resume(campaign: Campaign, *, by: Actor) -> None:
    if campaign.status == CampaignStatus.PAUSED and waits_for_trial(campaign):
        raise LifecycleError(STILL_ON, code="campaign.in_trial")
    _check_templates(campaign)
    # Held, so that its launch doesn't end between this look and the move.
    launches = Run.objects.select_for_update().filter(campaign=campaign, status=RunStatus.LAUNCHING)
    launching = launches.first()
    move(
        campaign,
        "resumed",
        by=by,
        to=CampaignStatus.LAUNCHING if launching else _status_without_launch(campaign),
        allowed=[CampaignStatus.PAUSED],
        status_reason="",
    )
    incidents.close(campaign.project_id, IncidentKind.STORM, IncidentKind.RUSH)
    _count_anew(campaign)
    if launching:
        wake_launcher(launching.pk)
    wake_sender()
    wake_reconciler()


def _status_without_launch(campaign: Campaign) -> CampaignStatus:
    """Between its dates nothing of a campaign is open."""
    if campaign.recurs and not campaign.runs.filter(status__in=OPEN_RUNS).exists():
        return CampaignStatus.SCHEDULED
    return CampaignStatus.RUNNING


@transaction.atomic
def stop(
    campaign: Campaign,
    *,
    by: Actor,
    reason: str = "",
    left_over: Reason = Reason.CAMPAIGN_STOPPED,
) -> None:
    """For good: no message is claimed after the commit. Who has not got it becomes suppressed with
    the reason `left_over`, by a worker, within seconds."""
    move(
        campaign,
        "stopped",
        by=by,
        to=CampaignStatus.STOPPED,
        allowed=LIVE,
        status_reason=reason or f"Stopped by {by.name}.",
        left_over=left_over,
        finished_at=timezone.now(),
        next_due_at=None,
    )
    incidents.close(campaign.project_id, IncidentKind.UNREADABLE, IncidentKind.RUSH)
    release_rest(campaign)
    wake_reconciler()


@transaction.atomic
def start_second_try(campaign: Campaign, *, by: Actor) -> None:
    """A second run of a completed campaign, to those whom a passing trouble has kept from getting
    it. Raises LifecycleError when there is nothing to try again."""
    if campaign.is_live:
        raise LifecycleError(NOT_TWICE, code="campaign.live")
    _hold_templates(campaign)
    _check_may_begin_anew(campaign)
    move(
        campaign,
        "retried",
        by=by,
        to=CampaignStatus.LAUNCHING,
        allowed=[CampaignStatus.COMPLETED],
        finished_at=None,
        cut_off_at=cut_off_of(campaign, start=timezone.now()),
    )
    run = _run_with_somebody_to_try(campaign)
    _count_anew(campaign)
    wake_launcher(open_second_try(run).pk)


def _check_templates(campaign: Campaign) -> None:
    """While somebody waits for the winner of a test, and as long as it recurs or is live, any of
    them may still be sent."""
    waits = campaign.winner_id is None and waits_for_winner(campaign)
    if not waits and not campaign.stands and not campaign.is_live:
        return
    variants = preflight.variants_of(campaign)
    for template in (variant.version.template for variant in variants):
        if template.status != Status.APPROVED:
            raise LifecycleError(not_approved(template), code=NOT_READY)


def not_approved(template: Template) -> str:
    return (
        f"The template “{template}” is {template.get_status_display().lower()}. Wait until it is "
        "approved again, or stop the campaign."
    )


def _check_may_begin_anew(campaign: Campaign) -> None:
    if campaign.ends_at is not None and campaign.ends_at <= timezone.now():
        raise LifecycleError(
            "This campaign's end has passed. Clone it to try these people again.",
            code="campaign.past_its_end",
        )
    if problems := problems_of(campaign):
        raise LifecycleError(" ".join(problems), code=NOT_READY)


def _run_with_somebody_to_try(campaign: Campaign) -> Run:
    run = run_to_try_again(campaign)
    if run is None:
        raise LifecycleError(
            "These people have had their second try already.", code="campaign.retried_already"
        )
    if not is_anybody_retryable(run):
        raise LifecycleError(
            "There is nobody for whom a second try would make sense now.",
            code="campaign.nobody_to_retry",
        )
    return run


def pause_all(project_id: int, *, reason: str) -> int:
    """Every campaign of a project that sends or is about to; how many that were."""
    return _pause_going(Campaign.objects.filter(project=project_id), reason=reason)


def pause_one(campaign_id: int, *, reason: str) -> int:
    """Like pause_all, of one campaign: 1, or 0 where it did not send any more."""
    return _pause_going(Campaign.objects.filter(pk=campaign_id), reason=reason)


@transaction.atomic
def _pause_going(campaigns: QuerySet[Campaign], *, reason: str) -> int:
    """By itself, when going on would do harm."""
    going = list(campaigns.filter(status__in=GOING).select_for_update(no_key=True).order_by("pk"))
    paused = Campaign.objects.filter(pk__in=[campaign.pk for campaign in going])
    auditing.record_each("campaign.paused", by=SYSTEM, targets=going)
    return paused.update(status=CampaignStatus.PAUSED, status_reason=reason)


def _count_anew(campaign: Campaign) -> None:
    """What failed before this says nothing about what comes."""
    transaction.on_commit(partial(storms.forget, campaign.project_id, campaign.pk))


def problems_of(campaign: Campaign) -> list[str]:
    """What keeps this campaign from going out, a sentence each; empty when nothing does."""
    found = preflight.findings(campaign, preflight.variants_of(campaign))
    return [finding.message for finding in preflight.blocking(found)]


def _hold_templates(campaign: Campaign) -> None:
    """Before a campaign becomes one that needs them. Whoever takes a template out of use at this
    moment does not see the campaign as live yet, and would not stop it. With the templates held,
    one waits for the other.
    """
    mine = Template.objects.filter(pk__in=campaign.variants.values("version__template"))
    list(mine.select_for_update(no_key=True).order_by("pk"))


@transaction.atomic
def move(
    campaign: Campaign,
    happened: str,
    *,
    by: Actor,
    to: CampaignStatus,
    allowed: Iterable[str],
    **changes: object,
) -> None:
    """For the acts that move a campaign. `happened` is what the audit log says of it. Whatever
    moves is out of the archive again."""
    moved = Campaign.objects.filter(pk=campaign.pk, status__in=list(allowed)).update(
        status=to, archived_at=None, **changes
    )
    if not moved:
        raise LifecycleError(_what_it_is_now(campaign, wanted=to))
    campaign.refresh_from_db()
    auditing.record(f"campaign.{happened}", by=by, project=campaign.project, target=campaign)


def _what_it_is_now(campaign: Campaign, *, wanted: CampaignStatus) -> str:
    now = Campaign.objects.filter(pk=campaign.pk).first()
    if now is None:
        return "This campaign was deleted."
    status = CampaignStatus(now.status)
    is_now = "already" if status == wanted else f"now, so it can't become {wanted.label.lower()}"
    return f"This campaign is {status.label.lower()} {is_now}. {now.status_reason}".rstrip()
