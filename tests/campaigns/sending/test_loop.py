"""Sending against the simulator: what the recipient's number does, and what the message becomes."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db.models.functions import Now
from pytest_django import Settings

from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    MessageKind,
    Outbox,
    OutboxState,
    State,
)
from campaigns.outbox.enqueueing import enqueue
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish, resume, start_second_try
from campaigns.sending.loop import Sender
from campaigns.sending.reconciling import reconcile
from providers.gateway.calling import GatewayLoop
from providers.gateway.settings import gateway_settings
from providers.models import GatewayConsent, Incident, IncidentKind, Project
from providers.watch.actors import SYSTEM, Actor
from tests.campaigns.recount import recount
from tests.factories import (
    MembershipFactory,
    PhoneBlockFactory,
    ProfileFactory,
    ProviderFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator

pytestmark = pytest.mark.django_db(transaction=True)

PREFIX = "+9190000"


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    settings.GATEWAY_TOTAL_TIMEOUT = 1.0
    settings.SEND_MAX_ATTEMPTS = 1
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        yield simulator


@pytest.fixture
def campaign(project: Project) -> Campaign:
    ProviderFactory.create(project=project, rate=500, **CREDENTIALS)
    return VariantFactory.create(campaign__project=project).campaign


def person(campaign: Campaign, ending: str, **fields: object) -> None:
    phone = f"{PREFIX}{ending:0>5}"
    ProfileFactory.create(project=campaign.project, identity=ending, phone=phone, **fields)


def send(campaign: Campaign) -> dict[str, tuple[int, str, str]]:
    """State, reason and code by the ending of the number, after everything that was due."""
    publish(campaign, by=Actor(MembershipFactory.create(project=campaign.project).user))
    run = campaign.runs.get()
    launch(run.pk)
    run_sender()
    assert dict(totals([run.pk])) == recount([run.pk])
    return outcome(campaign)


def run_sender(seconds: float = 20) -> None:
    gateway = GatewayLoop(gateway_settings())
    try:
        Sender(gateway).run(seconds=seconds)
    finally:
        gateway.close()


def outcome(campaign: Campaign) -> dict[str, tuple[int, str, str]]:
    rows = Message.objects.filter(campaign=campaign).values_list(
        "profile__identity", "state", "reason", "code"
    )
    return {identity: (state, reason, code) for identity, state, reason, code in rows}


def test_every_answer_ends_as_a_state_with_its_reason(
    campaign: Campaign, simulator: SimulatorClient
) -> None:
    endings = ["0001", "9943", "9942", "9922", "9932", "9934", "9936", "9937", "9938", "9941"]
    for ending in endings:
        person(campaign, ending)

    assert send(campaign) == {
        "0001": (State.SENT, "", ""),
        "9943": (State.FAILED, "refused", "105"),
        "9942": (State.FAILED, "refused", "313"),
        "9922": (State.FAILED, "retries_exhausted", "http_429"),
        "9932": (State.IN_DOUBT, "", "timed_out"),
        "9934": (State.IN_DOUBT, "", "connection_lost"),
        "9936": (State.IN_DOUBT, "", "http_502"),
        "9937": (State.IN_DOUBT, "", "unreadable"),
        "9938": (State.IN_DOUBT, "", "unreadable"),
        "9941": (State.FAILED, "opt_in_refused", "903"),
    }


def test_everybody_is_asked_once_and_the_opt_in_is_remembered(
    campaign: Campaign, simulator: SimulatorClient
) -> None:
    for number in range(30):
        person(campaign, f"{number:04d}")

    states = {state for state, _, _ in send(campaign).values()}

    summary = simulator.summary()
    assert states == {State.SENT}
    assert set(summary["messages"].values()) == set(summary["opt_ins"].values()) == {1}
    assert GatewayConsent.objects.filter(opted_in=True).count() == 30
    assert Outbox.objects.count() == 0
    reconcile()
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.COMPLETED


def test_a_second_try_reaches_whom_gupshup_could_not_take_at_first(
    campaign: Campaign, simulator: SimulatorClient
) -> None:
    for ending in ("0001", "9921"):  # the second is too fast for Gupshup the first time
        person(campaign, ending)
    first = send(campaign)
    reconcile()
    campaign.refresh_from_db()

    start_second_try(campaign, by=SYSTEM)
    launch(campaign.runs.get(number=2).pk)
    run_sender()
    reconcile()

    campaign.refresh_from_db()
    again = Message.objects.get(run__number=2)
    assert first == {
        "0001": (State.SENT, "", ""),
        "9921": (State.FAILED, "retries_exhausted", "http_429"),
    }
    assert (again.profile.identity, again.state) == ("9921", State.SENT)
    chat = simulator.get("/_sim/chat", phone="919000009921")["messages"]
    assert (len(chat), simulator.summary()["messages"]["919000000001"]) == (1, 1)
    assert campaign.status == CampaignStatus.COMPLETED


def test_what_was_sent_is_what_the_template_says_of_the_person(
    campaign: Campaign, simulator: SimulatorClient
) -> None:
    person(campaign, "0001", name="Meera")
    person(campaign, "0002", name="")

    send(campaign)

    message = Message.objects.get(profile__identity="0001")
    texts = [
        simulator.get("/_sim/chat", phone=f"9190000{ending:0>5}")["messages"][0]["text"]
        for ending in ("0001", "0002")
    ]
    assert "Meera" in texts[0]
    assert "there" in texts[1]
    row = next(row for row in simulator.book() if row["msg_id"] == f"{message.pk}-1")
    assert row["extra"].split("|")[3:] == [str(message.pk), "0"]


def test_a_missing_value_without_a_fallback_keeps_the_message_back(
    campaign: Campaign, simulator: SimulatorClient
) -> None:
    variant = campaign.variants.get()
    variant.values = {"body.1": {"text": "{{ profile.city }}", "fallback": ""}}
    variant.save()
    person(campaign, "0001", properties={"city": "Pune"})
    person(campaign, "0002")

    assert send(campaign) == {
        "0001": (State.SENT, "", ""),
        "0002": (State.SUPPRESSED, "missing_value", ""),
    }
    assert list(simulator.summary()["messages"]) == ["919000000001"]


def test_wrong_credentials_pause_the_campaign_and_lose_nobody(
    campaign: Campaign, simulator: SimulatorClient
) -> None:
    provider = campaign.project.provider
    provider.hsm_password = "changed at Gupshup"
    provider.save()
    for number in range(5):
        person(campaign, f"{number:04d}")

    states = {state for state, _, _ in send(campaign).values()}

    campaign.refresh_from_db()
    assert (states, campaign.status) == ({State.QUEUED}, CampaignStatus.PAUSED)
    assert "credentials" in campaign.status_reason
    assert [incident.kind for incident in Incident.objects.open()] == [IncidentKind.CREDENTIALS]


def test_the_incident_ends_once_gupshup_takes_messages_again(
    campaign: Campaign, simulator: SimulatorClient
) -> None:
    provider = campaign.project.provider
    provider.hsm_password = "changed at Gupshup"
    provider.save()
    person(campaign, "0001")
    send(campaign)

    provider.hsm_password = CREDENTIALS["hsm_password"]
    provider.save()
    resume(campaign, by=SYSTEM)
    run_sender()

    assert outcome(campaign) == {"0001": (State.SENT, "", "")}
    assert list(Incident.objects.open()) == []


def test_while_gupshup_is_away_nobody_loses_a_try_and_all_goes_on_by_itself(
    campaign: Campaign, simulator: SimulatorClient, settings: Settings
) -> None:
    for number in range(5):
        person(campaign, f"{number:04d}")
    address, settings.GATEWAY_SEND_URL = settings.GATEWAY_SEND_URL, "http://127.0.0.1:1/rest"
    publish(campaign, by=Actor(MembershipFactory.create(project=campaign.project).user))
    launch(campaign.runs.get().pk)

    run_sender(seconds=1.5)

    waiting = Outbox.objects.filter(campaign=campaign).values_list("state", "tries")
    assert list(waiting) == [(OutboxState.READY, 0)] * 5
    settings.GATEWAY_SEND_URL = address
    Outbox.objects.update(due_at=Now())
    run_sender(seconds=10)
    assert set(outcome(campaign).values()) == {(State.SENT, "", "")}
    assert set(simulator.summary()["messages"].values()) == {1}


def test_a_storm_of_failures_pauses_instead_of_failing_everybody(
    campaign: Campaign, simulator: SimulatorClient, settings: Settings
) -> None:
    settings.SEND_STORM_WINDOW = 100
    for number in range(40):
        person(campaign, f"{number}9942")  # refused, and nobody knows why

    states = [state for state, _, _ in send(campaign).values()]

    campaign.refresh_from_db()
    # One worker never has more of them open than make a storm.
    assert Counter(states) == {State.FAILED: 10, State.QUEUED: 30}
    assert campaign.status == CampaignStatus.PAUSED
    assert "the last 10 messages failed" in campaign.status_reason
    assert [incident.kind for incident in Incident.objects.open()] == [IncidentKind.STORM]


@pytest.mark.parametrize("ending", ["9941", "9943"])  # the opt-in, or the number
def test_what_lies_with_each_person_alone_is_no_storm(
    campaign: Campaign, simulator: SimulatorClient, settings: Settings, ending: str
) -> None:
    settings.SEND_STORM_WINDOW = 100
    for number in range(25):
        person(campaign, f"{number:02}{ending}")

    assert {state for state, _, _ in send(campaign).values()} == {State.FAILED}
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING
    assert list(Incident.objects.open()) == []


def test_who_was_tried_too_often_counts(
    campaign: Campaign, simulator: SimulatorClient, settings: Settings
) -> None:
    settings.SEND_STORM_WINDOW = 100
    for number in range(40):
        person(campaign, f"{number:02}9924")  # an internal error, each time

    states = [state for state, _, _ in send(campaign).values()]

    assert Counter(states) == {State.FAILED: 10, State.QUEUED: 30}


def test_once_somebody_got_it_a_campaign_sends_at_full_speed(
    campaign: Campaign, simulator: SimulatorClient, settings: Settings
) -> None:
    settings.SEND_STORM_WINDOW = 100
    settings.GATEWAY_TOTAL_TIMEOUT = 10.0  # a busy machine answers sixty at once late
    simulator.options(latency=0.3)
    for number in range(60):
        person(campaign, f"{number:04}")

    assert {state for state, _, _ in send(campaign).values()} == {State.SENT}
    assert simulator.summary()["max_open"] > 10


def test_a_reply_goes_out_at_once_through_the_two_way_account(
    campaign: Campaign, simulator: SimulatorClient
) -> None:
    PhoneBlockFactory.create(project=campaign.project, match_key=919000000009)
    simulator.inbound("919000000009", text="Hello")
    message = enqueue(
        campaign.project,
        kind=MessageKind.AUTO_REPLY,
        phone="+919000000009",
        match_key=919000000009,
        text="Thanks for writing!",
    )

    run_sender()

    message.refresh_from_db()
    chat = simulator.get("/_sim/chat", phone="919000000009")["messages"]
    assert message.state == State.SENT
    assert [(line["from"], line["text"]) for line in chat] == [
        ("customer", "Hello"),
        ("business", "Thanks for writing!"),
    ]
