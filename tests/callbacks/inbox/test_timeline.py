from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from callbacks.models import Receipt
from callbacks.receipts import processing
from campaigns.models import Event, EventName, Message, State
from providers.models import Project
from tests.callbacks.posting import inbound, report
from tests.factories import GatewayIdFactory, MessageFactory, ReceiptFactory, RunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(project: Project) -> Message:
    return MessageFactory.create(
        run=RunFactory.create(campaign__project=project),
        state=State.IN_DOUBT,
        attempt=1,
        send_key=919000011122,
    )


def click(message: Message) -> dict[str, object]:
    return {
        "gsurl": "gs.im/x",
        "clickTime": "2026-03-01 15:40:00",
        "originalURL": "https://shop.example.com",
        "extra": report(message.pk)["extra"],
    }


def receipts_about(message: Message) -> dict[str, Receipt]:
    project = message.project
    reply = inbound(timestamp=str(int(timezone.now().timestamp() * 1000)))
    payloads = {
        EventName.SENT: report(message.pk, "SENT", eventTs=1772359100000),
        EventName.DELIVERED: report(message.pk, "DELIVERED", eventTs=1772359200000),
        EventName.VIEWED: report(message.pk, "READ", eventTs=1772359300000),
        EventName.CLICKED: click(message),
        EventName.REPLIED: {
            **reply,
            "replyId": "5145722132009541678",
            "messageId": f"{message.pk}-1",
        },
    }
    return {
        name: ReceiptFactory.create(project=project, payload=payload)
        for name, payload in payloads.items()
    }


def test_each_of_the_five_events_knows_the_callback_that_told_it(message: Message) -> None:
    receipts = receipts_about(message)

    processing.drain()

    assert dict(Event.objects.values_list("name", "source")) == {
        name: receipt.pk for name, receipt in receipts.items()
    }


def test_what_was_told_at_once_has_one_source(message: Message) -> None:
    receipt = ReceiptFactory.create(project=message.project, payload=[report(message.pk, "READ")])

    processing.drain()

    assert set(Event.objects.values_list("name", "source")) == {
        (name, receipt.pk) for name in (EventName.SENT, EventName.DELIVERED, EventName.VIEWED)
    }


def test_the_messages_page_links_each_event_to_its_raw_callback(
    message: Message, viewer: Client
) -> None:
    receipts = receipts_about(message)
    processing.drain()

    page = viewer.get(reverse("admin:campaigns_message_change", args=[message.pk]))

    text = page.content.decode()
    places = [
        (text.index(f"<strong>{name}</strong>"), text.index(f'href="{page_of(receipt)}"'))
        for name, receipt in receipts.items()
    ]
    assert places == sorted(places)
    for receipt in receipts.values():
        assert viewer.get(page_of(receipt)).status_code == 200


def page_of(receipt: Receipt) -> str:
    return reverse("admin:callbacks_receipt_change", args=[receipt.pk])


def trail(client: Client, message: Message) -> str:
    answer = client.get(reverse("admin:callbacks_receipt_about", args=[message.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_all_callbacks_about_a_message_are_found_those_that_came_twice_too(
    message: Message, viewer: Client
) -> None:
    told = [*receipts_about(message).values()]
    processing.drain()
    payloads = [
        report(message.pk, "DELIVERED", eventTs=1772359200000),
        [report(message.pk + 1), report(message.pk, "READ")],
    ]
    again = [ReceiptFactory.create(project=message.project, payload=one) for one in payloads]
    other = ReceiptFactory.create(project=message.project, payload=report(message.pk + 1))
    strange = ReceiptFactory.create(payload=report(message.pk))
    processing.drain()

    shown = trail(viewer, message)

    assert [page_of(one) in shown for one in [*told, *again]] == [True] * 7
    assert [page_of(one) in shown for one in (other, strange)] == [False] * 2
    assert ("A reply to it" in shown, "Delivery report: read" in shown) == (True, True)
    page = viewer.get(reverse("admin:campaigns_message_change", args=[message.pk]))
    assert reverse("admin:callbacks_receipt_about", args=[message.pk]) in page.content.decode()


def test_a_callback_that_was_removed_is_named_and_its_page_says_so(
    message: Message, viewer: Client, settings: Settings
) -> None:
    settings.RECEIPT_KEEP_DAYS = 7
    receipt = ReceiptFactory.create(project=message.project, payload=report(message.pk, "SENT"))
    processing.drain()
    receipt.delete()

    assert "It was removed: callbacks are kept for 7 days." in trail(viewer, message)
    answer = viewer.get(page_of(receipt))
    assert answer.status_code == 404
    assert "Raw callbacks are removed 7 days after they came" in answer.content.decode()


def test_the_callback_that_told_a_failure_is_found_though_it_is_no_event(
    message: Message, viewer: Client
) -> None:
    for _ in range(3):
        ReceiptFactory.create(project=message.project, payload=report(message.pk + 1, "READ"))
    failed = report(message.pk, "FAILED", errorCode="018", eventTs=1772359200000)
    receipt = ReceiptFactory.create(project=message.project, payload=failed)
    processing.drain()

    page = viewer.get(reverse("admin:campaigns_message_change", args=[message.pk]))

    assert reverse("admin:callbacks_receipt_about", args=[message.pk]) in page.content.decode()
    assert page_of(receipt) in trail(viewer, message)


def test_what_stands_far_down_in_a_large_callback_is_found(
    message: Message, viewer: Client
) -> None:
    others = [report(message.pk + number) for number in range(1, 150)]
    GatewayIdFactory.create(message=message, external_id="77-88")
    strange = report(message.pk, "READ", extra=None, externalId="77-88")
    ReceiptFactory.create(
        project=message.project, payload=[*others, strange, report(message.pk, "DELIVERED")]
    )
    processing.drain()

    shown = trail(viewer, message)

    assert "Delivery report: delivered" in shown
    assert "Delivery report: read" in shown


def test_a_message_without_callbacks_has_no_trail(message: Message, viewer: Client) -> None:
    assert "None told anything yet" in trail(viewer, message)


def test_looking_for_callbacks_costs_the_same_however_many_there_are(
    message: Message, viewer: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        ReceiptFactory.create(project=message.project, payload=report(message.pk, "READ"))
    processing.drain()
    trail(viewer, message)

    with django_assert_max_num_queries(16):
        trail(viewer, message)
