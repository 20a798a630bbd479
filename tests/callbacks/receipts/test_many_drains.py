import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from callbacks.models import InboundMessage, Receipt, ReceiptState
from callbacks.receipts import processing
from campaigns.models import Event, Message, Run, State
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

MESSAGES, DRAINS = 40, 6

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run() -> Run:
    run = RunFactory.create()
    TallyFactory.create(run=run, name="sent", n=MESSAGES)
    return run


def drain_at_once(drains: int = DRAINS) -> None:
    start = threading.Barrier(drains)

    def drain() -> None:
        start.wait()
        try:
            processing.drain()
        finally:
            connection.close()

    threads = [threading.Thread(target=drain) for _ in range(drains)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_drains_at_once_apply_everything_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "BATCH", 5)
    messages = MessageFactory.create_batch(
        MESSAGES, run=run, state=State.SENT, sent_at="2026-03-01T00:00Z", attempt=1
    )
    for turn, event in enumerate(("READ", "SENT", "DELIVERED", "READ")):
        turned = messages[turn * 7 :] + messages[: turn * 7]
        for n in range(0, MESSAGES, 4):
            payload = [report(message.pk, event) for message in turned[n : n + 4]]
            ReceiptFactory.create(project=run.campaign.project, payload=payload)

    drain_at_once()

    assert set(Receipt.objects.values_list("state", "applied", "tries")) == {
        (ReceiptState.APPLIED, 4, 1)
    }
    assert set(Message.objects.values_list("state", flat=True)) == {State.READ}
    assert Event.objects.count() == 2 * MESSAGES
    assert (
        tallied(run) == recount(run) == {"sent": MESSAGES, "delivered": MESSAGES, "read": MESSAGES}
    )


def test_the_same_inbound_message_in_many_drains_is_stored_and_answered_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "BATCH", 1)
    project: Project = run.campaign.project
    ProviderFactory.create(project=project, auto_reply_enabled=True, auto_reply_text="Hi!")
    receipts = [ReceiptFactory.create(project=project) for _ in range(12)]
    hello = inbound(timestamp=str(int(receipts[0].received_at.timestamp() * 1000)))
    for receipt in receipts:
        receipt.body = ReceiptFactory.build(project=project, payload=hello).body
        receipt.save()

    drain_at_once()

    assert set(Receipt.objects.values_list("state", flat=True)) == {ReceiptState.APPLIED}
    assert (InboundMessage.objects.count(), Message.objects.count()) == (1, 1)


def test_what_people_write_is_worked_before_a_large_callback_that_came_earlier(run: Run) -> None:
    project = run.campaign.project
    padding = {"field": "x" * processing.LARGE}
    large = ReceiptFactory.create(project=project, payload=[report(1), padding])
    small = ReceiptFactory.create(project=project)

    processing.drain()

    large.refresh_from_db()
    small.refresh_from_db()
    assert {large.state, small.state} == {ReceiptState.APPLIED}
    assert small.processed_at < large.processed_at


def test_large_callbacks_are_worked_one_by_one_and_none_is_forgotten(run: Run) -> None:
    padding = {"field": "x" * processing.LARGE}
    for n in range(5):
        ReceiptFactory.create(project=run.campaign.project, payload=[report(n + 1), padding])

    processing.drain()

    worked = Receipt.objects.values_list("state", "processed_at")
    assert len(set(worked)) == 5
    assert {state for state, _ in worked} == {ReceiptState.APPLIED}


def test_while_one_worker_has_a_large_callback_another_takes_none(run: Run) -> None:
    padding = {"field": "x" * processing.LARGE}
    soon = timezone.now() + timedelta(seconds=processing.LEASE_SECONDS)
    project = run.campaign.project
    theirs = ReceiptFactory.create(project=project, payload=[padding], tries=1, due_at=soon)
    large = ReceiptFactory.create(project=project, payload=[padding])
    small = ReceiptFactory.create(project=project)

    processing.drain()

    waiting = Receipt.objects.waiting().order_by("id").values_list("pk", "tries")
    assert list(waiting) == [(theirs.pk, 1), (large.pk, 0)]
    assert not Receipt.objects.waiting().filter(pk=small.pk).exists()
