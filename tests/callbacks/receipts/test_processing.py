import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from callbacks.models import ParkedFact, Receipt, ReceiptState
from callbacks.parsers import Fact
from callbacks.receipts import processing
from callbacks.receipts.replaying import replay
from campaigns.models import Event, EventName, Message, MessageKind, Run, State
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.callbacks.posting import EXTERNAL, FORM, report, reports_form
from tests.campaigns.recounting import recount, tallied
from tests.factories import (
    GatewayIdFactory,
    MessageFactory,
    OutboxFactory,
    ProjectFactory,
    ReceiptFactory,
    RunFactory,
    TallyFactory,
)

T = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
REPORTED = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def run(project: Project) -> Run:
    return RunFactory.create(campaign__project=project)


def sent(run: Run) -> Message:
    TallyFactory.create(run=run, name="sent", n=1)
    return MessageFactory.create(run=run, state=State.SENT, sent_at=T, attempt=1)


def receive(project: Project, payload: object, **fields: object) -> Receipt:
    return ReceiptFactory.create(project=project, payload=payload, **fields)


def outcome(receipt: Receipt) -> dict[str, object]:
    receipt.refresh_from_db()
    names = ("kind", "facts", "applied", "parked", "foreign_count", "rejected")
    return {"state": ReceiptState(receipt.state).label} | {
        name: value for name in names if (value := getattr(receipt, name))
    }


def states(*messages: Message) -> list[State]:
    by_id = dict(Message.objects.values_list("id", "state"))
    return [State(by_id[message.pk]) for message in messages]


def test_reports_in_a_form_are_applied_and_the_receipt_says_so(run: Run, project: Project) -> None:
    first, second = sent(run), sent(run)
    receipt = receive(
        project,
        None,
        body=reports_form(report(first.pk), report(second.pk, "READ")).encode(),
        content_type=FORM,
    )

    processing.drain()

    assert outcome(receipt) == {
        "state": "Applied",
        "kind": "delivery",
        "facts": 2,
        "applied": 2,
    }
    assert receipt.processed_at is not None
    assert states(first, second) == [State.DELIVERED, State.READ]
    first.refresh_from_db()
    assert first.delivered_at == REPORTED
    assert tallied(run) == recount(run) == {"sent": 2, "delivered": 2, "read": 1}


def test_a_report_by_get_is_applied(run: Run, project: Project) -> None:
    message = sent(run)
    query = f"externalId={EXTERNAL}-{message.pk}-1&deliveredTS=1772359200000&status=SUCCESS"
    receipt = receive(project, None, method="GET", body=b"", query=query)

    processing.drain()

    assert (outcome(receipt)["applied"], states(message)) == (1, [State.DELIVERED])


@pytest.mark.parametrize(
    "names_it",
    [
        {"extra": "0|1|20260301|{id}|0", "externalId": "1-2"},
        {"extra": None, "externalId": f"{EXTERNAL}-{{id}}-1"},
        {"extra": None, "externalId": "1-2", "msg_id": "{id}-1"},
        {"extra": "another system's", "externalId": f"{EXTERNAL}-{{id}}-1"},
        {"extra": None, "externalId": "4687162516402008133-497817541934555810"},
    ],
    ids=["extra", "external id", "msg_id", "external id beside a strange extra", "gateway id"],
)
def test_a_report_finds_its_message(
    run: Run, project: Project, names_it: dict[str, str | None]
) -> None:
    message = sent(run)
    GatewayIdFactory.create(message=message, external_id="4687162516402008133-497817541934555810")
    fields = {name: value and value.format(id=message.pk) for name, value in names_it.items()}
    receive(project, [report(message.pk, **fields)])

    processing.drain()

    assert states(message) == [State.DELIVERED]


def test_a_report_never_reaches_another_projects_message(run: Run) -> None:
    message = sent(run)
    GatewayIdFactory.create(message=message, external_id="77-88")
    stranger = ProjectFactory.create()
    reports = [report(message.pk), report(1, extra=None, externalId="77-88")]
    receipt = receive(stranger, reports)

    processing.drain()

    assert states(message) == [State.SENT]
    assert (outcome(receipt)["parked"], tallied(run), Event.objects.count()) == (2, {"sent": 1}, 0)


def test_one_bad_element_does_not_take_the_good_ones_with_it(run: Run, project: Project) -> None:
    message = sent(run)
    receipt = receive(project, [{"what": 1}, report(message.pk), "text"])

    processing.drain()

    rejected = outcome(receipt).pop("rejected")
    assert isinstance(rejected, list)
    assert [one["index"] for one in rejected] == [0, 2]
    assert outcome(receipt) | {"rejected": ()} == {
        "state": "Applied",
        "kind": "delivery",
        "facts": 1,
        "applied": 1,
        "rejected": (),
    }
    assert states(message) == [State.DELIVERED]


def test_what_cannot_be_understood_is_kept_with_its_reason(project: Project) -> None:
    receipt = ReceiptFactory.create(project=project, body=b"\xff\x00 what is this")

    processing.drain()

    rejected = outcome(receipt).pop("rejected")
    assert isinstance(rejected, list)
    assert "expected a delivery report" in rejected[0]["reason"]
    assert (outcome(receipt)["state"], bytes(receipt.body)) == (
        "Not understood",
        b"\xff\x00 what is this",
    )


def test_a_report_of_another_system_on_the_account_is_counted_as_foreign(
    project: Project,
) -> None:
    receipt = receive(project, [report(1, extra="order-77", externalId="99-88")])

    processing.drain()

    assert outcome(receipt) == {
        "state": "Applied",
        "kind": "delivery",
        "facts": 1,
        "foreign_count": 1,
    }
    assert not ParkedFact.objects.exists()


def test_a_report_about_a_message_that_nobody_has_sent_yet_is_parked(
    run: Run, project: Project
) -> None:
    message = MessageFactory.create(run=run)
    OutboxFactory.create(message=message)
    receipt = receive(project, [report(message.pk, "READ")])

    processing.drain()

    assert (outcome(receipt)["parked"], states(message)) == (1, [State.QUEUED])


def test_an_unknown_event_changes_nothing(run: Run, project: Project) -> None:
    message = sent(run)
    receipt = receive(project, [report(message.pk, "PONDERED")])

    processing.drain()

    assert (outcome(receipt)["applied"], states(message)) == (1, [State.SENT])


def test_a_time_in_the_future_becomes_the_time_of_arrival(run: Run, project: Project) -> None:
    message = sent(run)
    receipt = receive(project, [report(message.pk, eventTs=4000000000000)])

    processing.drain()

    message.refresh_from_db()
    assert message.delivered_at == receipt.received_at


def test_a_click_counts_and_proves_that_its_message_has_left(run: Run, project: Project) -> None:
    message = MessageFactory.create(run=run, state=State.IN_DOUBT, attempt=1)
    TallyFactory.create(run=run, name="in_doubt", n=1)
    click = {
        "gsurl": "www.gs.example/abc",
        "clickTime": "2026-03-01 15:30:00",
        "originalURL": "https://shop.example/sale",
        "extra": f"0|1767000000|20251229|{message.pk}",
    }
    receive(project, click)
    receive(project, click)

    processing.drain()

    message.refresh_from_db()
    assert (message.state, message.sent_at, message.clicked_at) == (
        State.SENT,
        REPORTED,
        REPORTED,
    )
    assert tallied(run) == recount(run) == {"sent": 1, "clicked": 1, "clicks": 1}
    assert list(Event.objects.order_by("name").values_list("name", flat=True)) == [
        EventName.CLICKED,
        EventName.SENT,
    ]


def test_account_events_are_recognised(project: Project) -> None:
    receipt = receive(
        project,
        [{"field": "message_template_status_update", "event": "PAUSED", "message_template_id": 1}],
    )

    processing.drain()

    assert outcome(receipt) == {"state": "Applied", "kind": "account", "facts": 1, "applied": 1}


def test_processing_a_receipt_again_changes_nothing(run: Run, project: Project) -> None:
    message = sent(run)
    receipt = receive(project, [report(message.pk, "READ"), report(message.pk)])
    processing.drain()
    before = (outcome(receipt), tallied(run), Event.objects.count())

    assert replay(Receipt.objects.all(), by=SYSTEM) == 1
    processing.drain()

    assert (outcome(receipt), tallied(run), Event.objects.count()) == before


# Trouble ------------------------------------------------------------------------------------------


class Broken:
    """Stands for a mistake of ours: whoever applies this message's report fails."""

    def __init__(self, message: Message) -> None:
        self.message_id = message.pk
        self.apply = processing.apply

    def __call__(self, facts: Sequence[processing.Arrived[Fact]]) -> list[processing.Verdict]:
        if any(f"|{self.message_id}|" in arrived.fact.extra for arrived in facts):
            raise ZeroDivisionError("division by zero")
        return self.apply(facts)


def test_a_broken_receipt_is_kept_and_the_others_go_on(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = [sent(run) for _ in range(9)]
    receipts = [receive(project, [report(message.pk)]) for message in messages]
    monkeypatch.setattr(processing, "apply", Broken(messages[4]))
    monkeypatch.setattr(processing, "PAUSE_SECONDS", 0.0)

    processing.drain()

    broken = receipts.pop(4)
    assert {outcome(receipt)["state"] for receipt in receipts} == {"Applied"}
    broken.refresh_from_db()
    assert (broken.state, broken.tries, broken.problem) == (
        ReceiptState.FAILED,
        settings.RECEIPT_MAX_TRIES,
        "ZeroDivisionError: division by zero",
    )
    assert states(*messages).count(State.DELIVERED) == 8


def test_a_receipt_that_failed_once_waits_a_moment_before_it_is_tried_again(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = sent(run)
    receipt = receive(project, [report(message.pk)])
    with monkeypatch.context() as broken:
        broken.setattr(processing, "apply", Broken(message))
        processing.drain()
    processing.drain()
    receipt.refresh_from_db()
    assert (receipt.state, receipt.tries) == (ReceiptState.WAITING, 1)

    Receipt.objects.update(due_at=timezone.now())
    processing.drain()

    assert outcome(receipt)["state"] == "Applied"


@pytest.mark.parametrize("minutes", [-5, 5])
def test_what_failed_once_waits_by_postgresqls_clock(
    minutes: int, run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker's may be apart from it by minutes."""
    message = sent(run)
    receipt = receive(project, [report(message.pk)])
    there = timezone.now() + timedelta(minutes=minutes)
    with monkeypatch.context() as broken:
        broken.setattr(processing, "apply", Broken(message))
        broken.setattr(timezone, "now", lambda: there)
        processing.drain()
    receipt.refresh_from_db()
    left = (receipt.due_at - timezone.now()).total_seconds()
    assert 0 < left <= processing.PAUSE_SECONDS


def test_receipts_that_ended_their_workers_are_tried_alone_and_given_up_in_the_end(
    run: Run, project: Project
) -> None:
    message = sent(run)
    deadly = receive(project, [report(message.pk)], tries=settings.RECEIPT_MAX_TRIES)
    neighbour = receive(project, [report(message.pk)], tries=1)

    processing.drain()

    assert (outcome(deadly)["state"], deadly.problem) == (
        "Failed",
        "Each worker that tried to process it ended before it was done.",
    )
    assert outcome(neighbour)["state"] == "Applied"


def test_what_was_tried_before_is_tried_alone_over_all_workers(project: Project, run: Run) -> None:
    payload = [report(sent(run).pk)]
    twice = receive(project, payload, tries=2)
    once, another = (receive(project, payload, tries=1) for _ in range(2))

    assert processing._claim_again() == [processing.Claim(once.pk, tries=2)]
    assert processing._claim_again() == []

    Receipt.objects.filter(pk=once.pk).update(problem="KeyError: it failed and rests", tries=2)
    assert processing._claim_again() == [processing.Claim(another.pk, tries=2)]
    assert processing._claim_again() == []

    Receipt.objects.filter(pk=another.pk).update(state=ReceiptState.APPLIED)
    assert processing._claim_again() == [processing.Claim(twice.pk, tries=3)]


def test_a_new_receipt_does_not_wait_for_one_that_is_tried_again(
    run: Run, project: Project
) -> None:
    receive(project, [report(sent(run).pk)], tries=1)
    assert processing._claim_again() != []
    new = receive(project, [report(sent(run).pk)])
    processing.drain()
    new.refresh_from_db()
    assert new.state == ReceiptState.APPLIED


def test_a_receipt_that_another_worker_has_is_left_to_it(run: Run, project: Project) -> None:
    message = sent(run)
    receipt = receive(
        project, [report(message.pk)], tries=1, due_at=timezone.now() + timedelta(seconds=10)
    )

    processing.drain()

    assert (outcome(receipt)["state"], states(message)) == ("Waiting", [State.SENT])


def test_a_worker_that_comes_too_late_leaves_the_receipt_alone(run: Run, project: Project) -> None:
    message = sent(run)
    receipt = receive(project, [report(message.pk)], tries=2)

    processing._process([processing.Claim(receipt.pk, tries=1)])

    assert (outcome(receipt)["state"], states(message)) == ("Waiting", [State.SENT])


def test_a_batch_ends_at_its_size(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "BATCH_BYTES", 1000)
    for _ in range(3):
        receive(project, [report(sent(run).pk), {"padding": "x" * 600}])

    assert [len(processing._claim(processing.CLAIM_NEW, 100)) for _ in range(3)] == [2, 1, 0]


def test_nothing_is_given_up_while_the_database_is_away(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = receive(project, [report(sent(run).pk)])

    def away(_facts: object) -> list[processing.Verdict]:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(processing, "apply", away)
    with pytest.raises(OperationalError):
        processing.drain()

    assert outcome(receipt) == {"state": "Waiting"}


def test_a_drain_ends_when_its_time_is_over(run: Run, project: Project) -> None:
    receipt = receive(project, [report(sent(run).pk)])

    processing.drain(seconds=0)

    assert outcome(receipt) == {"state": "Waiting"}


def test_the_number_of_queries_does_not_grow_with_the_reports(
    run: Run, project: Project, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for _ in range(3):
        receive(project, [report(sent(run).pk) for _ in range(20)])

    with django_assert_max_num_queries(25):  # type: ignore[operator]
        processing.drain()

    assert Message.objects.filter(state=State.DELIVERED).count() == 60


def test_garbage_of_any_kind_leaves_no_receipt_waiting(project: Project) -> None:
    bodies = [
        b"",
        b"[" * 100_000,
        b'{"response": [{"externalId": NaN, "eventType": 1e400}]}',
        json.dumps([{"externalId": "1" * 400, "eventType": "READ", "eventTs": "9" * 400}]).encode(),
        b'[{"externalId":"\\ud800\\u0000-1","eventType":"SENT","extra":"\\u0000"}]',
        b'{"mobile":"919000011122","type":"text","text":"a\\u0000b"}',
        b"response=%5B%7B%22externalId%22%3A%22%00%22%7D%5D",
        bytes(range(256)) * 10,
    ]
    for body in bodies:
        ReceiptFactory.create(project=project, body=body)

    processing.drain()

    assert {receipt.state for receipt in Receipt.objects.all()} <= {
        ReceiptState.APPLIED,
        ReceiptState.NOT_UNDERSTOOD,
    }


def test_a_message_without_a_campaign_is_reported_about_too(project: Project) -> None:
    message = MessageFactory.create(
        run=None, project=project, kind=MessageKind.TEST, state=State.SENT, sent_at=T
    )
    receive(project, [report(message.pk)])

    processing.drain()

    assert states(message) == [State.DELIVERED]
    assert connection.in_atomic_block
