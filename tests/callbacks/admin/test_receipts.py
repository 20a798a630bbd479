from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callbacks.inspecting.curl import as_curl
from callbacks.models import Receipt, ReceiptState
from callbacks.receipts import processing
from campaigns.models import State
from providers.connection.callback_urls import current_key
from providers.models import Project
from tests.callbacks.posting import report
from tests.factories import MessageFactory, ProjectFactory, ReceiptFactory

LIST = reverse("admin:callbacks_receipt_changelist")
REPLAY_ALL = reverse("admin:callbacks_receipt_replay_failed")


def page(receipt: Receipt) -> str:
    return reverse("admin:callbacks_receipt_change", args=[receipt.pk])


def replay_page(receipt: Receipt) -> str:
    return reverse("admin:callbacks_receipt_replay", args=[receipt.pk])


def listed(client: Client, **filters: str) -> list[int]:
    return [receipt.pk for receipt in client.get(LIST, filters).context["cl"].result_list]


def test_the_list_can_be_narrowed_by_state_kind_and_time(viewer: Client, project: Project) -> None:
    old = ReceiptFactory.create(
        project=project,
        kind="inbound",
        state=ReceiptState.APPLIED,
        received_at=timezone.now() - timedelta(days=3),
    )
    failed = ReceiptFactory.create(project=project, kind="delivery", state=ReceiptState.FAILED)
    waiting = ReceiptFactory.create(project=project)

    assert [
        listed(viewer),
        listed(viewer, state="3"),
        listed(viewer, kind="inbound"),
        listed(viewer, time="day"),
        listed(viewer, state="rubbish"),
    ] == [
        [waiting.pk, failed.pk, old.pk],
        [failed.pk],
        [old.pk],
        [waiting.pk, failed.pk],
        [waiting.pk, failed.pk, old.pk],
    ]


def test_an_empty_list_says_what_will_stand_there(viewer: Client, project: Project) -> None:
    assert "No callbacks yet" in viewer.get(LIST).content.decode()


def test_a_page_shows_what_was_understood_and_what_was_not(
    viewer: Client, project: Project
) -> None:
    message = MessageFactory.create(
        run__campaign__project=project, state=State.SENT, sent_at=timezone.now()
    )
    receipt = ReceiptFactory.create(project=project, payload=[report(message.pk), {"what": 1}])
    processing.drain()

    html = viewer.get(page(receipt)).content.decode()

    assert "1 applied, 1 not understood" in html
    assert reverse("admin:campaigns_message_change", args=[message.pk]) in html
    assert "Element 2" in html
    assert "expected a delivery report" in html


@pytest.mark.parametrize(
    "body", [b"<script>alert(1)</script>", b"\xff\x00\x1b[31m", b"", b"x" * 100_000]
)
def test_a_body_of_any_kind_is_shown_harmlessly(
    viewer: Client, project: Project, body: bytes
) -> None:
    receipt = ReceiptFactory.create(project=project, body=body, query="<b>")

    response = viewer.get(page(receipt))

    html = response.content.decode()
    assert response.status_code == 200
    assert ("<script>alert" in html, "\x1b" in html, "<b>" in html) == (False, False, False)


def test_the_key_stands_nowhere_on_the_page(viewer: Client, project: Project) -> None:
    key = current_key(project)
    receipt = ReceiptFactory.create(project=project)

    html = viewer.get(page(receipt)).content.decode()

    assert key.secret not in html
    assert "…•••" in html


def test_a_marketer_replays_a_callback_by_a_post_from_a_dialog(
    marketer: Client, project: Project
) -> None:
    receipt = ReceiptFactory.create(project=project, state=ReceiptState.FAILED)

    dialog = marketer.get(replay_page(receipt))
    assert (dialog.status_code, Receipt.objects.waiting().count()) == (200, 0)

    response = marketer.post(replay_page(receipt))
    assert (response.status_code, response["Location"]) == (302, page(receipt))
    assert Receipt.objects.waiting().count() == 1


def test_all_failed_callbacks_of_the_project_can_be_replayed_at_once(
    marketer: Client, project: Project
) -> None:
    failed = ReceiptFactory.create_batch(2, project=project, state=ReceiptState.FAILED)
    ReceiptFactory.create(project=project, state=ReceiptState.APPLIED)
    ReceiptFactory.create(project=ProjectFactory.create(), state=ReceiptState.FAILED)
    assert "Replay all failed" in marketer.get(LIST).content.decode()

    response = marketer.post(REPLAY_ALL, follow=True)

    assert "2 callbacks are being processed again." in response.content.decode()
    assert set(Receipt.objects.waiting()) == set(failed)


def test_a_viewer_may_not_replay(viewer: Client, project: Project) -> None:
    receipt = ReceiptFactory.create(project=project, state=ReceiptState.FAILED)

    codes = [
        getattr(viewer, method)(address).status_code
        for method in ("get", "post")
        for address in (replay_page(receipt), REPLAY_ALL)
    ]

    assert (set(codes), Receipt.objects.waiting().count()) == ({403}, 0)
    assert "Replay" not in viewer.get(page(receipt)).content.decode()


@pytest.mark.parametrize(
    ("fields", "command"),
    [
        (
            {"method": "GET", "body": b"", "query": "externalId=1-2&status=SENT"},
            "curl 'https://kabootar.example/gupshup/status?a={key}&externalId=1-2&status=SENT'",
        ),
        (
            {"body": b"it's", "content_type": "text/plain"},
            (
                "curl 'https://kabootar.example/gupshup/status?a={key}'"
                " -H 'Content-Type: text/plain' --data-raw 'it'\"'\"'s'"
            ),
        ),
        (
            {"body": b"\xff\x00", "content_type": "text/plain"},
            (
                "echo /wA= | base64 -d | curl 'https://kabootar.example/gupshup/status?a={key}'"
                " -H 'Content-Type: text/plain' --data-binary @-"
            ),
        ),
    ],
)
def test_a_callback_can_be_copied_as_a_command_with_its_key_masked(
    project: Project, settings: pytest.FixtureRequest, fields: dict[str, object], command: str
) -> None:
    settings.PUBLIC_BASE_URL = "https://kabootar.example"  # type: ignore[attr-defined]
    receipt = ReceiptFactory.create(project=project, endpoint="status", **fields)

    assert as_curl(receipt) == command.format(key=f"{project.account_id[:4]}…•••")


def test_a_large_callback_is_no_argument_of_a_command(project: Project) -> None:
    """Linux takes none of more than 128 KiB."""
    receipt = ReceiptFactory.create(project=project, body=b"x" * 128 * 1024)

    shell, decoding, curl = as_curl(receipt).split(" | ")
    assert (shell.partition(" ")[0], decoding) == ("echo", "base64 -d")  # the shell's own
    assert len(curl) < 1000


def test_a_callback_says_how_many_of_its_reports_were_too_many_to_wait(
    viewer: Client, project: Project
) -> None:
    receipt = ReceiptFactory.create(
        project=project, state=ReceiptState.APPLIED, facts=8, parked=5, left_out=3
    )

    text = viewer.get(page(receipt)).content.decode()

    assert "5 waiting for their message, 3 too many to wait" in text
    assert "3 reports fit no message of this project" in text
    assert "They are not tried again by themselves" in text
