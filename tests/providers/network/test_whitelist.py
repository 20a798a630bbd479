from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from providers.connection import verifying
from providers.connection.verifying import Finding
from providers.gateway.requests import Account
from providers.models import (
    Incident,
    IncidentKind,
    ObservedIP,
    Project,
    RefusedCallback,
    VerificationResult,
)
from providers.network import whitelist
from providers.network.whitelist import observe, observed
from tests.factories import ProviderFactory, SendingIPFactory
from tests.providers.web_server import answer, web_server

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("body", "address"),
    [
        (b"203.0.113.9\n", "203.0.113.9"),
        (b'{"ip": "2001:db8::9"}', "2001:db8::9"),
        (b'{"city": "Pune", "origin": "203.0.113.9"}', "203.0.113.9"),
        (b'"203.0.113.9"', "203.0.113.9"),
        (b"<html>nothing here</html>", ""),
        (b"", ""),
        (b"\xff\xfe", ""),
        (b"[]", ""),
    ],
)
def test_the_own_address_is_read_from_whatever_service_tells_it(
    body: bytes, address: str, settings: Settings
) -> None:
    with web_server(lambda _: answer(body)) as server:
        settings.EGRESS_IP_URL = server.url
        assert observe() == address
    assert list(ObservedIP.objects.values_list("address", flat=True)) == [address] * bool(address)


def test_a_service_that_is_away_is_no_error(settings: Settings) -> None:
    settings.EGRESS_IP_URL = "https://no-such-name.invalid/"
    assert observe() == ""
    settings.EGRESS_IP_URL = ""
    assert observe() == ""


def test_an_observed_address_is_compared_with_the_projects_and_the_installations_list(
    project: Project,
) -> None:
    SendingIPFactory.create(project=project, network="203.0.113.0/28")
    SendingIPFactory.create(project=None, network="2001:db8::7")
    SendingIPFactory.create(network="198.51.100.7")  # another project's
    long_ago = timezone.now() - timedelta(hours=2)
    for address in ("203.0.113.7", "2001:db8::7", "198.51.100.7"):
        ObservedIP.objects.create(address=address)
    ObservedIP.objects.create(address="203.0.113.99", last_seen_at=long_ago)

    assert {seen.address: seen.is_listed for seen in observed(project)} == {
        "203.0.113.7": True,
        "2001:db8::7": True,
        "198.51.100.7": False,
    }


def test_a_refused_address_is_an_incident_until_both_accounts_work(project: Project) -> None:
    provider = ProviderFactory.create(project=project)
    refused = Finding(VerificationResult.IP_REFUSED, "Gupshup refuses this address", "Ask it.")
    works = Finding(VerificationResult.WORKS, "Gupshup took the login")

    verifying.remember(provider, Account.HSM, refused)
    verifying.remember(provider, Account.HSM, refused)
    verifying.remember(provider, Account.TWO_WAY, works)

    incident = Incident.objects.open().get()
    assert (incident.kind, incident.count) == (IncidentKind.IP_REFUSED, 2)
    verifying.remember(provider, Account.HSM, works)
    assert not Incident.objects.open().exists()


def test_old_networks_are_forgotten(project: Project) -> None:
    long_ago = timezone.now() - timedelta(days=8)
    for minute in (long_ago, timezone.now()):
        RefusedCallback.objects.create(project=project, reason="key", minute=minute, count=1)
    ObservedIP.objects.create(address="203.0.113.9", last_seen_at=long_ago)

    whitelist.prune()

    assert (RefusedCallback.objects.count(), ObservedIP.objects.count()) == (1, 0)
