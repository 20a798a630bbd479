"""Which campaigns wait for trial mode to end, and which only leave out who is no test profile."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from campaigns.gates.trial_mode import (
    TIME_CAME,
    WAITING_FOR_TRIAL,
    WAITS,
    WILL_WAIT,
    drops_for_trial,
    pause_waiting,
    waits_for_trial,
)
from campaigns.models import Campaign, CampaignStatus
from providers.models import AuditEntry, Project
from tests.factories import CampaignFactory, ProviderFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def foreseen(campaign: Campaign, *, starts_at: datetime) -> list[str]:
    assert WAITING_FOR_TRIAL.foresee is not None
    return [one.message for one in WAITING_FOR_TRIAL.foresee(campaign, starts_at)]


@pytest.mark.parametrize(
    ("is_on_trial", "is_new_connection", "starts_after", "waits", "why"),
    [
        (True, True, None, True, WAITS),
        (True, False, HOUR, True, TIME_CAME),
        (True, True, HOUR, True, TIME_CAME),
        (True, False, None, False, ""),
        (True, False, -HOUR, False, ""),  # its time had passed when it was published
        (False, True, HOUR, False, ""),
    ],
)
def test_what_was_published_for_later_or_by_an_earlier_connection_waits(
    project: Project,
    is_on_trial: bool,
    is_new_connection: bool,
    starts_after: timedelta | None,
    waits: bool,
    why: str,
) -> None:
    published_at = timezone.now() - 2 * HOUR
    ProviderFactory.create(
        project=project,
        trial_ended_at=None if is_on_trial else timezone.now(),
        credentials_changed_at=published_at + (HOUR if is_new_connection else -HOUR),
    )
    campaign = CampaignFactory.create(
        project=project,
        status=CampaignStatus.RUNNING,
        published_at=published_at,
        starts_at=starts_after and published_at + starts_after,
    )
    drops = is_on_trial and not waits
    assert (waits_for_trial(campaign), drops_for_trial(campaign)) == (waits, drops)
    assert foreseen(campaign, starts_at=timezone.now() + HOUR) == ([WILL_WAIT] if waits else [])
    assert foreseen(campaign, starts_at=timezone.now()) == []

    assert pause_waiting() == waits

    campaign.refresh_from_db()
    status = CampaignStatus.PAUSED if waits else CampaignStatus.RUNNING
    assert (campaign.status, campaign.status_reason) == (status, why)
    assert AuditEntry.objects.filter(action="campaign.paused").count() == waits
