"""Opening a run: who may be in it at the most is fixed here, and shared out to those who launch it.

Everybody is whoever is there now. Whom a list, a segment or a second try means is seen when the
launch begins (gathering.py), since that may take a while.
"""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.audience.source import EVERYBODY
from campaigns.gates.registry import sets_to_decide
from campaigns.hints import wake_launcher
from campaigns.models import Campaign, LaunchShare, Run, RunStatus
from campaigns.planning.targeting import last_profile_id, source_of
from campaigns.planning.variants import has_rest
from campaigns.running.pinning_goals import pinned_goal, reopen

SHARES = 2  # of a run; a phone is in one of them, however many profiles have it


@transaction.atomic
def open_run(campaign: Campaign, *, planned: date | None = None) -> Run:
    """Who is imported later is not in this run. `planned` is the day of one that recurs. Raises
    IntegrityError where its day has a run."""
    run = Run.objects.create(
        campaign=campaign,
        number=campaign.runs.count() + 1,
        due_key=planned or _planned_day(campaign),
        goal=pinned_goal(campaign),
        last_profile_id=last_profile_id(campaign),
        as_of=timezone.now() if _is_decided(campaign) else None,
    )
    _share_out(run)
    if has_rest(campaign):
        _open_rest(run)
    return run


def open_standing_run(campaign: Campaign) -> Run:
    """Whoever enters it from its beginning on is in it, one by one, however late it is opened."""
    return Run.objects.create(
        campaign=campaign,
        number=campaign.runs.count() + 1,
        status=RunStatus.STANDING,
        goal=pinned_goal(campaign),
        last_profile_id=0,
        as_of=Now(),
        started_at=campaign.starts_at or Now(),
    )


def skip_days(campaign: Campaign, days: Sequence[tuple[date, str]]) -> None:
    """A run for each that is over before it began and has nobody in it, with the reason. Raises
    IntegrityError where a day has a run."""
    first = campaign.runs.count() + 1
    Run.objects.bulk_create(
        Run(
            campaign=campaign,
            number=number,
            status=RunStatus.FINISHED,
            due_key=day,
            skipped_because=why,
            last_profile_id=0,
            finished_at=Now(),
        )
        for number, (day, why) in enumerate(days, first)
    )


def _open_rest(run: Run) -> None:
    """For those who wait for the test's winner: written down with the test's people."""
    rest = Run.objects.create(
        campaign=run.campaign,
        number=run.number + 1,
        status=RunStatus.WAITING,
        last_profile_id=run.last_profile_id,
        rest_of=run,
        goal=run.goal,
    )
    _share_out(rest)


def waits_for_winner(campaign: Campaign) -> bool:
    return Run.objects.filter(campaign=campaign, status=RunStatus.WAITING).exists()


@transaction.atomic
def release_rest(campaign: Campaign) -> None:
    """Those who waited for a winner get their rows now."""
    waiting = Run.objects.filter(campaign=campaign, status=RunStatus.WAITING)
    for run in waiting.select_for_update():
        waiting.filter(pk=run.pk).update(status=RunStatus.LAUNCHING, started_at=Now())
        wake_launcher(run.pk)


@transaction.atomic
def open_second_try(run: Run) -> Run:
    """Raises IntegrityError if somebody was quicker."""
    second = Run.objects.create(
        campaign=run.campaign,
        number=run.campaign.runs.count() + 1,
        last_profile_id=run.last_profile_id,
        retry_of=run,
        goal=reopen(run.goal),
    )
    _share_out(second)
    return second


def _is_decided(campaign: Campaign) -> bool:
    """Everybody, unless some have to be chosen among them."""
    if has_rest(campaign):
        return False
    return source_of(campaign) == EVERYBODY and not sets_to_decide(campaign)


def _planned_day(campaign: Campaign) -> date:
    planned = campaign.starts_at or timezone.now()
    return planned.astimezone(ZoneInfo(campaign.project.time_zone)).date()


def _share_out(run: Run) -> None:
    LaunchShare.objects.bulk_create(
        LaunchShare(run=run, number=number, of=SHARES) for number in range(SHARES)
    )
