"""A sending worker killed in the middle of a campaign: nobody twice, nobody lost.

The simulator's book is the judge: it enters a person when it has read the request, answered or not.
"""

import random
import time
from collections import Counter

import pytest
from django.conf import settings
from pytest_django import Settings

from campaigns.launching import launch
from campaigns.lifecycle import publish
from campaigns.models import Campaign, CampaignStatus, Message, Outbox, OutboxState, Run, State
from campaigns.reconciling import reconcile
from campaigns.sending import Sender
from campaigns.tallies import totals
from campaigns.tasks import send_due
from providers.gateway.calling import GatewayLoop
from providers.gateway.settings import gateway_settings
from providers.models import Project
from tests.campaigns.recount import recount
from tests.factories import MembershipFactory, ProfileFactory, ProviderFactory, VariantFactory
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, simulator_process
from tests.workers import HASTY, celery_worker, kill

PEOPLE = 400

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def campaign(project: Project) -> Campaign:
    ProviderFactory.create(project=project, rate=1000, **CREDENTIALS)
    ProfileFactory.create_batch(PEOPLE, project=project)
    return VariantFactory.create(campaign__project=project).campaign


@pytest.mark.parametrize("seed", range(10))
def test_nobody_gets_two_and_nobody_is_lost_when_a_worker_is_killed(
    campaign: Campaign, settings: Settings, seed: int
) -> None:
    # Reports would settle what is in doubt: without them, the doubt itself can be counted.
    quiet = {"latency": 0.3, "behaviours": False, "reports": False}
    with simulator_process(**quiet) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        for name, value in HASTY.items():
            setattr(settings, name, float(value))
        run = publish_and_launch(campaign)

        open_at_kill = send_until_killed(simulator, after=random.Random(seed).randint(1, PEOPLE))
        send_the_rest(run)

        book = Counter(
            line["phone"] for line in simulator.book() if line["method"] == "sendmessage"
        )
    campaign.refresh_from_db()
    in_doubt = Message.objects.filter(run=run, state=State.IN_DOUBT)
    others = Message.objects.filter(run=run).exclude(state=State.IN_DOUBT)
    assert set(book.values()) == {1}
    assert in_doubt.count() <= open_at_kill
    assert {m.phone.lstrip("+") for m in others} <= set(book)
    assert set(others.values_list("state", flat=True)) == {State.SENT}
    assert dict(totals([run.pk])) == recount([run.pk])
    assert campaign.status == (
        CampaignStatus.RUNNING if in_doubt.exists() else CampaignStatus.COMPLETED
    )


def publish_and_launch(campaign: Campaign) -> Run:
    publish(campaign, by=MembershipFactory.create(project=campaign.project).user)
    run = campaign.runs.get()
    launch(run.pk)
    return run


def send_until_killed(simulator: SimulatorClient, *, after: int) -> int:
    """Kills the worker once the book holds so many; how many requests were open at that moment."""
    given = HASTY | {"GATEWAY_SEND_URL": simulator.gateway_url, "GATEWAY_CONCURRENCY": "100"}
    with celery_worker("send", **given) as worker:
        send_due.delay()
        simulator.wait_for(lambda state: state["requests"] >= after)
        kill(worker)
        return Outbox.objects.filter(state=OutboxState.CLAIMED).count()


def send_the_rest(run: Run) -> None:
    """Another worker, in this process, and what beat would do, until only doubts are left."""
    gateway = GatewayLoop(gateway_settings())
    sender = Sender(gateway)
    ends = time.monotonic() + 60
    try:
        while Outbox.objects.filter(run=run).exclude(state=OutboxState.IN_DOUBT).exists():
            assert time.monotonic() < ends, "messages are left"
            reconcile()
            sender.run(seconds=float(settings.SEND_LEASE))
        reconcile()
    finally:
        gateway.close()
