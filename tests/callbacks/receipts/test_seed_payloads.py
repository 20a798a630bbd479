"""The four callbacks that Gupshup's documentation prints, posted over HTTP about our messages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone

from callbacks.models import InboundMessage, Receipt, ReceiptState
from callbacks.receipts import processing
from campaigns.models import Event, EventName, Message, State
from providers.models import Conversation
from tests.callbacks.posting import FORM, JSON, gupshup_of
from tests.factories import MessageFactory, RunFactory

SEED = Path(__file__).parents[2] / "payloads" / "seed"
OF_THE_PRINT = (
    "4930004|1731918555|20241118|4930004",
    "264780|1733353166|20241205|264780|0",
    "9|1658264893|20220720|9|0",
    "9%7C1658264893%7C20220720%7C9%7C0",
)


def printed(name: str, *, about: Message) -> str:
    """As printed, with our extra and external id in the place of those."""
    text = (SEED / name).read_text()
    for extra in OF_THE_PRINT:
        text = text.replace(extra, f"{about.campaign_id}|1772359200|20260301|{about.pk}|0")
    return text.replace("497817541934555810", f"{about.pk}-1")


@pytest.mark.django_db(transaction=True)
def test_the_documented_callbacks_change_the_right_rows() -> None:
    run = RunFactory.create()
    report, logged, click, generic, bystander = MessageFactory.create_batch(
        5, run=run, state=State.SENT, sent_at=timezone.now(), attempt=1
    )
    gupshup = gupshup_of(run.campaign.project)

    answers = [
        gupshup.post(printed("delivery_report.form.txt", about=report), content_type=FORM),
        gupshup.post(printed("delivery_report_as_logged.txt", about=logged), content_type=FORM),
        gupshup.post(printed("click_tracking.json", about=click), content_type=JSON),
        gupshup.post(printed("generic_click.json", about=generic), content_type=JSON),
        gupshup.post(
            printed("inbound_text.json", about=bystander), to="response", content_type=JSON
        ),
    ]
    processing.drain()

    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"{}")] * 5
    assert set(Receipt.objects.values_list("state", "applied", "parked")) == {
        (ReceiptState.APPLIED, 1, 0)
    }
    read_at = datetime(2022, 7, 19, 21, 9, 19, tzinfo=UTC)
    clicks = (
        datetime(2024, 11, 5, 4, 30, 54, tzinfo=UTC),
        datetime(2024, 12, 4, 7, 54, 36, tzinfo=UTC),
    )
    assert list(
        Message.objects.order_by("id").values_list(
            "id", "state", "delivered_at", "read_at", "clicked_at", "replied_at"
        )
    ) == [
        (report.pk, State.READ, read_at, read_at, None, None),
        (logged.pk, State.READ, read_at, read_at, None, None),
        (click.pk, State.SENT, None, None, clicks[0], None),
        (generic.pk, State.SENT, None, None, clicks[1], None),
        (bystander.pk, State.SENT, None, None, None, None),
    ]
    assert {(event.message_id, event.name) for event in Event.objects.all()} == {
        (report.pk, EventName.DELIVERED),
        (report.pk, EventName.VIEWED),
        (logged.pk, EventName.DELIVERED),
        (logged.pk, EventName.VIEWED),
        (click.pk, EventName.CLICKED),
        (generic.pk, EventName.CLICKED),
    }
    inbound, conversation = InboundMessage.objects.get(), Conversation.objects.get()
    assert (inbound.phone, inbound.name, inbound.text, inbound.at) == (
        "+919000011122",
        "John Doe",
        "incoming text",
        datetime(2022, 7, 19, 20, 4, 31, tzinfo=UTC),
    )
    assert (inbound.conversation, conversation.window_until) == (
        conversation,
        datetime(2022, 7, 20, 20, 4, 31, tzinfo=UTC),
    )
