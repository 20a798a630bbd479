from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from callbacks.models import ParkedFact, Receipt
from callbacks.parsers import Arrived, Fact, fact_as_json
from callbacks.receipts import processing, unparking
from callbacks.receipts.applying import Verdict
from callbacks.receipts.reading import read
from callbacks.receipts.replaying import replay
from callbacks.receipts.unparking import DELAYS, LOCK, apply_due
from campaigns.models import Message, State
from providers.models import Project
from providers.watch.actors import SYSTEM
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
    apply = unparking.apply

    def broken(facts: list[Arrived[Fact]]) -> list[Verdict]:
        if any(getattr(arrived.fact, "external_id", "") == "77-88" for arrived in facts):
            raise ZeroDivisionError
        return apply(facts)

    monkeypatch.setattr(unparking, "apply", broken)

    assert apply_due() == 1
    assert [parked.external_id for parked in ParkedFact.objects.all()] == ["77-88"]


def unknown(count: int) -> list[dict[str, object]]:
    """Reports about messages that nobody has."""
    return [report(9_000_000_000 + n, "READ", extra=None) for n in range(count)]


def test_what_is_parked_is_slim_and_names_its_message(project: Project) -> None:
    payload = [
        report(7, "READ"),
        report(7, "READ", extra=None),
        report(7, "READ", extra=None, externalId=GATEWAY_ID),
        report(7, "READ", externalId="5-8-1"),
    ]
    receipt = ReceiptFactory.create(project=project, payload=payload)
    processing.drain()

    parked = ParkedFact.objects.order_by("id")
    assert [row.names for row in parked] == [7, 7, 0, None]
    assert [row.fact for row in parked] == [
        {**fact_as_json(fact), "phone": None, "at": "2026-03-01T10:00:00+00:00"}
        for fact in read(receipt).facts
    ]


def test_what_an_earlier_version_parked_is_applied(message: Message, project: Project) -> None:
    receipt = ReceiptFactory.create(project=project, payload=[report(message.pk, "READ")], parked=1)
    [fact] = read(receipt).facts
    ParkedFact.objects.create(
        project=project, receipt=receipt, fact=fact_as_json(fact), due_at=timezone.now()
    )

    assert apply_due() == 1

    message.refresh_from_db()
    assert (message.state, counts(receipt)) == (State.READ, (1, 0))


def test_no_callback_parks_more_than_may_wait_of_one(project: Project, settings: Settings) -> None:
    settings.PARKED_PER_RECEIPT = 2
    receipts = [ReceiptFactory.create(project=project, payload=unknown(n)) for n in (3, 1)]
    processing.drain()

    assert list(
        Receipt.objects.filter(pk__in=[r.pk for r in receipts])
        .order_by("id")
        .values_list("facts", "parked", "left_out")
    ) == [(3, 2, 1), (1, 1, 0)]
    assert ParkedFact.objects.count() == 3


def test_no_project_parks_more_than_may_wait_of_one(project: Project, settings: Settings) -> None:
    settings.PARKED_PER_PROJECT = 3
    for payload in (unknown(2), unknown(2)):
        ReceiptFactory.create(project=project, payload=payload)
        processing.drain()
    elsewhere = ReceiptFactory.create(payload=unknown(1))
    processing.drain()

    outcomes = Receipt.objects.order_by("id").values_list("parked", "left_out")
    assert list(outcomes) == [(2, 0), (1, 1), (1, 0)]
    assert ParkedFact.objects.exclude(receipt=elsewhere).count() == 3


def test_what_was_left_out_is_applied_by_a_replay(
    message: Message, project: Project, settings: Settings
) -> None:
    settings.PARKED_PER_RECEIPT = 0
    receipt = ReceiptFactory.create(
        project=project, payload=[report(1, "READ", extra=None, externalId=GATEWAY_ID)]
    )
    processing.drain()
    GatewayIdFactory.create(message=message, external_id=GATEWAY_ID)
    replay(Receipt.objects.all(), by=SYSTEM)
    processing.drain()

    receipt.refresh_from_db()
    message.refresh_from_db()
    assert (receipt.applied, receipt.left_out, message.state) == (1, 0, State.READ)


def statements_for(count: int, project: Project) -> list[str]:
    """What it takes to try so many reports that fit nothing."""
    ReceiptFactory.create(project=project, payload=unknown(count))
    processing.drain()
    make_due()
    with CaptureQueriesContext(connection) as queries:
        assert apply_due() == 0
    return [query["sql"] for query in queries]


def test_many_that_fit_nothing_are_tried_by_as_few_statements_as_one(project: Project) -> None:
    few, many = statements_for(1, project), statements_for(1_500, project)

    assert len(many) == len(few)
    assert not any("body" in sql for sql in many)


def test_the_bodies_of_callbacks_stay_where_they_are(message: Message, receipt: Receipt) -> None:
    GatewayIdFactory.create(message=message, external_id=GATEWAY_ID)

    with CaptureQueriesContext(connection) as queries:
        assert apply_due() == 1

    assert not any("body" in query["sql"] for query in queries)


def test_when_its_time_is_over_the_rest_stays_due(receipt: Receipt) -> None:
    make_due()

    assert apply_due(seconds=0) == 0
    assert ParkedFact.objects.get().tries == 0


def test_one_worker_at_a_time_tries_what_is_parked(receipt: Receipt) -> None:
    make_due()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        assert apply_due() == 0
        assert ParkedFact.objects.get().tries == 0
        # Closing alone gives it back a moment later, when the server has noticed.
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    other.close()

    apply_due()

    assert ParkedFact.objects.get().tries == 1
