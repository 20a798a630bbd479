"""Clients that are slow, vanish or lie about lengths, against the callback process as production
runs it: the others get their answers, and nothing half is ever stored.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from pytest_django import Settings

from callbacks.models import Receipt
from tests.callbacks.receiving.test_server import Server, running_server

LYING = {
    ("Content-Length: 3", "Content-Length: 6"): {b"400"},
    ("Content-Length: -1",): {b"400"},
    ("Content-Length: 3, 3",): {b"400"},
    ("Content-Length: three",): {b"400"},
    ("Content-Length: " + "9" * 400,): {b"400", b"413"},
    ("Content-Length: 1048577",): {b"413"},
    ("Content-Length: 3", "Transfer-Encoding: chunked"): {b"400", b"411"},
    ("Transfer-Encoding: chunked",): {b"411"},
    ("Transfer-Encoding: gzip, chunked",): {b"400", b"411"},
}


@pytest.fixture
def server(committed: None, settings: Settings) -> Iterator[Server]:
    with running_server(settings, REDIS_URL="redis://127.0.0.1:1/0") as server:
        yield server


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def connect(server: Server, opened: ExitStack, sent: bytes = b"") -> socket.socket:
    client = opened.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
    client.sendall(sent)
    return client


def head(server: Server, *lines: str, key: str | None = None) -> bytes:
    first = f"POST /gupshup/status?a={server.key if key is None else key} HTTP/1.1"
    return "\r\n".join([first, "Host: kabootar.example", *lines, "", ""]).encode()


def heard(client: socket.socket) -> bytes:
    """Until the server closes the connection, or says nothing more for a second."""
    parts = []
    try:
        while part := client.recv(4096):
            parts.append(part)
            client.settimeout(1)
    except (TimeoutError, ConnectionError):
        pass
    return b"".join(parts)


def stored() -> list[bytes]:
    return [bytes(body) for body in Receipt.objects.order_by("id").values_list("body", flat=True)]


def test_slow_clients_keep_nobody_waiting(server: Server, opened: ExitStack) -> None:
    for _ in range(200):
        connect(server, opened)
        connect(server, opened, b"POST /gupshup/status?a=")
    slow = [
        connect(server, opened, head(server, "Content-Length: 10") + b"[1,") for _ in range(100)
    ]

    assert [server.request("POST", body=b"[1]") for _ in range(20)] == [(200, b"{}")] * 20

    assert stored() == [b"[1]"] * 20
    assert {heard(client)[:12] for client in slow} <= {b"HTTP/1.1 400", b""}


def test_who_falls_silent_is_cut_off(server: Server, opened: ExitStack) -> None:
    """After ten seconds: before a request, within its head, between two, and within a body."""
    silent = connect(server, opened)
    half = connect(server, opened, b"POST /gupshup/status?a=x HTTP/1.1\r\nHo")
    kept = connect(server, opened, head(server, "Content-Length: 3") + b"[1]")
    body = connect(server, opened, head(server, "Content-Length: 9") + b"[2]")

    answer = b""
    while not answer.endswith(b"{}"):  # it may come in two packets
        answer += kept.recv(4096)
    assert answer.startswith(b"HTTP/1.1 200")
    assert [heard(client)[:12] for client in (silent, half, kept)] == [b"", b"", b""]
    assert heard(body)[:12] in {b"HTTP/1.1 400", b""}
    assert stored() == [b"[1]"]


def test_nothing_half_is_stored(server: Server, opened: ExitStack) -> None:
    whole = b'[{"externalId": "1-2", "eventType": "READ"}]'
    in_pieces = connect(server, opened)
    for byte in head(server, f"Content-Length: {len(whole)}") + whole:
        in_pieces.sendall(bytes([byte]))
        time.sleep(0.002)
    assert heard(in_pieces).startswith(b"HTTP/1.1 200")

    too_short, gone = (
        connect(server, opened, head(server, "Content-Length: 9") + b"[1]") for _ in "ab"
    )
    too_short.shutdown(socket.SHUT_WR)
    gone.close()
    assert heard(too_short)[:12] in {b"HTTP/1.1 400", b""}

    too_long = connect(server, opened, head(server, "Content-Length: 3") + b"[2][3]\r\n\r\n")
    first, _, rest = heard(too_long).partition(b"\r\n\r\n{}")
    assert (first[:12], rest[:12]) == (b"HTTP/1.1 200", b"HTTP/1.1 400")

    assert stored() == [whole, b"[2]"]


def test_lying_lengths_are_refused_and_strangers_before_their_body_is_there(
    server: Server, opened: ExitStack
) -> None:
    for lines, statuses in LYING.items():
        client = connect(server, opened, head(server, *lines) + b"[1]")
        assert heard(client)[9:12] in statuses, lines
    strangers = [
        connect(server, opened, head(server, "Content-Length: 9", key="AAA-AAA-AAAA.x"))
        for _ in range(100)
    ]
    assert {client.recv(12) for client in strangers} == {b"HTTP/1.1 403"}
    assert stored() == []
