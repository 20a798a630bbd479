"""Campaigns that recur: what becomes of each planned date, decided once, when it has come.

A date goes out as a run, or is skipped with a run's line that says why, or waits. The campaign's
row is held meanwhile, and a day has one run at the most: so it does not matter how many look, nor
how often. Between its dates a campaign is scheduled.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from campaigns.models import (
    LIVE,
    OPEN_RUNS,
    Campaign,
    CampaignKind,
    CampaignStatus,
)
from campaigns.planning.missed_dates import GRACE, Decided, Late, Outcome, decide
from campaigns.planning.own_times import ALL_ZONES
from campaigns.planning.planned_dates import undecided
from campaigns.planning.schedule import Due
from campaigns.running.lifecycle import pause, problems_of, start_planned
from campaigns.running.opening_runs import skip_days
from campaigns.running.starting_on_time import problems_with_links
from providers.watch import auditing
from providers.watch.actors import SYSTEM
from providers.watch.logging_failures import logging_failure_of

CANT_START = "It could not go out on its date. {} Mend that, then resume it."
_OPEN = ", ".join(f"'{status}'" for status in OPEN_RUNS)
HELD_BY = {
    CampaignStatus.PAUSED: Outcome.PAUSED,
    CampaignStatus.LAUNCHING: Outcome.STILL_GOING,
    CampaignStatus.RUNNING: Outcome.STILL_GOING,
}

# Nothing of it is open any more: it waits for its next date, or is over.
REST = f"""
UPDATE campaigns_campaign c SET
    status = CASE WHEN c.next_due_at IS NULL THEN '{CampaignStatus.COMPLETED}'
        ELSE '{CampaignStatus.SCHEDULED}' END,
    status_reason = '', finished_at = CASE WHEN c.next_due_at IS NULL THEN now() END
WHERE c.kind = '{CampaignKind.RECURRING}'
    AND c.version_of_id IS NULL
    AND (c.status = '{CampaignStatus.RUNNING}' OR c.next_due_at IS NULL
        AND c.status IN ('{CampaignStatus.PAUSED}', '{CampaignStatus.SCHEDULED}'))
    AND NOT EXISTS (SELECT FROM campaigns_run r WHERE r.campaign_id = c.id
        AND r.status IN ({_OPEN}))
RETURNING c.id, c.project_id, c.status
"""


def rest() -> None:
    """Campaigns whose run is over, and those that have no date left."""
    with connection.cursor() as cursor:
        cursor.execute(REST)
        rested = [Campaign(pk=pk, project_id=of, status=status) for pk, of, status in cursor]
    over = [campaign for campaign in rested if campaign.status == CampaignStatus.COMPLETED]
    auditing.record_each("campaign.completed", by=SYSTEM, targets=over)


def decide_due_dates() -> None:
    """One statement where no date has come. By PostgreSQL's clock, whatever a worker's shows."""
    due = Campaign.objects.filter(next_due_at__lte=Now(), status__in=LIVE)
    held = due.select_for_update(of=["self"], skip_locked=True).select_related("project")
    for campaign in held.annotate(now=Now()).order_by("next_due_at"):
        now: datetime = vars(campaign)["now"]
        with logging_failure_of(f"the date of campaign {campaign.pk}"):
            decide_dates(campaign, now=now)


@transaction.atomic
def decide_dates(campaign: Campaign, *, now: datetime) -> None:
    """Of a campaign that is held."""
    decided = decide(
        list(takewhile(lambda due: due.at <= now, undecided(campaign))),
        now=now,
        late=Late.SEND if campaign.sends_late else Late.SKIP,
        cut_off=_may_begin_within(campaign),
        held_by=HELD_BY.get(CampaignStatus(campaign.status)),
    )
    skip(campaign, [each for each in decided if each.outcome.is_skipped])
    for each in decided:
        if each.outcome is Outcome.SEND:
            _start(campaign, each.due, now=now)
    _plan(campaign)


def _cut_off(campaign: Campaign) -> timedelta | None:
    return None if campaign.cut_off_hours is None else timedelta(hours=campaign.cut_off_hours)


def _may_begin_within(campaign: Campaign) -> timedelta | None:
    """How long after a date has come it is not too late: by each person's own clocks, while it is
    to come for somebody."""
    cut_off = _cut_off(campaign)
    return (cut_off or GRACE) + ALL_ZONES if campaign.own_time else cut_off


def skip(campaign: Campaign, skipped: Sequence[Decided]) -> None:
    """Of a campaign that is held."""
    if not skipped:
        return
    skip_days(campaign, [(each.due.day, each.outcome.words) for each in skipped])
    days = ", ".join(f"{each.due.day:%d %B %Y}" for each in skipped)
    about: dict[str, Any] = {"project": campaign.project, "target": campaign, "note": days}
    auditing.record("campaign.skipped", by=SYSTEM, **about)


def _start(campaign: Campaign, due: Due, *, now: datetime) -> None:
    """Nothing yet, as long as a link of it may still open. Where it can't go out it is paused, so
    that somebody sees it; the date waits for them until its cut-off."""
    problems = problems_with_links(campaign)
    if problems is None:
        return
    if problems := [*problems_of(campaign), *problems]:
        pause(campaign, by=SYSTEM, reason=CANT_START.format(" ".join(problems)))
        return
    start_planned(campaign, due, cut_off_from=_begins_at(campaign, due, now=now))


def _begins_at(campaign: Campaign, due: Due, *, now: datetime) -> datetime:
    """From when its hours count: from its time, or from now where it is sent after them."""
    cut_off = _cut_off(campaign)
    return now if cut_off is not None and now >= due.at + cut_off else due.at


def _plan(campaign: Campaign) -> None:
    """The next date that is to be decided; without one, it is over with what is open."""
    due = next(undecided(campaign), None)
    Campaign.objects.filter(pk=campaign.pk).update(next_due_at=due.at if due else None)
