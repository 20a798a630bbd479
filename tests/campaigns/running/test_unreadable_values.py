"""Values of an earlier version that can't be read any more halt their campaigns."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus
from campaigns.running.lifecycle import stop
from campaigns.sending.reconciling import reconcile
from providers.models import Incident, IncidentKind, Project
from providers.watch.actors import SYSTEM
from tests.factories import CampaignFactory, VariantFactory

pytestmark = pytest.mark.django_db

LOOP = {"body.1": {"text": "{% for a in (1..100) %}{{ a }}{% endfor %}", "fallback": "there"}}


def campaign_with(values: dict[str, object], project: Project, status: CampaignStatus) -> Campaign:
    campaign = CampaignFactory.create(
        project=project,
        name=f"{status} {'bad' if values else 'good'}",
        status=status,
        starts_at=timezone.now() + timedelta(days=1),
        published_at=timezone.now(),
    )
    VariantFactory.create(campaign=campaign, **({"values": values} if values else {}))
    return campaign


def test_what_is_under_way_pauses_and_what_waits_is_a_draft_again(project: Project) -> None:
    campaigns = [
        campaign_with(values, project, status)
        for values in (LOOP, {})
        for status in (CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.COMPLETED)
    ]

    reconcile()
    reconcile()

    now = {each.name: each for each in Campaign.objects.filter(pk__in=[c.pk for c in campaigns])}
    assert {name: each.status for name, each in now.items()} == {
        "scheduled bad": "draft",
        "running bad": "paused",
        "completed bad": "completed",
        "scheduled good": "scheduled",
        "running good": "running",
        "completed good": "completed",
    }
    assert "“for” can't be used here" in now["running bad"].status_reason
    (incident,) = Incident.objects.open()
    assert (incident.project, incident.kind, incident.count) == (
        project,
        IncidentKind.UNREADABLE,
        1,
    )
    assert "running bad, scheduled bad." in incident.detail


def test_the_incident_is_over_once_somebody_has_seen_to_it(project: Project) -> None:
    campaign = campaign_with(LOOP, project, CampaignStatus.RUNNING)
    reconcile()

    campaign.refresh_from_db()
    stop(campaign, by=SYSTEM)

    assert not Incident.objects.open().exists()
