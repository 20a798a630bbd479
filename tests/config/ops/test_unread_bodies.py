"""Over a real socket: an answer given before the body was read says that the connection ends."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from tests.callbacks.conftest import committed as committed
from tests.callbacks.receiving.test_server import Server, production_settings, running_server
from tests.config.ops.servers import granian

WHOLE = ("Content-Length: 3", "[1]")
PART = ("Content-Length: 30", "[1]")
NONE = ("Accept: */*", "")
CHUNKS = ("Transfer-Encoding: chunked", "3\r\n[1]\r\n0\r\n\r\n")


@pytest.fixture
def server(committed: None, settings: Settings) -> Iterator[Server]:
    with running_server(settings, REDIS_URL="redis://127.0.0.1:1/0") as started:
        yield started


def answered(port: int, first: str, sent: tuple[str, str], *lines: str) -> tuple[int, bool]:
    """The status, and whether the answer says that the connection ends."""
    head, body = sent
    request = "\r\n".join([f"{first} HTTP/1.1", "Host: kabootar.example", *lines, head, "", body])
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as client:
        client.sendall(request.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += client.recv(4096)
    status, *headers = answer.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    return int(status.split()[1]), b"connection: close" in headers


def test_the_callback_process_says_when_it_ends_a_connection(server: Server) -> None:
    known, stranger = f"/gupshup/status?a={server.key}", "/gupshup/status?a=AAA-AAA-AAAA.x"
    assert [
        answered(server.port, first, sent)
        for first, sent in [
            (f"POST {known}", WHOLE),
            (f"POST {stranger}", WHOLE),
            (f"POST {stranger}", PART),
            (f"PUT {known}", WHOLE),
            (f"POST {known}", ("Content-Length: 1048577", "")),
            (f"POST {known}", CHUNKS),
            ("POST /nowhere", WHOLE),
            (f"HEAD {known}", NONE),
        ]
    ] == [
        (200, False),
        (403, True),
        (403, True),
        (405, True),
        (413, True),
        (411, True),
        (404, True),
        (200, False),
    ]


def test_the_console_says_when_it_ends_a_connection(settings: Settings, db: None) -> None:
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    environment = production_settings(settings) | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production"
    }
    with granian("config.wsgi:application", **environment) as port:
        found = [
            answered(port, "POST /login/", PART),  # not over https
            answered(port, "POST /login/", CHUNKS),
            answered(port, "POST /login/", WHOLE),
            answered(port, "GET /healthz", NONE),
        ]
    assert found == [(301, True), (301, True), (301, True), (200, False)]
