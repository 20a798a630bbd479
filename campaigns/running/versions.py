"""A change of a campaign that recurs takes its place between two runs.

The two rows change places in what they say: the campaign keeps its number, its runs and its
results, and the row of the change then holds what was before. So what went out is still rebuilt
from what it was.
"""

from datetime import datetime
from itertools import takewhile

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.models import (
    LIVE,
    OPEN_RUNS,
    Approval,
    AudiencePart,
    Campaign,
    CampaignStatus,
    Variant,
)
from campaigns.planning.drafting import WRITTEN
from campaigns.planning.missed_dates import Decided, Outcome
from campaigns.planning.planned_dates import undecided
from campaigns.planning.schedule import Due
from campaigns.running.standing import skip
from providers.watch import auditing
from providers.watch.actors import SYSTEM
from providers.watch.logging_failures import logging_failure_of

ITS_OWN = 1_000  # places of variants that are on their way to the other row
OVER = "The campaign that it changes is over."
NOTE = "A change that was published before takes effect."
SAID = (*WRITTEN, "published_at", "published_by")


def take_up_versions() -> None:
    """Those that are published, and whose campaign has no run under way."""
    waiting = Campaign.objects.filter(
        version_of__isnull=False, status=CampaignStatus.SCHEDULED
    ).select_for_update(of=["self"], skip_locked=True)
    for version in waiting:
        with logging_failure_of(f"the change {version.pk} of a campaign"):
            take_up(version)


@transaction.atomic
def take_up(version: Campaign) -> None:
    """Nothing, while a run is under way, or is to be opened: that goes on as it was begun."""
    campaigns = Campaign.objects.select_for_update(of=["self"]).select_related("project")
    campaign = campaigns.annotate(now=Now()).get(versions=version)
    if campaign.status not in LIVE:
        _end(version, CampaignStatus.STOPPED, reason=OVER)
        return
    came = _came_before(campaign, version)
    is_held = campaign.status == CampaignStatus.PAUSED
    if campaign.runs.filter(status__in=OPEN_RUNS).exists() or (came and not is_held):
        return
    _change_places(campaign, version)
    first = next(undecided(campaign), None)
    lost = [due for due in came if first is None or due.day < first.day]
    skip(campaign, [Decided(due, Outcome.CHANGED) for due in lost])
    _end(version, CampaignStatus.COMPLETED)
    auditing.record(
        "campaign.changed", by=SYSTEM, project=campaign.project, target=campaign, note=NOTE
    )


def _came_before(campaign: Campaign, version: Campaign) -> list[Due]:
    """Dates that had come when the change was published, and that nobody has decided yet: they are
    not the change's. A worker decides them in a moment, where nothing holds them up."""
    until: datetime = min(vars(campaign)["now"], version.published_at or timezone.now())
    return list(takewhile(lambda due: due.at <= until, undecided(campaign)))


def _change_places(campaign: Campaign, version: Campaign) -> None:
    for name in SAID:
        before = getattr(campaign, name)
        setattr(campaign, name, getattr(version, name))
        setattr(version, name, before)
    _exchange_variants(campaign, version)
    for model in (AudiencePart, Approval):
        _exchange(model, campaign, version)
    due = next(undecided(campaign), None)
    campaign.next_due_at = due.at if due else None
    campaign.save(update_fields=[*SAID, "next_due_at"])
    version.save(update_fields=list(SAID))


def _exchange_variants(campaign: Campaign, version: Campaign) -> None:
    """No two of a campaign have one place, at no moment."""
    mine = list(Variant.objects.filter(campaign=campaign))
    theirs = list(Variant.objects.filter(campaign=version))
    for variant in mine:
        variant.campaign, variant.position = version, variant.position + ITS_OWN
    Variant.objects.bulk_update(mine, ["campaign", "position"])
    for variant in theirs:
        variant.campaign = campaign
    Variant.objects.bulk_update(theirs, ["campaign"])
    for variant in mine:
        variant.position -= ITS_OWN
    Variant.objects.bulk_update(mine, ["position"])


def _exchange(model: type[AudiencePart | Approval], campaign: Campaign, version: Campaign) -> None:
    """What points to the one points to the other."""
    rows = model._default_manager
    mine, theirs = (
        list(rows.filter(campaign=each).values_list("pk", flat=True))
        for each in (campaign, version)
    )
    rows.filter(pk__in=mine).update(campaign=version)
    rows.filter(pk__in=theirs).update(campaign=campaign)


def _end(version: Campaign, status: CampaignStatus, *, reason: str = "") -> None:
    version.status, version.status_reason = status, reason
    version.finished_at = timezone.now()
    version.save(update_fields=["status", "status_reason", "finished_at"])
