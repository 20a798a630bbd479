"""The doctor finds each fault, the simulator showing those that are Gupshup's, and is green when
all is well."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db.models import Value
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from callbacks.models import LastCall
from callbacks.receipts import processing
from callbacks.receiving.refusing import refusals
from campaigns.models import Message, MessageKind, State
from campaigns.sending.loop import Sender
from campaigns.tryouts.sending_tests import send_text
from config.doctor.examining import CHECKS, examine, examine_all, is_green, worst_of
from config.tasks import examine_connection
from providers.connection.callback_urls import current_key, whole_key
from providers.connection.verifying import remember, verify
from providers.gateway.calling import GatewayLoop
from providers.gateway.requests import Account
from providers.gateway.settings import gateway_settings
from providers.models import (
    AuditEntry,
    Diagnosis,
    Health,
    Heartbeat,
    IncidentKind,
    ObservedIP,
    Project,
    Provider,
    RefusedCallback,
    Role,
    SendingIP,
    Verification,
)
from providers.phones.numbers import read_phone
from providers.watch import incidents
from providers.watch.actors import SYSTEM
from tests.conftest import client_in
from tests.factories import (
    CallbackSourceFactory,
    MessageFactory,
    ProfileFactory,
    ProviderFactory,
)
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator

FAIL, PASS, UNKNOWN = Health.FAIL, Health.PASS, Health.UNKNOWN
QUEUES = ("send", "callbacks", "default")


def found(project: Project) -> dict[str, str]:
    return {row.name: row.health for row in examine(project)}


def word(project: Project, name: str) -> tuple[str, str]:
    row = next(row for row in examine(project) if row.name == name)
    return row.health, row.message


def beat(*names: str, at: Any = None, skew: float = 0.0) -> None:
    for name in names:
        Heartbeat.objects.update_or_create(
            pk=name, defaults={"at": at or timezone.now(), "skew": skew}
        )


# With Gupshup's stand-in --------------------------------------------------------------------------


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    settings.GATEWAY_TOTAL_TIMEOUT = 2.0
    settings.GATEWAY_EXTRA_CODES = {"901": {"trouble": "ip_refused"}}
    settings.GATEWAY_VERIFY_CALLS = {"hsm": "list_templates", "two_way": "none"}
    with running_simulator() as simulator:
        settings.GATEWAY_SEND_URL = settings.GATEWAY_TEMPLATE_URL = simulator.gateway_url
        yield simulator


@pytest.fixture
def connected(
    transactional_db: None, simulator: SimulatorClient, live_server: Any, settings: Settings
) -> Provider:
    """On trial, its callbacks set up at Gupshup, and all machines at work."""
    settings.PUBLIC_BASE_URL = live_server.url
    provider = ProviderFactory.create(
        trial_ended_at=None,
        credentials_changed_at=timezone.now() - timedelta(minutes=1),
        **CREDENTIALS,
    )
    call_back(simulator, provider, key=whole_key(current_key(provider.project)))
    beat(*QUEUES)
    return provider


def call_back(simulator: SimulatorClient, provider: Provider, *, key: str) -> None:
    base = django_settings.PUBLIC_BASE_URL
    simulator.register(
        number=provider.number.removeprefix("+"),
        status_url=f"{base}/gupshup/status?a={key}",
        response_url=f"{base}/gupshup/response?a={key}",
    )


def verify_hsm(provider: Provider) -> None:
    remember(provider, Account.HSM, verify(Account.HSM, provider.hsm))


def send_a_test(provider: Provider, simulator: SimulatorClient) -> None:
    phone = read_phone("+919000000001", default_country="IN")
    send_text(provider.project, by=SYSTEM, phone=phone, text="Hello")
    gateway = GatewayLoop(gateway_settings())
    try:
        Sender(gateway).run(seconds=20)
    finally:
        gateway.close()
    simulator.wait_until_quiet(timeout=10)
    processing.drain()


def test_a_real_test_makes_the_doctor_green_and_ends_the_trial(
    connected: Provider, simulator: SimulatorClient
) -> None:
    before = examine(connected.project)
    assert (is_green(before), worst_of(before)) == (False, before[0])

    verify_hsm(connected)
    send_a_test(connected, simulator)
    rows = examine(connected.project)

    assert {row.name: row.health for row in rows} == {
        **{check.name: PASS for check in CHECKS},
        "address": PASS,  # Gupshup has let us in
    }
    assert (is_green(rows), worst_of(rows)) == (True, None)
    connected.refresh_from_db()
    assert not connected.is_on_trial
    assert AuditEntry.objects.filter(action="provider.ended_trial").count() == 1


def test_new_credentials_start_the_trial_again(
    connected: Provider, simulator: SimulatorClient
) -> None:
    verify_hsm(connected)
    send_a_test(connected, simulator)
    examine(connected.project)
    connected.refresh_from_db()
    connected.start_trial(at=timezone.now())
    connected.save()
    connected.verifications.all().delete()

    health = found(connected.project)
    assert (health["hsm"], health["two_way"], health["round_trip"]) == (UNKNOWN,) * 3
    connected.refresh_from_db()
    assert connected.is_on_trial


def test_faults_at_gupshup_are_found_and_gone_when_mended(
    connected: Provider, simulator: SimulatorClient
) -> None:
    verify_hsm(connected)
    send_a_test(connected, simulator)

    simulator.options(ip_refused=True)
    verify_hsm(connected)
    health = found(connected.project)
    assert (health["address_refused"], health["hsm"]) == (FAIL, UNKNOWN)

    simulator.options(ip_refused=False)
    right, connected.hsm_password = connected.hsm_password, "wrong"
    verify_hsm(connected)
    health = found(connected.project)
    assert health["hsm"] == FAIL

    connected.hsm_password = right
    simulator.options(outage="unavailable")
    verify_hsm(connected)
    assert found(connected.project)["hsm"] == UNKNOWN

    simulator.options(outage="")
    verify_hsm(connected)
    assert is_green(examine(connected.project))


def test_a_clock_ahead_of_gupshups_is_found(
    connected: Provider, simulator: SimulatorClient
) -> None:
    simulator.options(clock_behind=120.0)
    send_a_test(connected, simulator)

    health, message = word(connected.project, "clocks")
    assert (health, "this server's clock is ahead" in message) == (FAIL, True)


def test_reports_that_do_not_come_are_missed(
    connected: Provider, simulator: SimulatorClient
) -> None:
    simulator.options(reports=False)
    verify_hsm(connected)
    send_a_test(connected, simulator)
    assert not is_green(examine(connected.project))
    assert found(connected.project)["round_trip"] == UNKNOWN

    for _ in range(4):
        send_a_test(connected, simulator)
    Message.objects.update(sent_at=timezone.now() - timedelta(minutes=20))
    assert found(connected.project)["silent"] == FAIL


def test_a_second_project_on_one_account_learns_where_its_reports_go(
    connected: Provider, simulator: SimulatorClient
) -> None:
    """The simulator, as Gupshup, calls the address of the first one."""
    second = ProviderFactory.create(
        credentials_changed_at=timezone.now() - timedelta(minutes=1), **CREDENTIALS
    )
    send_a_test(second, simulator)

    health, message = word(second.project, "round_trip")
    assert (health, "another project here" in message) == (FAIL, True)

    Provider.objects.filter(pk=connected.pk).update(hsm_password="x", two_way_password="y")
    assert found(second.project)["round_trip"] == UNKNOWN  # who doesn't know it learns nothing
    connected.delete()
    assert found(second.project)["round_trip"] == UNKNOWN


def test_who_shares_an_account_and_gets_its_reports_is_well(provider: Provider) -> None:
    ProviderFactory.create()
    sent_ago(provider, report_after=2.0)
    assert found(provider.project)["round_trip"] == PASS


def test_a_drifted_callback_url_is_found(connected: Provider, simulator: SimulatorClient) -> None:
    simulator.options(callback_tries=1)
    call_back(simulator, connected, key=f"{connected.project.account_id}.old")
    send_a_test(connected, simulator)
    refusals.write()

    health = found(connected.project)
    assert (health["refused"], health["round_trip"]) == (FAIL, UNKNOWN)


def test_a_public_address_that_leads_nowhere_is_found(
    connected: Provider, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:1"
    assert found(connected.project)["reachable"] == FAIL
    settings.PUBLIC_BASE_URL, settings.GATEWAY_SEND_URL = "http://127.0.0.1:1", "https://g.example"
    assert word(connected.project, "reachable")[1].startswith("The callback URLs lead into")
    settings.PUBLIC_BASE_URL = "https://10.0.0.1"
    settings.FETCH_PRIVATE_TARGETS = False
    assert word(connected.project, "reachable") == (
        FAIL,
        "The callback URLs lead into a private network, where Gupshup can't reach them.",
    )
    LastCall.objects.create(project=connected.project, endpoint="status", at=timezone.now())
    assert found(connected.project)["reachable"] == UNKNOWN


def test_an_address_that_refuses_or_redirects_is_found(
    connected: Provider, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL += "/elsewhere"
    assert found(connected.project)["reachable"] == FAIL


def test_a_door_that_is_shut_to_this_server_is_open_to_gupshup(connected: Provider) -> None:
    CallbackSourceFactory.create(project=connected.project, network="203.0.113.0/24")
    assert found(connected.project)["reachable"] == PASS
    refusals.write()
    assert (RefusedCallback.objects.count(), LastCall.objects.count()) == (0, 0)


# From what is known already -----------------------------------------------------------------------


@pytest.fixture
def provider(db: None, settings: Settings) -> Provider:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:1"
    return ProviderFactory.create()


def test_without_a_provider_there_is_nothing_to_examine(project: Project) -> None:
    Diagnosis.objects.create(project=project, name="hsm", health=FAIL)
    assert (examine(project), Diagnosis.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("number", "health"), [("+919000000001", PASS), ("56767", PASS), ("+9190", FAIL), ("12", FAIL)]
)
def test_the_number_is_judged(provider: Provider, number: str, health: Health) -> None:
    Provider.objects.update(number=number)
    assert found(provider.project)["number"] == health


def test_an_address_that_is_not_listed_is_found(provider: Provider) -> None:
    assert found(provider.project)["address"] == UNKNOWN
    SendingIP.objects.create(project=None, network="203.0.113.7")
    assert found(provider.project)["address"] == UNKNOWN
    ObservedIP.objects.create(address="203.0.113.7")
    assert found(provider.project)["address"] == PASS
    ObservedIP.objects.create(address="203.0.113.8")
    assert word(provider.project, "address") == (
        FAIL,
        "This installation sends from 203.0.113.8, which is not on the IP whitelist.",
    )


def test_a_refused_address_is_red_while_it_lasts(provider: Provider) -> None:
    incidents.report(provider.project_id, IncidentKind.IP_REFUSED, detail="")
    assert found(provider.project)["address_refused"] == FAIL
    incidents.close(provider.project_id, IncidentKind.IP_REFUSED)
    assert word(provider.project, "address_refused") == (
        PASS,
        "Refused within the last day, but not any more.",
    )


def sent_ago(provider: Provider, count: int = 1, *, report_after: float | None = None) -> None:
    """Sent twenty minutes ago; reported so many seconds after it."""
    at = timezone.now() - timedelta(minutes=20)
    reported = None if report_after is None else at + timedelta(seconds=report_after)
    Provider.objects.update(credentials_changed_at=at - timedelta(minutes=1))
    for _ in range(count):
        MessageFactory.create(
            run=None,
            project=provider.project,
            kind=MessageKind.TEST,
            profile=ProfileFactory.create(project=provider.project),
            state=State.SENT,
            sent_at=at,
            delivered_at=reported,
        )


def test_silence_while_sending_is_found(provider: Provider) -> None:
    sent_ago(provider, 4)
    assert found(provider.project)["silent"] == PASS
    sent_ago(provider)
    assert found(provider.project)["silent"] == FAIL
    LastCall.objects.create(project=provider.project, endpoint="status", at=timezone.now())
    assert found(provider.project)["silent"] == PASS


@pytest.mark.parametrize(
    ("report_after", "health"), [(2.0, PASS), (-5.0, PASS), (-90.0, FAIL), (1_500.0, FAIL)]
)
def test_a_clock_that_differs_from_gupshups_is_found(
    provider: Provider, report_after: float, health: Health
) -> None:
    sent_ago(provider, report_after=report_after)
    health_now = found(provider.project)
    assert (health_now["clocks"], health_now["round_trip"]) == (health, PASS)


def test_a_worker_whose_clock_differs_is_found(provider: Provider) -> None:
    beat("send", skew=-1.0)
    assert found(provider.project)["clocks"] == PASS
    beat("default", skew=-7.4)
    assert word(provider.project, "clocks") == (
        FAIL,
        "The clocks of this installation's servers differ by 7 seconds.",
    )


def test_workers_that_stand_still_are_found(provider: Provider) -> None:
    assert found(provider.project)["workers"] == UNKNOWN
    beat(*QUEUES)
    assert found(provider.project)["workers"] == PASS
    beat("callbacks", at=timezone.now() - timedelta(minutes=2))
    assert word(provider.project, "workers") == (
        FAIL,
        "Not heard of for a while: the workers of the queue callbacks.",
    )
    beat(*QUEUES, at=timezone.now() - timedelta(hours=1))
    assert found(provider.project)["workers"] == FAIL


def test_a_report_that_came_once_is_remembered(provider: Provider) -> None:
    sent_ago(provider, report_after=1.0)
    assert found(provider.project)["round_trip"] == PASS
    Message.objects.all().delete()
    assert found(provider.project)["round_trip"] == PASS
    Provider.objects.update(credentials_changed_at=timezone.now())
    assert found(provider.project)["round_trip"] == UNKNOWN


def test_the_minutely_round_opens_no_address_that_was_opened_just_now(provider: Provider) -> None:
    Provider.objects.update(credentials_changed_at=timezone.now() - timedelta(days=1))
    Diagnosis.objects.create(project=provider.project, name="reachable", health=PASS)
    examine_all()
    assert Diagnosis.objects.get(name="reachable").health == PASS
    examine_connection(provider.project_id)
    assert Diagnosis.objects.get(name="reachable").health == FAIL
    examine_connection(0)


def test_a_project_that_cannot_be_examined_keeps_no_other_one_waiting(
    provider: Provider,
) -> None:
    broken = ProviderFactory.create()
    Provider.objects.filter(pk=broken.pk).update(hsm_password=Value("locked"))
    examine_all()
    assert set(Diagnosis.objects.values_list("project", flat=True)) == {provider.project_id}


# The page -----------------------------------------------------------------------------------------


def test_the_page_shows_each_check_with_its_way_out(provider: Provider) -> None:
    viewer = client_in(provider.project, Role.VIEWER)
    assert "Not examined yet" in viewer.get("/doctor/").content.decode()
    rows = examine(provider.project)

    page = viewer.get("/doctor/").content.decode()

    assert [check.title for check in CHECKS if check.title.replace("'", "&#x27;") not in page] == []
    assert all(row.message.replace("'", "&#x27;") in page for row in rows)
    assert ("Examine again" in page, "End trial mode" in page) == (False, False)
    home = viewer.get("/").content.decode()
    worst = worst_of(rows)
    assert worst is not None
    assert worst.message.replace("'", "&#x27;") in home


def test_without_a_provider_the_page_leads_to_it(project: Project, viewer: Client) -> None:
    assert "There is nothing to examine yet" in viewer.get("/doctor/").content.decode()


@pytest.mark.parametrize(
    ("role", "may_check", "may_end"),
    [
        (Role.VIEWER, False, False),
        (Role.MARKETER, True, False),
        (Role.ADMIN, True, True),
    ],
)
def test_who_may_examine_and_who_may_end_the_trial(
    provider: Provider, role: Role, may_check: bool, may_end: bool
) -> None:
    Provider.objects.update(trial_ended_at=None)
    client = client_in(provider.project, role)

    ended = client.post("/doctor/end-trial/").status_code
    checked = client.post("/doctor/check/").status_code

    provider.refresh_from_db()
    assert (checked == 302, ended == 302) == (may_check, may_end)
    assert provider.is_on_trial is not may_end
    assert AuditEntry.objects.filter(action="provider.ended_trial").count() == int(may_end)


def test_a_trial_of_another_project_cannot_be_ended(provider: Provider) -> None:
    theirs = ProviderFactory.create(trial_ended_at=None)
    client = client_in(provider.project, Role.ADMIN)
    client.post("/doctor/end-trial/", {"_project": str(theirs.project_id)})
    theirs.refresh_from_db()
    assert theirs.is_on_trial


@pytest.mark.parametrize("asked", ["", "x", "nan", "1e400", "-5", "0"])
def test_nobody_waits_for_an_examination_that_was_not_asked_for(
    provider: Provider, asked: str
) -> None:
    client = client_in(provider.project, Role.VIEWER)
    assert client.get("/doctor/part/", {"asked": asked}).status_code == 286


def test_the_page_waits_for_the_examination_that_was_asked_for(provider: Provider) -> None:
    client = client_in(provider.project, Role.MARKETER)
    address = client.post("/doctor/check/")["Location"]
    part = address.replace("/doctor/", "/doctor/part/")

    assert client.get(part).status_code == 200
    examine_connection(provider.project_id)
    assert client.get(part).status_code == 286
    assert Verification.objects.count() == 0
