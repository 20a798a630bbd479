"""Taking the provider away, or another account in its place: named first, then stopped."""

from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign, CampaignStatus, Message, MessageKind, Outbox, Reason, State
from campaigns.outbox.enqueueing import enqueue
from providers.models import AuditEntry, Incident, IncidentKind, Project, Provider, Verification
from providers.models import VerificationResult as Result
from providers.watch import incidents
from tests.factories import CampaignFactory, MessageFactory, ProviderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(project: Project) -> Provider:
    connected: Provider = ProviderFactory.create(project=project)
    return connected


def delete_page(provider: Provider) -> str:
    return f"/providers/provider/{provider.pk}/delete/"


def running(project: Project, name: str = "Diwali", status: str = "running") -> Campaign:
    campaign: Campaign = CampaignFactory.create(project=project, name=name, status=status)
    return campaign


def status_of(campaign: Campaign) -> tuple[str, str]:
    campaign.refresh_from_db()
    return campaign.status, campaign.status_reason


def test_the_page_names_what_stops(provider: Provider, project_admin: Client) -> None:
    running(provider.project)
    running(provider.project, "New year", "scheduled")
    running(provider.project, "A draft", "draft")
    page = project_admin.get(delete_page(provider)).content.decode()
    names = ["Diwali (running)", "New year (scheduled)", "A draft"]
    assert [name in page for name in names] == [True, True, False]


def test_confirming_stops_the_campaigns_and_keeps_the_history(
    provider: Provider, project_admin: Client
) -> None:
    campaign = running(provider.project)
    sent = MessageFactory.create(run__campaign=campaign, state=State.SENT)
    incidents.report(provider.project_id, IncidentKind.CREDENTIALS, detail="Wrong")

    answer = project_admin.post(delete_page(provider), {"post": "yes"})

    assert answer["Location"] == "/providers/provider/"
    assert not Provider.objects.exists()
    assert status_of(campaign) == (CampaignStatus.STOPPED, "The provider was disconnected.")
    assert Message.objects.filter(pk=sent.pk).exists()
    assert not Incident.objects.open().exists()
    assert AuditEntry.objects.filter(action="provider.deleted").count() == 1


def test_what_waits_beside_campaigns_is_withdrawn(
    provider: Provider, project_admin: Client
) -> None:
    message = enqueue(
        provider.project,
        kind=MessageKind.AUTO_REPLY,
        phone="+919000000001",
        match_key=919000000001,
        text="Hello",
    )
    page = project_admin.get(delete_page(provider)).content.decode()
    project_admin.post(delete_page(provider), {"post": "yes"})
    message.refresh_from_db()
    assert "1 reply or test" in page
    assert (message.state, message.reason) == (State.SUPPRESSED, Reason.DISCONNECTED)
    assert not Outbox.objects.exists()


def test_another_projects_campaigns_go_on(provider: Provider, project_admin: Client) -> None:
    theirs = running(ProviderFactory.create().project)
    project_admin.post(delete_page(provider), {"post": "yes"})
    assert status_of(theirs) == (CampaignStatus.RUNNING, "")


def test_a_marketer_can_not_disconnect(provider: Provider, marketer: Client) -> None:
    assert marketer.post(delete_page(provider), {"post": "yes"}).status_code == 403
    assert Provider.objects.exists()


def test_opening_the_page_changes_nothing(provider: Provider, project_admin: Client) -> None:
    campaign = running(provider.project)
    project_admin.get(delete_page(provider))
    assert (Provider.objects.count(), status_of(campaign)[0]) == (1, CampaignStatus.RUNNING)


# Replacing ----------------------------------------------------------------------------------------


def form(provider: Provider, **changes: Any) -> dict[str, Any]:
    return {
        "nickname": provider.nickname,
        "hsm_user_id": provider.hsm_user_id,
        "hsm_password": "",
        "two_way_user_id": provider.two_way_user_id,
        "two_way_password": "",
        "number": provider.number,
        "auto_reply_text": "",
        "rate": "20",
        "opt_in_by": "kabootar",
        **changes,
    }


OTHERS = {
    "hsm_user_id": "2000000091",
    "hsm_password": "a",
    "two_way_user_id": "2000000092",
    "two_way_password": "b",
}


def save(client: Client, provider: Provider, **changes: Any) -> Any:
    return client.post(f"/providers/provider/{provider.pk}/change/", form(provider, **changes))


def test_other_accounts_ask_before_they_replace_what_campaigns_need(
    provider: Provider, marketer: Client
) -> None:
    campaign = running(provider.project)
    answer = save(marketer, provider, **OTHERS)
    page = answer.content.decode()
    provider.refresh_from_db()
    assert (answer.status_code, provider.hsm_user_id) == (200, "2000000001")
    assert ["Diwali (running)" in page, 'name="stop_dependents"' in page] == [True, True]
    assert status_of(campaign)[0] == CampaignStatus.RUNNING


def test_once_confirmed_the_campaigns_stop_and_the_accounts_are_replaced(
    provider: Provider, marketer: Client
) -> None:
    campaign = running(provider.project)
    answer = save(marketer, provider, **OTHERS, stop_dependents="yes")
    provider.refresh_from_db()
    assert (answer.status_code, provider.hsm_user_id) == (302, "2000000091")
    assert status_of(campaign) == (
        CampaignStatus.STOPPED,
        "The provider was replaced by another account.",
    )


def test_other_accounts_need_their_own_passwords(provider: Provider, marketer: Client) -> None:
    ids = {name: value for name, value in OTHERS.items() if name.endswith("_id")}
    answer = save(marketer, provider, **ids)
    errors = dict(answer.context["adminform"].form.errors)
    asked = ["This is another account: type its password."]
    assert errors == {"hsm_password": asked, "two_way_password": asked}


@pytest.mark.parametrize(
    "correction", [{"hsm_password": "new"}, {"two_way_user_id": "2000000009"}, {"rate": "5"}]
)
def test_a_correction_stops_nothing(
    provider: Provider, marketer: Client, correction: dict[str, str]
) -> None:
    campaign = running(provider.project, status="paused")
    assert save(marketer, provider, **correction).status_code == 302
    assert status_of(campaign)[0] == CampaignStatus.PAUSED


def test_a_change_of_credentials_forgets_what_was_verified(
    provider: Provider, marketer: Client
) -> None:
    Verification.objects.create(provider=provider, account="hsm", result=Result.WORKS)
    save(marketer, provider, rate="5")
    kept = Verification.objects.count()
    save(marketer, provider, number="+919000000002")
    assert (kept, Verification.objects.count()) == (1, 0)
