from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from callbacks import parking, processing
from callbacks.models import ParkedFact, Receipt
from callbacks.parking import DELAYS, apply_due
from campaigns.models import Message, State
from providers.models import Project
from tests.callbacks.posting import report
from tests.factories import GatewayIdFactory, MessageFactory, ReceiptFactory, RunFactory

T = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
GATEWAY_ID = "4687162516402008133-497817541934555810"


@pytest.fixture
def message(project: Project) -> Message:
    run = RunFactory.create(campaign__project=project)
    return MessageFactory.create(run=run, state=State.SENT, sent_at=T)


@pytest.fixture
def receipt(project: Project) -> Receipt:
    """A report by an id that is not recorded yet, drained."""
    receipt = ReceiptFactory.create(
        project=project, payload=[report(1, "READ", extra=None, externalId=GATEWAY_ID)]
    )
    processing.drain()
    return receipt


def counts(receipt: Receipt) -> tuple[int, int]:
    receipt.refresh_from_db()
    return receipt.applied, receipt.parked


def make_due() -> None:
    ParkedFact.objects.update(due_at=timezone.now())


def test_a_report_without_a_message_is_parked_for_five_seconds(receipt: Receipt) -> None:
    parked = ParkedFact.objects.get()

    assert counts(receipt) == (0, 1)
    assert (parked.receipt, parked.external_id, parked.tries) == (receipt, GATEWAY_ID, 0)
    assert timedelta(seconds=4) < parked.due_at - timezone.now() <= timedelta(seconds=5)


def test_it_is_applied_as_soon_as_a_send_records_its_id(message: Message, receipt: Receipt) -> None:
    assert apply_due() == 0

    GatewayIdFactory.create(message=message, external_id=GATEWAY_ID)
    assert apply_due() == 1

    message.refresh_from_db()
    assert (message.state, message.read_at) == (
        State.READ,
        datetime(2026, 3, 1, 10, 0, tzinfo=UTC),
    )
    assert counts(receipt) == (1, 0)
    assert not ParkedFact.objects.exists()


def test_it_is_tried_again_after_each_delay_and_given_up_after_the_last(
    receipt: Receipt,
) -> None:
    waits = []
    for _ in DELAYS:
        make_due()
        assert apply_due() == 0
        waits += [
            round((parked.due_at - timezone.now()).total_seconds())
            for parked in ParkedFact.objects.all()
        ]

    assert waits == [60, 600, 3600, 86400]
    assert counts(receipt) == (0, 1)
    assert not ParkedFact.objects.exists()


def test_a_click_comes_back_from_the_parking_as_it_was(project: Project) -> None:
    message = MessageFactory.create(run__campaign__project=project, state=State.SENT, sent_at=T)
    Message.objects.filter(pk=message.pk).update(project=0)  # not there yet
    click = {
        "gsurl": "www.gs.example/abc",
        "clickTime": "2026-03-01 15:30:00",
        "originalURL": "https://shop.example/sale",
        "extra": f"0|1767000000|20251229|{message.pk}",
    }
    ReceiptFactory.create(project=project, payload=click)
    processing.drain()

    Message.objects.filter(pk=message.pk).update(project=project)
    make_due()
    assert apply_due() == 1

    message.refresh_from_db()
    assert message.clicked_at == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def test_a_fact_that_cannot_be_applied_does_not_hold_up_the_others(
    message: Message, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    ReceiptFactory.create(
        project=message.project, payload=[report(2, extra=None, externalId="77-88")]
    )
    processing.drain()
    GatewayIdFactory.create(message=message, external_id=GATEWAY_ID)
    make_due()
    apply = parking.apply

    def broken(facts: list[parking.Arrived]) -> list[parking.Verdict]:
        if any(getattr(arrived.fact, "external_id", "") == "77-88" for arrived in facts):
            raise ZeroDivisionError
        return apply(facts)

    monkeypatch.setattr(parking, "apply", broken)

    assert apply_due() == 1
    assert [parked.external_id for parked in ParkedFact.objects.all()] == ["77-88"]
