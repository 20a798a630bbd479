import json

import pytest
from django.test import Client
from django.urls import reverse

from callbacks.models import InboundMessage, Receipt
from campaigns.models import Message, State
from providers.models import Project
from tests.callbacks.parsers.parsing import PAYLOADS
from tests.callbacks.posting import inbound, report, reports_form
from tests.factories import MessageFactory, RunFactory

TRY = reverse("admin:callbacks_receipt_try")


def tried(client: Client, payload: str) -> str:
    answer = client.post(TRY, {"payload": payload})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def message(project: Project) -> Message:
    return MessageFactory.create(
        run=RunFactory.create(campaign__project=project), state=State.SENT, attempt=1
    )


def test_a_payload_shows_what_it_would_become_and_changes_nothing(
    viewer: Client, message: Message
) -> None:
    page = tried(viewer, reports_form(report(message.pk), report(message.pk, "READ")))

    assert "Understood: Delivery reports" in page
    assert page.count("It would be applied to the message.") == 2
    assert reverse("admin:campaigns_message_change", args=[message.pk]) in page
    message.refresh_from_db()
    assert (message.state, Receipt.objects.count()) == (State.SENT, 0)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (json.dumps(inbound()), "It would be stored as a message"),
        (json.dumps(report(987654321)), "it would wait, and be tried again"),
        (
            json.dumps({"externalId": "12-34", "eventType": "READ", "extra": "order 7"}),
            "another system&#x27;s",
        ),
        (
            "https://kabootar.example/gupshup/status?a=KEY&externalId=1-2&status=READ",
            "Understood: Delivery reports",
        ),
        ('[{"externalId": "1-2"}]', "eventType is missing or empty"),
        ("{{{", "Not understood"),
        ("[" * 100_000, "nested too deeply"),
        ("\x00", "Null characters are not allowed."),
        ("", "Paste a payload first."),
        ("<script>alert(1)</script>", "looks like XML or HTML"),
    ],
)
def test_any_payload_gets_a_clear_answer(viewer: Client, payload: str, words: str) -> None:
    page = tried(viewer, payload.encode("utf-8", "replace").decode())

    assert words in page
    assert "<script>alert(1)" not in page
    assert (Receipt.objects.count(), InboundMessage.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("delivery_report_in_the_log.txt", "Delivery reports"),
        ("delivery_report_as_documented.txt", "Delivery reports"),
        ("click_tracking_with_remarks.txt", "Click"),
        ("generic_click_with_remarks.txt", "Click"),
    ],
)
def test_what_logs_and_documentation_print_is_understood(
    viewer: Client, name: str, kind: str
) -> None:
    assert f"Understood: {kind}" in tried(viewer, (PAYLOADS / "seed" / name).read_text())


def test_anothers_message_is_not_found_by_trying(viewer: Client) -> None:
    stranger = MessageFactory.create(state=State.SENT, attempt=1)

    page = tried(viewer, json.dumps(report(stranger.pk)))

    assert "it would wait" in page
    assert reverse("admin:campaigns_message_change", args=[stranger.pk]) not in page
