"""Anything at all over a real socket, against the callback process as production runs it."""

import http.client
import json
import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as quick
from hypothesis import strategies as st
from pytest_django import Settings

from callbacks.models import Receipt, ReceiptState
from callbacks.receipts import processing
from tests.callbacks.committing import commit
from tests.callbacks.parsers.test_anything import queries
from tests.callbacks.receipts.test_anything_posted import bodies
from tests.callbacks.receiving.test_server import Server, running_server

FEW = quick(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

header_values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60)
headers = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "Content-Encoding", "Accept", "Host", "Expect", "Cookie", "Connection"]
    ),
    st.one_of(st.sampled_from(["gzip", "br", "application/json", "close", "*/*"]), header_values),
    max_size=4,
)


@pytest.fixture
def server(committed: None, settings: Settings) -> Iterator[Server]:
    with running_server(settings, REDIS_URL="redis://127.0.0.1:1/0") as server:
        yield server


def test_no_request_is_answered_5xx_and_each_200_is_stored_as_it_came(server: Server) -> None:
    @FEW
    @given(
        method=st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "OPTIONS", "TRACE", "X"]),
        to=st.sampled_from(["status", "response", "status/", "other"]),
        body=bodies,
        query=queries,
        given_headers=headers,
    )
    def ask(method: str, to: str, body: bytes, query: str, given_headers: dict[str, str]) -> None:
        before = Receipt.objects.count()
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        path = f"/gupshup/{to}?a={server.key}&{quote(query, safe='=&?')}"
        client.request(method, path, body, given_headers)
        status = client.getresponse().status
        client.close()

        stored = Receipt.objects.count() - before
        assert status < 500
        assert stored <= (1 if status == 200 else 0)
        if stored and method == "POST":
            assert bytes(Receipt.objects.latest("pk").body) == body

    ask()
    commit(processing.drain)
    states = (ReceiptState.APPLIED, ReceiptState.NOT_UNDERSTOOD)
    assert not Receipt.objects.exclude(state__in=states).exists()


def test_no_bytes_at_all_bring_the_process_down(server: Server) -> None:
    @FEW
    @given(
        start=st.sampled_from([b"", b"POST /gupshup/status HTTP/1.1\r\n", b"GET / HTTP/9.9\r\n"]),
        rest=st.binary(max_size=300),
    )
    def send(start: bytes, rest: bytes) -> None:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            client.sendall(start + rest)
            client.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: client.recv(4096), b""))
        assert not answer.startswith(b"HTTP/1.1 5")

    send()
    assert Receipt.objects.count() == 0
    assert server.request("POST", body=json.dumps([1]).encode()) == (200, b"{}")
