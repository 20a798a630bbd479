"""Tests by hand: through the engine like every message, tried once, with the whole answer kept."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from campaigns.models import Message, MessageKind, Outbox, State, TestSend
from campaigns.sending.loop import Sender
from campaigns.tryouts.sending_tests import (
    RefusedTestError,
    send_template,
    send_text,
    send_text_with,
)
from providers.gateway.calling import GatewayLoop
from providers.gateway.requests import Credentials
from providers.gateway.settings import gateway_settings
from providers.models import Project, Provider, Verification, VerificationResult
from providers.phones.numbers import Phone, read_phone
from providers.watch.actors import SYSTEM, Actor
from tests.factories import PhoneBlockFactory, ProviderFactory, TemplateFactory, UserFactory
from tests.gateway_simulator import (
    CREDENTIALS,
    TWO_WAY_PASSWORD,
    TWO_WAY_USER,
    SimulatorClient,
    running_simulator,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    settings.GATEWAY_TOTAL_TIMEOUT = 1.0
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        yield simulator


@pytest.fixture
def provider(project: Project) -> Provider:
    return ProviderFactory.create(project=project, **CREDENTIALS)


def phone(ending: str = "00001") -> Phone:
    return read_phone(f"+9190000{ending:0>5}", default_country="IN")


def run_sender() -> None:
    gateway = GatewayLoop(gateway_settings())
    try:
        Sender(gateway).run(seconds=20)
    finally:
        gateway.close()


def sent(project: Project, ending: str = "0001") -> TestSend:
    test = send_text(project, by=SYSTEM, phone=phone(ending), text="Hello")
    run_sender()
    test.refresh_from_db()
    test.message.refresh_from_db()
    return test


def test_a_test_is_sent_by_the_engine_and_keeps_the_whole_answer(
    provider: Provider, simulator: SimulatorClient
) -> None:
    by = UserFactory.create()
    test = send_text(provider.project, by=Actor(by), phone=phone(), text="Hello")

    run_sender()

    test.refresh_from_db()
    message = Message.objects.get()
    assert (message.kind, message.state, message.external_id) == (
        MessageKind.TEST,
        State.SENT,
        test.message.external_id,
    )
    assert (test.by, test.account, test.verdict, test.http_status, test.code) == (
        by,
        "two_way",
        "accepted",
        200,
        "",
    )
    assert message.external_id in test.answer
    assert test.milliseconds is not None
    assert test.answered_at is not None
    assert Verification.objects.get().result == VerificationResult.WORKS


@pytest.mark.parametrize(
    ("ending", "verdict", "code", "status", "state"),
    [
        ("9943", "refused", "105", 200, State.FAILED),
        ("9922", "retry", "http_429", 429, State.FAILED),
        ("9932", "in_doubt", "timed_out", None, State.IN_DOUBT),
        ("9934", "in_doubt", "connection_lost", None, State.IN_DOUBT),
        ("9937", "in_doubt", "unreadable", 200, State.IN_DOUBT),
    ],
)
def test_every_answer_is_kept_after_one_try(
    provider: Provider,
    simulator: SimulatorClient,
    ending: str,
    verdict: str,
    code: str,
    status: int | None,
    state: State,
) -> None:
    test = sent(provider.project, ending)

    assert (test.verdict, test.code, test.http_status, test.message.state) == (
        verdict,
        code,
        status,
        state,
    )
    assert test.message.attempt == 1
    assert not Verification.objects.exists()


def test_a_page_of_html_is_kept_as_it_came(provider: Provider, simulator: SimulatorClient) -> None:
    assert "<html" in sent(provider.project, "9937").answer.lower()


def test_a_wrong_password_shows_without_being_repeated_in_the_answer(
    provider: Provider, simulator: SimulatorClient
) -> None:
    Provider.objects.update(two_way_password="not-the-password")

    test = sent(provider.project)

    assert (test.verdict, test.code) == ("refused", "102")
    assert "not-the-password" not in test.answer
    assert Verification.objects.get().result == VerificationResult.WRONG_CREDENTIALS


def test_a_template_goes_through_the_one_way_account_after_its_opt_in(
    provider: Provider, simulator: SimulatorClient
) -> None:
    version = TemplateFactory.create(project=provider.project).current
    values = {"body.1": {"text": "{{ profile.name }}"}}
    person = {"profile": {"name": "Asha"}}

    test = send_template(
        provider.project, by=SYSTEM, phone=phone(), version=version, values=values, person=person
    )
    run_sender()

    test.refresh_from_db()
    assert (test.account, test.verdict, test.opt_in_refused) == ("hsm", "accepted", False)
    assert [line["method"] for line in simulator.book()] == ["opt_in", "sendmessage"]


def test_a_refused_opt_in_is_the_answer_to_a_template(
    provider: Provider, simulator: SimulatorClient
) -> None:
    version = TemplateFactory.create(project=provider.project).current
    values = {"body.1": {"text": "Asha"}}

    test = send_template(
        provider.project, by=SYSTEM, phone=phone("9941"), version=version, values=values
    )
    run_sender()

    test.refresh_from_db()
    assert (test.verdict, test.code, test.opt_in_refused) == ("refused", "903", True)


def test_credentials_of_a_form_are_used_once_and_stored_nowhere(
    project: Project, simulator: SimulatorClient
) -> None:
    typed = Credentials(user_id=TWO_WAY_USER, password=TWO_WAY_PASSWORD)

    test = send_text_with(typed, project, by=SYSTEM, phone=phone(), text="Hello")

    assert (test.verdict, test.with_stored_credentials) == ("accepted", False)
    assert Message.objects.get().state == State.SENT
    assert not Outbox.objects.exists()
    assert not Provider.objects.exists()


def test_a_form_with_a_wrong_password_fails_its_test(
    project: Project, simulator: SimulatorClient
) -> None:
    typed = Credentials(user_id=TWO_WAY_USER, password="typed-wrong")

    test = send_text_with(typed, project, by=SYSTEM, phone=phone(), text="Hello")

    assert (test.verdict, test.code) == ("refused", "102")
    assert Message.objects.get().state == State.FAILED


def test_nothing_is_sent_before_a_provider_is_connected(project: Project) -> None:
    with pytest.raises(RefusedTestError, match="Connect Gupshup first"):
        send_text(project, by=SYSTEM, phone=phone(), text="Hello")


def test_a_number_that_said_stop_gets_no_test(provider: Provider) -> None:
    PhoneBlockFactory.create(project=provider.project, match_key=phone().match_key, blocked=True)

    with pytest.raises(RefusedTestError, match="STOP"):
        send_text(provider.project, by=SYSTEM, phone=phone(), text="Hello")

    assert not Message.objects.exists()


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4097])
def test_an_empty_or_endless_message_is_refused(provider: Provider, text: str) -> None:
    with pytest.raises(RefusedTestError):
        send_text(provider.project, by=SYSTEM, phone=phone(), text=text)
