"""Sending while something fails around it: nobody pays for it who has nothing to do with it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import InternalError, connection
from pytest_django import Settings

from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    MessageKind,
    Outbox,
    OutboxState,
    Run,
    State,
)
from campaigns.outbox.enqueueing import enqueue
from campaigns.sending.claiming import claim_bulk
from campaigns.sending.composing import OpenProviders, compose
from campaigns.sending.finding_due import find_due
from campaigns.sending.loop import Sender, record_halving
from campaigns.sending.reconciling import reconcile
from campaigns.sending.recording import Consent, Ending, Result
from providers.gateway.calling import GatewayLoop
from providers.gateway.settings import gateway_settings
from providers.models import GatewayConsent, Incident, Project, Provider
from tests.campaigns.states import count
from tests.factories import (
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    RunFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def running(project: Project) -> Run:
    ProviderFactory.create(project=project, rate=500, **CREDENTIALS)
    variant = VariantFactory.create(
        campaign__project=project, campaign__status=CampaignStatus.RUNNING
    )
    return RunFactory.create(campaign=variant.campaign)


def queue(run: Run, *, box: OutboxState = OutboxState.READY, attempt: int = 0) -> Message:
    project = run.campaign.project
    message = MessageFactory.create(
        run=run,
        variant=run.campaign.variants.get(),
        profile=ProfileFactory.create(project=project),
    )
    OutboxFactory.create(message=message, state=box, attempt=attempt)
    return message


@pytest.fixture
def run(project: Project) -> Run:
    return running(project)


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        yield simulator


def run_sender() -> None:
    gateway = GatewayLoop(gateway_settings())
    try:
        Sender(gateway).run(seconds=5)
    finally:
        gateway.close()


def cut_the_connection() -> None:
    """As a restart of PostgreSQL does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    given = connection.get_connection_params()
    where = {name: given[name] for name in ("host", "port", "user", "password") if name in given}
    with psycopg.connect(**where, dbname=given["dbname"], autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@contextmanager
def claims_refused(campaign: Campaign) -> Iterator[None]:
    """PostgreSQL refuses to claim what this campaign has queued."""
    with connection.cursor() as cursor:
        cursor.execute(f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON campaigns_outbox FOR EACH ROW
            WHEN (OLD.campaign_id = {campaign.pk}) EXECUTE FUNCTION refuse()""")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER refuse ON campaigns_outbox; DROP FUNCTION refuse")


@contextmanager
def incidents_refused(project: Project) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON providers_incident FOR EACH ROW
            WHEN (NEW.project_id = {project.pk}) EXECUTE FUNCTION refuse()""")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER refuse ON providers_incident; DROP FUNCTION refuse")


@contextmanager
def no_writes() -> Iterator[None]:
    """As on a server that has just become a standby."""
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        try:
            yield
        finally:
            cursor.execute("SET default_transaction_read_only = off")


def test_a_database_that_goes_away_before_the_content_is_read_fails_nobody(run: Run) -> None:
    for _ in range(3):
        queue(run)
    (due,) = find_due()
    provider = OpenProviders().of(due.provider_id)
    claims = claim_bulk(due, limit=3)
    assert provider is not None

    cut_the_connection()
    letters, unsendable = compose(due.project_id, provider, claims)
    connection.close()
    record_halving(unsendable, [])

    assert letters == []
    assert list(Message.objects.values_list("state", "reason")) == [(State.QUEUED, "")] * 3
    assert set(Outbox.objects.values_list("state", flat=True)) == {OutboxState.READY}


def test_a_project_that_fails_keeps_neither_its_replies_nor_other_projects_waiting(
    run: Run, simulator: SimulatorClient
) -> None:
    stuck, fine = queue(run), queue(running(ProjectFactory.create()))
    reply = enqueue(
        run.campaign.project,
        kind=MessageKind.AUTO_REPLY,
        phone="+919000000001",
        match_key=919000000001,
        text="Thanks for writing!",
    )
    simulator.inbound("919000000001", text="Hello")

    with claims_refused(run.campaign):
        run_sender()

    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {stuck.pk: State.QUEUED, fine.pk: State.SENT, reply.pk: State.SENT}


def test_values_that_cant_be_read_any_more_fail_nobody(
    simulator: SimulatorClient, run: Run, project: Project
) -> None:
    """They pause the campaign; another project's goes on."""
    loop = {"body.1": {"text": "{% for a in (1..100) %}{{ a }}{% endfor %}", "fallback": "there"}}
    run.campaign.variants.update(values=loop)
    unreadable, other = queue(run), queue(running(ProjectFactory.create()))
    count(run)

    run_sender()
    reconcile()

    unreadable.refresh_from_db()
    other.refresh_from_db()
    run.campaign.refresh_from_db()
    assert (unreadable.state, other.state) == (State.QUEUED, State.SENT)
    assert Outbox.objects.get(message=unreadable).tries == 0
    assert run.campaign.status == CampaignStatus.PAUSED


def test_properties_that_are_no_object_keep_nobody_from_being_sent_to(run: Run) -> None:
    odd, plain = queue(run), queue(run)
    assert odd.profile is not None
    odd.profile.properties = ["Pune"]
    odd.profile.save()

    (due,) = find_due()
    found = claim_bulk(due, limit=2)

    assert [claim.message_id for claim in found] == [odd.pk, plain.pk]


def accepted(message: Message, *, detail: str = "") -> Result:
    return Result(message_id=message.pk, attempt=1, ending=Ending.ACCEPTED, at=NOON, detail=detail)


def test_results_are_kept_while_the_database_takes_no_writes(run: Run) -> None:
    message = queue(run, box=OutboxState.CLAIMED, attempt=1)

    with no_writes(), pytest.raises(InternalError):
        record_halving([accepted(message)], [])

    record_halving([accepted(message)], [])
    message.refresh_from_db()
    assert message.state == State.SENT


@pytest.mark.parametrize("unstorable", ["\ud83d", "\x00"])
def test_a_result_that_no_database_takes_costs_only_itself(run: Run, unstorable: str) -> None:
    messages = [queue(run, box=OutboxState.CLAIMED, attempt=1) for _ in range(5)]
    results = [accepted(message) for message in messages[1:]]

    record_halving([accepted(messages[0], detail=unstorable), *results], [])

    states = Message.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.QUEUED, *[State.SENT] * 4]


def test_a_consent_that_cant_be_kept_costs_no_result(run: Run) -> None:
    """Its project, say, is gone."""
    messages = [queue(run, box=OutboxState.CLAIMED, attempt=1) for _ in range(3)]
    consents = [
        Consent(project_id=project, match_key=key, opted_in=True, code="", at=NOON)
        for project, key in [(run.campaign.project_id, 1), (0, 2), (run.campaign.project_id, 3)]
    ]

    record_halving([accepted(message) for message in messages], consents)

    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}
    assert set(GatewayConsent.objects.values_list("match_key", flat=True)) == {1, 3}


def test_a_project_whose_refusal_cant_be_noted_keeps_no_other_from_being_halted(
    run: Run, simulator: SimulatorClient
) -> None:
    other = running(ProjectFactory.create())
    Provider.objects.update(hsm_password="changed at Gupshup")
    for one in (run, other):
        queue(one)

    with incidents_refused(run.campaign.project):
        run_sender()

    assert set(Campaign.objects.values_list("status", flat=True)) == {CampaignStatus.PAUSED}
    assert [incident.project for incident in Incident.objects.open()] == [other.campaign.project]


def test_a_provider_that_cant_send_is_told_once_in_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    credentials = OpenProviders()

    with caplog.at_level(logging.ERROR):
        assert [credentials.of(0) for _ in range(25)] == [None] * 25

    assert len(caplog.records) == 1
