"""What concerns the whole account pauses a project's campaigns, with an incident that says so."""

import pytest
from pytest_django import Settings

from campaigns.models import Campaign, CampaignStatus
from campaigns.sending.halting import halt
from providers.gateway.results import Answer, Scope, Verdict
from providers.models import Incident, IncidentKind, Project
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("102", IncidentKind.CREDENTIALS),
        ("104", IncidentKind.ACCOUNT),
        ("1003", IncidentKind.BALANCE),
        ("313", IncidentKind.IP_REFUSED),
    ],
)
def test_a_refused_account_pauses_what_goes_out_and_tells_why(
    project: Project, settings: Settings, code: str, kind: IncidentKind
) -> None:
    settings.GATEWAY_EXTRA_CODES = {"313": "ip_refused"}
    for status in CampaignStatus:
        CampaignFactory.create(project=project, name=status, status=status)
    CampaignFactory.create(name="another project's", status=CampaignStatus.RUNNING)

    halt(project.pk, Answer(verdict=Verdict.REFUSED, scope=Scope.ACCOUNT, code=code))

    paused = Campaign.objects.filter(status=CampaignStatus.PAUSED).exclude(status_reason="")
    assert set(paused.values_list("name", flat=True)) == {"launching", "running"}
    assert {kind.label in campaign.status_reason for campaign in paused} == {True}
    assert {f"Gupshup's code: {code}" in campaign.status_reason for campaign in paused} == {True}
    assert [incident.kind for incident in Incident.objects.open()] == [kind]
