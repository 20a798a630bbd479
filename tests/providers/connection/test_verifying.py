"""Verify: what one call that sends nothing tells of an account, and what of it is remembered."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from providers.connection.verifying import finding_of, remember, verify
from providers.gateway.requests import Account, Credentials
from providers.gateway.results import Answer, Scope, Verdict
from providers.models import (
    Incident,
    IncidentKind,
    Project,
    Provider,
    Verification,
    VerificationResult,
)
from tests.factories import ProviderFactory
from tests.gateway_simulator import (
    CREDENTIALS,
    HSM_PASSWORD,
    HSM_USER,
    TWO_WAY_PASSWORD,
    TWO_WAY_USER,
    SimulatorClient,
    running_simulator,
)

HSM = "/providers/provider/verify/hsm/"
TWO_WAY = "/providers/provider/verify/two_way/"
RIGHT = {
    Account.HSM: Credentials(user_id=HSM_USER, password=HSM_PASSWORD),
    Account.TWO_WAY: Credentials(user_id=TWO_WAY_USER, password=TWO_WAY_PASSWORD),
}


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    settings.GATEWAY_VERIFY_TIMEOUT = 0.5
    with running_simulator() as simulator:
        settings.GATEWAY_SEND_URL = settings.GATEWAY_TEMPLATE_URL = simulator.gateway_url
        yield simulator


@pytest.fixture
def provider(project: Project) -> Provider:
    return ProviderFactory.create(project=project, **CREDENTIALS)


def shown(client: Client, address: str, **typed: str) -> str:
    return " ".join(client.post(address, typed).content.decode().split())


def test_right_credentials_of_the_one_way_account_work(simulator: SimulatorClient) -> None:
    finding = verify(Account.HSM, RIGHT[Account.HSM])
    assert (finding.result, finding.is_clear) == (VerificationResult.WORKS, True)


def test_the_two_way_account_is_known_for_sure_only_where_the_operator_says_by_which_code(
    simulator: SimulatorClient, settings: Settings
) -> None:
    before = verify(Account.TWO_WAY, RIGHT[Account.TWO_WAY])
    settings.GATEWAY_VERIFY_WORKS = {"two_way": ["101"]}
    after = verify(Account.TWO_WAY, RIGHT[Account.TWO_WAY])
    assert (before.result, after.result) == (VerificationResult.UNCLEAR, VerificationResult.WORKS)
    assert "Send a test" in before.way_out


@pytest.mark.parametrize("account", [*Account])
def test_a_wrong_password_is_found_out(simulator: SimulatorClient, account: Account) -> None:
    wrong = Credentials(user_id=RIGHT[account].user_id, password="another")
    assert verify(account, wrong).result == VerificationResult.WRONG_CREDENTIALS


@pytest.mark.parametrize("account", [*Account])
def test_a_refused_ip_is_known_by_the_code_that_the_operator_has_learnt(
    simulator: SimulatorClient, settings: Settings, account: Account
) -> None:
    simulator.options(ip_refused=True)
    before = verify(account, RIGHT[account])
    settings.GATEWAY_EXTRA_CODES = {"901": "ip_refused"}
    after = verify(account, RIGHT[account])
    assert (before.result, after.result) == (
        VerificationResult.UNCLEAR,
        VerificationResult.IP_REFUSED,
    )
    assert "IP whitelist page" in after.way_out


@pytest.mark.parametrize("outage", ["hang", "reset"])
def test_a_gateway_that_hangs_or_resets_is_unreachable(
    simulator: SimulatorClient, outage: str
) -> None:
    simulator.options(outage=outage)
    finding = verify(Account.HSM, RIGHT[Account.HSM])
    assert (finding.result, "Try again" in finding.way_out) == (
        VerificationResult.UNREACHABLE,
        True,
    )


def test_a_gateway_that_nobody_answers_at_is_unreachable(settings: Settings) -> None:
    settings.GATEWAY_TEMPLATE_URL = "http://127.0.0.1:1/GatewayAPI/rest"
    assert verify(Account.HSM, RIGHT[Account.HSM]).result == VerificationResult.UNREACHABLE


@pytest.mark.parametrize("outage", ["html", "unavailable"])
def test_a_page_of_html_tells_nothing(simulator: SimulatorClient, outage: str) -> None:
    simulator.options(outage=outage)
    finding = verify(Account.HSM, RIGHT[Account.HSM])
    assert finding.result == VerificationResult.UNCLEAR


def test_an_installation_can_ask_nothing_at_all(
    simulator: SimulatorClient, settings: Settings
) -> None:
    settings.GATEWAY_VERIFY_CALLS = {"hsm": "none"}
    finding = verify(Account.HSM, RIGHT[Account.HSM])
    assert (finding.result, finding.answer) == (VerificationResult.UNCLEAR, None)
    assert simulator.book() == []


def test_verifying_sends_nothing_to_anybody(simulator: SimulatorClient) -> None:
    for account, credentials in RIGHT.items():
        verify(account, credentials)
    assert (simulator.summary()["accepted"], simulator.summary()["opt_ins"]) == ({}, {})


def test_a_front_that_turns_calls_away_hints_at_the_whitelist() -> None:
    turned_away = Answer(verdict=Verdict.IN_DOUBT, code="http_403", scope=Scope.ACCOUNT)
    finding = finding_of(turned_away)
    assert (finding.result, "IP is not whitelisted" in finding.way_out) == (
        VerificationResult.UNCLEAR,
        True,
    )


def test_a_refused_ip_opens_an_incident_and_a_working_login_closes_it(provider: Provider) -> None:
    refused = finding_of(Answer(verdict=Verdict.REFUSED, code="401", scope=Scope.ACCOUNT))
    works = finding_of(Answer(verdict=Verdict.ACCEPTED))
    remember(provider, Account.HSM, refused)
    remember(provider, Account.TWO_WAY, works)
    opened = list(Incident.objects.open().values_list("kind", flat=True))
    remember(provider, Account.HSM, works)
    assert opened == [IncidentKind.CREDENTIALS]
    assert not Incident.objects.open().exists()
    assert Verification.objects.count() == 2


# The page --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_typed_values_are_verified_before_they_are_saved(
    project: Project, marketer: Client, simulator: SimulatorClient
) -> None:
    page = shown(marketer, HSM, hsm_user_id=f" {HSM_USER}", hsm_password=HSM_PASSWORD)
    assert "Works" in page
    assert HSM_PASSWORD not in page
    assert not Verification.objects.exists()


def test_an_empty_password_verifies_the_stored_one_and_is_remembered(
    provider: Provider, marketer: Client, simulator: SimulatorClient
) -> None:
    assert "Works" in shown(marketer, HSM, hsm_user_id=HSM_USER, hsm_password="")
    row = Verification.objects.get()
    assert (row.account, row.result) == ("hsm", VerificationResult.WORKS)


def test_a_typed_password_that_is_wrong_changes_nothing_that_is_known(
    provider: Provider, marketer: Client, simulator: SimulatorClient
) -> None:
    page = shown(marketer, HSM, hsm_user_id=HSM_USER, hsm_password="typed-wrong")
    assert "Wrong credentials" in page
    assert "typed-wrong" not in page
    assert not Verification.objects.exists()


@pytest.mark.django_db
def test_half_a_login_is_not_asked_about(
    project: Project, marketer: Client, simulator: SimulatorClient
) -> None:
    said = [
        shown(marketer, TWO_WAY, two_way_user_id="", two_way_password=""),
        shown(marketer, TWO_WAY, two_way_user_id="abc", two_way_password="x"),
        shown(marketer, TWO_WAY, two_way_user_id="2", two_way_password="x" * 201),
        shown(marketer, TWO_WAY, two_way_user_id="2", two_way_password="x\0"),
    ]
    words = ("user ID and the password", "digits only", "at most 200 characters", "Null characters")
    assert [word in text for word, text in zip(words, said, strict=True)] == [True] * 4
    assert simulator.book() == []


def test_a_viewer_can_not_verify(provider: Provider, viewer: Client) -> None:
    assert viewer.post(HSM).status_code == 403


def test_new_credentials_make_everything_unknown_again(
    provider: Provider, marketer: Client
) -> None:
    remember(provider, Account.HSM, finding_of(Answer(verdict=Verdict.ACCEPTED)))
    form = {
        "nickname": "Main",
        "hsm_user_id": HSM_USER,
        "hsm_password": "another",
        "two_way_user_id": TWO_WAY_USER,
        "two_way_password": "",
        "number": provider.number,
        "rate": "20",
        "opt_in_by": "kabootar",
    }
    answer = marketer.post(f"/providers/provider/{provider.pk}/change/", form)
    assert (answer.status_code, Verification.objects.exists()) == (302, False)
