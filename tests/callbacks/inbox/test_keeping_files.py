import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from callbacks.inbox.keeping_files import (
    AT_ONCE,
    MOST_TRIES,
    RESTS,
    _claim,
    _keep,
    image_type,
    keep_files,
)
from callbacks.models import FileState, InboundMessage
from callbacks.receipts import processing
from providers.models import Project
from providers.network.fetching import TOTAL_SECONDS
from tests.callbacks.posting import inbound
from tests.factories import InboundMessageFactory, ReceiptFactory

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
ANSWERS = {
    "/picture": (200, PNG),
    "/page": (200, b"<script>alert(1)</script>"),
    "/gone": (404, b""),
    "/broken": (503, b""),
    "/moved": (302, b""),
}

pytestmark = pytest.mark.django_db


class Media(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = ANSWERS[self.path.partition("?")[0]]
        self.send_response(status)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/picture")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host(settings: Settings, tmp_path: Path) -> Iterator[str]:
    settings.MEDIA_ROOT = tmp_path
    settings.FETCH_PRIVATE_TARGETS = True
    settings.INBOUND_MEDIA_HOSTS = ["127.0.0.1"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Media)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def hear(project: Project, url: str) -> InboundMessage:
    image = json.dumps({"mime_type": "image/png", "url": url, "signature": "?sig=1"})
    ReceiptFactory.create(project=project, payload=inbound("", type="image", image=image))
    processing.drain()
    keep_files()
    return InboundMessage.objects.get()


def file_of(message: InboundMessage) -> str:
    return reverse("admin:callbacks_inboundmessage_file", args=[message.pk])


def test_a_picture_is_fetched_by_a_worker_and_shown_from_our_copy(
    host: str, project: Project, viewer: Client
) -> None:
    message = hear(project, f"{host}/picture")

    assert message.file_state == FileState.KEPT
    answer = viewer.get(file_of(message))
    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        PNG,
        "image/png",
        "nosniff",
    )
    talk = reverse("admin:providers_conversation_change", args=[message.conversation_id])
    page = viewer.get(talk).content.decode()
    assert f'src="{file_of(message)}"' in page
    assert host not in page


def test_what_only_says_that_it_is_a_picture_is_offered_to_be_saved(
    host: str, project: Project, viewer: Client
) -> None:
    answer = viewer.get(file_of(hear(project, f"{host}/page")))

    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/octet-stream",
        "attachment",
    )


def test_no_other_server_is_asked(host: str, project: Project, settings: Settings) -> None:
    settings.INBOUND_MEDIA_HOSTS = ["*.gupshup.io"]

    message = hear(project, f"{host}/picture")

    assert (message.file_state, message.file_problem) == (
        FileState.GIVEN_UP,
        "Its server is not on the list of those that may be asked.",
    )


@pytest.mark.parametrize("path", ["gone", "moved"])
def test_an_expired_or_moved_link_is_given_up_with_the_reason(
    host: str, project: Project, path: str
) -> None:
    message = hear(project, f"{host}/{path}")

    assert message.file_state == FileState.GIVEN_UP
    assert "links expire" in message.file_problem


def test_a_server_in_trouble_is_asked_a_few_times(host: str, project: Project) -> None:
    message = hear(project, f"{host}/broken")
    tried = [message.file_state]
    while message.file_state == FileState.WANTED:
        assert keep_files() == 0  # not before it has rested
        InboundMessage.objects.update(file_due_at=timezone.now())
        keep_files()
        message.refresh_from_db()
        tried.append(message.file_state)

    assert tried == [FileState.WANTED] * (MOST_TRIES - 1) + [FileState.GIVEN_UP]


def test_what_one_worker_fetches_is_left_to_it_for_as_long_as_that_may_take(
    project: Project,
) -> None:
    InboundMessageFactory.create_batch(2, project=project, file_state=FileState.WANTED)
    assert min(RESTS).total_seconds() > AT_ONCE * TOTAL_SECONDS

    assert (len(_claim()), len(_claim())) == (2, 0)


def test_of_two_workers_with_one_picture_only_one_copy_is_left(
    host: str, project: Project, tmp_path: Path
) -> None:
    row = InboundMessageFactory.create(
        project=project, media={"url": f"{host}/picture"}, file_state=FileState.WANTED
    )
    _keep(row)
    _keep(row)
    kept = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert [str(path) for path in kept] == [InboundMessage.objects.get().file]


def test_an_address_that_is_none_is_given_up(project: Project) -> None:
    row = InboundMessageFactory.create(
        project=project, media={"url": "https://[broken"}, file_state=FileState.WANTED
    )
    keep_files()
    row.refresh_from_db()
    assert (row.file_state, row.file_problem) == (
        FileState.GIVEN_UP,
        "Its address can't be read.",
    )


def test_another_projects_file_is_not_found(host: str, viewer: Client, project: Project) -> None:
    stranger = InboundMessageFactory.create(file_state=FileState.KEPT, file="inbound/1/x")

    assert viewer.get(file_of(stranger)).status_code == 404


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF0000WEBPVP8 ", "image/webp"),
        (b"<svg onload=alert(1)>", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_told_by_its_first_bytes(content: bytes, type_: str) -> None:
    assert image_type(content) == type_
