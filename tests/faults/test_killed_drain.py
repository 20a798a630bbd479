"""A drain killed at the worst moments: nothing is lost, nothing is applied twice.

Each drain here is a process of its own that kills itself at a chosen place.
"""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.utils import timezone

from callbacks import processing
from callbacks.models import InboundMessage, Receipt, ReceiptState
from campaigns.models import Event, Message, MessageKind, Outbox, Run, State
from providers.models import Project
from tests.callbacks.posting import inbound, report
from tests.campaigns.recounting import recount, tallied
from tests.factories import (
    MessageFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
    TallyFactory,
)
from tests.workers import database_url

PEOPLE = 20
KILLED = -signal.SIGKILL

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

DRAIN = """
import os, signal, django
django.setup()
from callbacks import processing, repeating

def die(*_): os.kill(os.getpid(), signal.SIGKILL)

def die_by(text, act):
    return lambda receipt: die() if text in receipt.body else act(receipt)
"""
BEFORE_COMMIT = DRAIN + "processing._finish = die\nprocessing.drain()"
AFTER_COMMIT = (
    DRAIN
    + """
act = repeating.work_through
processing.work_through = lambda batch, *a, **k: (act(batch, *a, **k), batch and die())
processing.drain()
"""
)
AT_ONE_RECEIPT = DRAIN + "processing.read = die_by(b'deadly', processing.read)\nprocessing.drain()"


def drain_in_a_process(script: str) -> int:
    environment = {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings.testing",
    }
    return subprocess.run(
        [sys.executable, "-c", script], env=os.environ | environment, check=False, timeout=120
    ).returncode


def end_leases() -> None:
    """As if their time were over, so that a test need not wait for it."""
    Receipt.objects.update(due_at=timezone.now())


@pytest.fixture
def run() -> Run:
    run = RunFactory.create()
    TallyFactory.create(run=run, name="sent", n=PEOPLE)
    return run


@pytest.fixture
def project(run: Run) -> Project:
    """Its receipts: a report for each of its people, and a stranger who writes."""
    project = run.campaign.project
    ProviderFactory.create(project=project, auto_reply_enabled=True, auto_reply_text="Hello!")
    messages = MessageFactory.create_batch(
        PEOPLE, run=run, state=State.SENT, sent_at=timezone.now(), attempt=1
    )
    for message in messages:
        ReceiptFactory.create(project=project, payload=[report(message.pk, "READ")])
    hello = inbound(timestamp=str(int(timezone.now().timestamp() * 1000)))
    ReceiptFactory.create(project=project, payload=hello)
    return project


def assert_all_applied_once(run: Run) -> None:
    assert set(Receipt.objects.values_list("state", "applied")) == {(ReceiptState.APPLIED, 1)}
    assert tallied(run) == recount(run) == dict.fromkeys(("sent", "delivered", "read"), PEOPLE)
    assert Event.objects.count() == 2 * PEOPLE
    assert InboundMessage.objects.count() == 1
    assert Message.objects.filter(kind=MessageKind.AUTO_REPLY).count() == 1
    assert Outbox.objects.count() == 1


@pytest.mark.parametrize("script", [BEFORE_COMMIT, AFTER_COMMIT], ids=["before", "after"])
def test_a_drain_killed_around_its_commit_loses_and_doubles_nothing(
    run: Run, project: Project, script: str
) -> None:
    assert drain_in_a_process(script) == KILLED

    end_leases()
    processing.drain()

    assert_all_applied_once(run)


def test_a_receipt_that_kills_every_drain_is_given_up_and_the_others_go_on(
    run: Run, project: Project
) -> None:
    deadly = ReceiptFactory.create(project=project, body=b'{"deadly": true}')

    codes = []
    for _ in range(settings.RECEIPT_MAX_TRIES + 1):
        end_leases()
        codes.append(drain_in_a_process(AT_ONE_RECEIPT))

    assert codes == [*[KILLED] * settings.RECEIPT_MAX_TRIES, 0]
    deadly.refresh_from_db()
    assert (deadly.state, deadly.tries, deadly.problem) == (
        ReceiptState.FAILED,
        settings.RECEIPT_MAX_TRIES,
        processing.ENDED_WORKERS,
    )
    deadly.delete()
    assert_all_applied_once(run)
