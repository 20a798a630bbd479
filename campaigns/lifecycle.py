"""The moves of a campaign between its statuses, each one guarded statement.

Of two people who click at once one wins; the other learns what the campaign is now.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from campaigns import preflight
from campaigns.launching import open_run
from campaigns.models import Campaign, CampaignStatus
from campaigns.waking import wake_launcher, wake_sender
from providers import auditing
from providers.models import User

LIVE = (
    CampaignStatus.SCHEDULED,
    CampaignStatus.LAUNCHING,
    CampaignStatus.RUNNING,
    CampaignStatus.PAUSED,
)


class LifecycleError(Exception):
    """Why a campaign can't make this move, in words for the person who asked for it."""


@transaction.atomic
def publish(campaign: Campaign, *, by: User) -> None:
    """Starts a draft now, or at its time. Raises LifecycleError with what is missing."""
    if problems := problems_of(campaign):
        raise LifecycleError(" ".join(problems))
    later = campaign.starts_at is not None and campaign.starts_at > timezone.now()
    _move(
        campaign,
        to=CampaignStatus.SCHEDULED if later else CampaignStatus.LAUNCHING,
        allowed=[CampaignStatus.DRAFT],
        published_by=by,
        published_at=timezone.now(),
    )
    auditing.record("campaign.published", by=by, project=campaign.project, target=campaign)
    if not later:
        start(campaign)


def start(campaign: Campaign) -> None:
    """Opens the run of a campaign that is in launching, and asks a worker to launch it."""
    wake_launcher(open_run(campaign).pk)


@transaction.atomic
def start_scheduled(campaign: Campaign) -> None:
    """At its time: the same checks as at publishing, since a template may have changed since."""
    if problems := problems_of(campaign):
        _move(
            campaign,
            to=CampaignStatus.FAILED,
            allowed=[CampaignStatus.SCHEDULED],
            status_reason=" ".join(problems),
            finished_at=timezone.now(),
        )
        return
    _move(campaign, to=CampaignStatus.LAUNCHING, allowed=[CampaignStatus.SCHEDULED])
    start(campaign)


def pause(campaign: Campaign, *, reason: str = "") -> None:
    """No message starts after this commit; the open requests end."""
    _move(
        campaign,
        to=CampaignStatus.PAUSED,
        allowed=[CampaignStatus.RUNNING],
        status_reason=reason,
    )


def resume(campaign: Campaign) -> None:
    _move(campaign, to=CampaignStatus.RUNNING, allowed=[CampaignStatus.PAUSED], status_reason="")
    wake_sender()


def stop(campaign: Campaign, *, reason: str = "") -> None:
    """For good. Who has not got it becomes suppressed with the reason that it was stopped."""
    _move(
        campaign,
        to=CampaignStatus.STOPPED,
        allowed=LIVE,
        status_reason=reason,
        finished_at=timezone.now(),
    )


def pause_all(project_id: int, *, reason: str) -> int:
    """Every running campaign of a project; how many that were."""
    return Campaign.objects.filter(project_id=project_id, status=CampaignStatus.RUNNING).update(
        status=CampaignStatus.PAUSED, status_reason=reason
    )


def problems_of(campaign: Campaign) -> list[str]:
    """What keeps this campaign from going out, a sentence each; empty when nothing does."""
    found = preflight.findings(campaign, preflight.variants_of(campaign))
    return [finding.message for finding in preflight.blocking(found)]


def _move(
    campaign: Campaign, *, to: CampaignStatus, allowed: Iterable[str], **changes: object
) -> None:
    moved = Campaign.objects.filter(pk=campaign.pk, status__in=list(allowed)).update(
        status=to, **changes
    )
    campaign.refresh_from_db()
    if not moved:
        raise LifecycleError(
            f"This campaign is {campaign.get_status_display().lower()} now, "
            f"so it can't become {to.label.lower()}."
        )
