"""What our server makes of the headers that proxies write, over a real socket."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from config.embedded.layout import GRANIAN
from providers.network.client_address import client_address
from tests.ports import free_port
from tests.workers import kill

Headers = list[tuple[str, str]]
PROXY = "10.0.0.1"
ECHO = "tests.providers.network.echoing:application"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "granian", *GRANIAN, "--host", "127.0.0.1"]
    command += ["--port", str(port), "--log-level", "error", ECHO]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        wait_until_it_listens(port)
        yield port
    finally:
        kill(process)


def wait_until_it_listens(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            handed_over(port, [])
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError


def handed_over(port: int, headers: Headers) -> dict[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest("GET", "/")
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        found: dict[str, str] = json.loads(connection.getresponse().read())
        return found
    finally:
        connection.close()


FOR = "X-Forwarded-For"
FORGED, CLIENT, OWN = "1.1.1.1", "203.0.113.7", "10.0.0.9"


@pytest.mark.parametrize(
    ("hops", "headers", "expected"),
    [
        (0, [], PROXY),
        (0, [(FOR, FORGED)], PROXY),
        (0, [(FOR, FORGED), (FOR, CLIENT)], PROXY),
        (1, [], PROXY),
        (1, [(FOR, CLIENT)], CLIENT),
        (1, [(FOR, f"{FORGED}, {CLIENT}")], CLIENT),
        (1, [(FOR, FORGED), (FOR, CLIENT)], CLIENT),
        (1, [(FOR, FORGED), ("x-forwarded-for", CLIENT)], CLIENT),
        (1, [(FOR, FORGED), ("Accept", "*/*"), (FOR, f"{FORGED}, {CLIENT}")], CLIENT),
        (1, [(FOR, ""), (FOR, CLIENT)], CLIENT),
        (2, [(FOR, CLIENT)], PROXY),
        (2, [(FOR, CLIENT), (FOR, OWN)], CLIENT),
        (2, [(FOR, f"{FORGED}, {CLIENT}"), (FOR, OWN)], CLIENT),
        (2, [(FOR, FORGED), (FOR, f"{CLIENT}, {OWN}")], CLIENT),
        (3, [(FOR, FORGED), (FOR, CLIENT), (FOR, f"{OWN}, {OWN}")], CLIENT),
        (3, [(FOR, CLIENT), (FOR, OWN)], PROXY),
    ],
)
def test_several_headers_of_one_name_are_read_as_one(
    port: int, hops: int, headers: Headers, expected: str, settings: Settings
) -> None:
    settings.TRUSTED_HOPS = hops
    meta = {"REMOTE_ADDR": PROXY, **handed_over(port, headers)}
    assert str(client_address(meta)) == expected


PROTO = "X-Forwarded-Proto"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], None),
        ([(PROTO, "https")], "https"),
        ([(PROTO, "https"), (PROTO, "http")], "http"),
        ([(PROTO, "https, http")], "http"),
        ([(PROTO, "http"), (PROTO, "https")], "https"),
        ([(PROTO, "https"), (PROTO, "")], ""),
    ],
)
def test_the_last_proxy_says_whether_it_was_called_over_https(
    port: int, headers: Headers, expected: str | None
) -> None:
    assert handed_over(port, headers).get("HTTP_X_FORWARDED_PROTO") == expected


def test_an_underscore_can_not_be_told_from_a_hyphen_so_the_proxy_must_drop_it(port: int) -> None:
    """The server hands both over under one name, and of the two the one that came last. Where this
    fails, the server tells them apart: then drop what docs/operations.md asks of proxies."""
    found = [
        handed_over(port, headers).get("HTTP_X_FORWARDED_FOR")
        for headers in (
            [("X_Forwarded_For", FORGED)],
            [("X_Forwarded_For", FORGED), (FOR, CLIENT)],
            [(FOR, CLIENT), ("X_Forwarded_For", FORGED)],
        )
    ]
    assert found == [FORGED, CLIENT, FORGED]
