"""Requests that no client library would write, against the callback process as production runs it:
each is answered, none as an error of ours, and whoever comes next is served.
"""

from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
from pytest_django import Settings

from callbacks.models import Receipt
from tests.callbacks.receiving.test_server import Server, running_server
from tests.callbacks.receiving.test_slow_clients import connect, heard

# KEY is that of the project; whether its callback is stored, or whether that is the server's own
# business (which may read an address as it likes, as long as it doesn't break).
ADDRESSES = {
    b"/gupshup/status?a=KEY&x=1": True,
    b"/gupshup/status/?a=KEY&x=%00": True,
    b"/gupshup/status?a=KEY&x=%ff%fe%ed%a0%80": True,
    b"/gupshup/status?a=KEY&x=" + b"y" * 30_000: True,
    b"/gupshup/status?a=KEY&a=KEY": True,
    b"/gupshup/status?a=KEY&x=\xff\xfe": None,
    b"/gupshup/status?a=KEY&x=\xc3\xa4": None,
    b"http://evil.example/gupshup/status?a=KEY": None,
    b"//gupshup/status?a=KEY": False,
    b"/gupshup/../gupshup/status?a=KEY": None,
    b"/gupshup/status;x?a=KEY": False,
    b"/gupshup/status%00?a=KEY": False,
    b"/gupshup/status\xff?a=KEY": False,
    b"/gupshup/status?%61=KEY": False,
    b"/gupshup/status?A=KEY": False,
    b"/gupshup/status?a=KEY%00": False,
    b"/gupshup/status?a=KEY%0d%0aX-Evil:1": False,
    b"/gupshup/status?a=%ff%fe": False,
    b"/gupshup/status?a=\xff": False,
    b"/gupshup/status?a=AAA-AAA-AAAA.x&a=KEY": False,
    b"/gupshup/status?a=" + b"k" * 60_000: False,
    b"/gupshup/status/%ff%fe%00": False,
    b"/gupshup/status/" + b"k" * 60_000: False,
    b"*": False,
    b"status?a=KEY": False,
}
HEADERS = {
    b"Content-Type: \xff\xfe; charset=\xc3\xa4": True,
    b"Content-Type: " + b"x" * 30_000: True,
    b"Content-Encoding: gzip": True,
    b"Expect: 100-continue": True,
    b"X-Forwarded-For: \xff, , ::ffff:1.2.3.4, 999.1.1.1": True,
    b"Host: evil.example": None,
    b"X: " + b"y" * 2_000_000: None,
    b"\r\n".join(b"X-%d: y" % n for n in range(1_000)): None,
    b"X: y\r\n folded": None,
    b"X : y": None,
    b"X: \x00": None,
}


@pytest.fixture
def server(committed: None, settings: Settings) -> Iterator[Server]:
    with running_server(settings, REDIS_URL="redis://127.0.0.1:1/0") as server:
        yield server


def asked(server: Server, address: bytes, header: bytes = b"X: y") -> tuple[int, int]:
    """The status, 0 where the server hung up, and how many were stored by it."""
    before = Receipt.objects.count()
    lines = [b"POST " + address.replace(b"KEY", server.key.encode()) + b" HTTP/1.1",
        b"Host: kabootar.example", b"Content-Length: 3", b"Connection: close", header, b"", b"[1]",
    ]  # fmt: skip
    with ExitStack() as opened:
        client = connect(server, opened)
        with suppress(ConnectionError):  # who refuses answers before all was sent
            client.sendall(b"\r\n".join(lines))
        answer = heard(client).removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    return int(answer[9:12] or 0), Receipt.objects.count() - before


def wrong(answers: dict[bytes, tuple[int, int]], wanted: dict[bytes, bool | None]) -> list[object]:
    return [
        (each[:60], status, stored)
        for each, (status, stored) in answers.items()
        if not (status == 0 or 200 <= status < 500)
        or bool(stored) != (status == 200)
        or wanted[each] not in (None, status == 200)
    ]


def test_odd_addresses_are_answered_and_break_nothing(server: Server) -> None:
    answers = {address: asked(server, address) for address in ADDRESSES}
    assert wrong(answers, ADDRESSES) == []
    assert asked(server, b"/gupshup/status?a=KEY") == (200, 1)
    assert server.key not in "".join(Receipt.objects.values_list("query", flat=True))


def test_odd_headers_are_answered_and_break_nothing(server: Server) -> None:
    at = b"/gupshup/status?a=KEY"
    answers = {header: asked(server, at, header) for header in HEADERS}
    assert wrong(answers, HEADERS) == []
    assert asked(server, at) == (200, 1)
