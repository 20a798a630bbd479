"""What reaches the console and the callback process through the proxy that we hand out."""

import json
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest
from django.test import Client
from pytest_django import Settings

from callbacks.models import Receipt
from providers.models import Membership, Role
from providers.network.client_address import client_address
from tests.callbacks.conftest import committed as committed
from tests.callbacks.receiving.test_server import Server, production_settings, running_server
from tests.config.ops.proxy import CONFIGURATION, HOST, NGINX, Proxy, proxy
from tests.config.ops.servers import granian
from tests.conftest import client_in
from tests.factories import ProjectFactory

pytestmark = pytest.mark.skipif(NGINX is None, reason="There is no nginx on this machine.")

Headers = list[tuple[str, str]]
CALLER, FORGED, CLIENT = "127.0.0.5", "1.1.1.1", "203.0.113.7"
FOR, PROTO = "X-Forwarded-For", "X-Forwarded-Proto"
THREADS = 4  # of the console: fewer than production has, and far fewer than try to hold them


@pytest.fixture(scope="module")
def echoing() -> Iterator[Proxy]:
    """What stands behind answers with the headers that it was handed."""
    with (
        granian("tests.providers.network.echoing:application") as port,
        proxy(console=port, callbacks=port, api=port) as started,
    ):
        yield started


def handed_over(through: Proxy, path: str, headers: Headers) -> dict[str, str]:
    connection = through.connection(source=CALLER)
    connection.putrequest("GET", path)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    found: dict[str, str] = json.loads(connection.getresponse().read())
    connection.close()
    return found


@pytest.mark.parametrize(
    "path", ["/", "/gupshup/status", "/api/v1/key", "/1/upload", "/campaigns/import/add/"]
)
@pytest.mark.parametrize(
    ("hops", "headers", "expected"),
    [
        (1, [], CALLER),
        (1, [(FOR, FORGED)], CALLER),
        (1, [(FOR, FORGED), (FOR, FORGED)], CALLER),
        (1, [(FOR, f"{FORGED}, {CLIENT}")], CALLER),
        (1, [("X_Forwarded_For", FORGED)], CALLER),
        (1, [(FOR, FORGED), ("X_Forwarded_For", FORGED)], CALLER),
        (1, [("X-Forwarded_For", FORGED), ("x_forwarded-for", FORGED)], CALLER),
        (2, [(FOR, CLIENT)], CLIENT),  # the caller is a proxy of ours then
        (2, [(FOR, FORGED), (FOR, CLIENT)], CLIENT),
        (2, [(FOR, f"{FORGED}, {CLIENT}"), ("X_Forwarded_For", FORGED)], CLIENT),
        (2, [], "127.0.0.1"),
    ],
)
def test_the_caller_is_known_whatever_headers_it_sends(
    echoing: Proxy, path: str, hops: int, headers: Headers, expected: str, settings: Settings
) -> None:
    settings.TRUSTED_HOPS = hops
    meta = {"REMOTE_ADDR": "127.0.0.1", **handed_over(echoing, path, headers)}
    assert str(client_address(meta)) == expected


@pytest.mark.parametrize(
    "headers", [[], [(PROTO, "http")], [("X_Forwarded_Proto", "http")], [(PROTO, "http")] * 2]
)
def test_the_proxy_alone_says_that_it_was_called_over_https(
    echoing: Proxy, headers: Headers
) -> None:
    assert handed_over(echoing, "/", headers)["HTTP_X_FORWARDED_PROTO"] == "https"


def test_each_place_that_differs_without_docker_is_marked() -> None:
    places = re.compile(r"^\s*(pid|error_log /dev/stderr|access_log /dev/stdout|server \w+:"
                        r"|\w+ +/etc/nginx|\w+ +/var/cache|listen) ?.*$", re.MULTILINE)  # fmt: skip
    lines = [found[0].strip() for found in places.finditer(CONFIGURATION.read_text())]
    assert len(lines) == 13
    assert [line for line in lines if "# here: " not in line] == []


def test_without_tls_there_is_only_the_way_to_it_and_to_a_certificate(echoing: Proxy) -> None:
    challenges = echoing.folder / "webroot" / ".well-known" / "acme-challenge"
    challenges.mkdir(parents=True)
    (challenges / "one").write_text("proof")

    assert plainly(echoing, "/.well-known/acme-challenge/one") == (200, None, b"proof")
    assert plainly(echoing, "/.well-known/acme-challenge/../../server.pem")[0] == 301
    status, location, _ = plainly(echoing, "/login/?next=/x")
    assert (status, location) == (301, f"https://{HOST}/login/?next=/x")


def plainly(through: Proxy, path: str) -> tuple[int, str | None, bytes]:
    connection = HTTPConnection("127.0.0.1", through.plain, timeout=30)
    connection.request("GET", path, headers={"Host": HOST})
    response = connection.getresponse()
    answer = (response.status, response.getheader("Location"), response.read())
    connection.close()
    return answer


def test_no_key_no_token_and_no_query_is_written_down(echoing: Proxy) -> None:
    for path in (
        "/gupshup/status?a=the-key",
        "/gupshup/response/the-key",
        "/invitation/the-token/",
        "/password/new/MQ/the-token/",
        "/campaigns/profile/?q=the-phone",
    ):
        handed_over(echoing, path, [])
    connection = echoing.connection()
    connection.request("POST", "/campaigns/profile/?q=the-phone", body=b"x" * 300_000)
    assert connection.getresponse().read()
    connection.close()
    written = echoing.written()
    assert "/campaigns/profile/" in written
    assert "the-" not in written


@pytest.fixture
def server(committed: None, settings: Settings) -> Iterator[Server]:
    with running_server(settings, REDIS_URL="redis://127.0.0.1:1/0") as started:
        yield started


@pytest.fixture
def in_front(server: Server, settings: Settings) -> Iterator[Proxy]:
    """Of the callback process and of a console, both as in production."""
    environment = production_settings(settings) | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "TRUSTED_HOPS": "1",
    }
    with (
        granian("config.wsgi:application", threads=THREADS, **environment) as port,
        proxy(console=port, callbacks=server.port, api=port) as started,
    ):
        yield started


def begun(through: Proxy, *lines: str) -> ssl.SSLSocket:
    """A request whose head is there, and one byte of its body."""
    plain = socket.create_connection(("127.0.0.1", through.port), timeout=30)
    client = through.tls.wrap_socket(plain, server_hostname="127.0.0.1")
    client.sendall("\r\n".join([*lines, f"Host: {HOST}", "Content-Length: 500", "", "x"]).encode())
    return client


def trickle(clients: list[ssl.SSLSocket]) -> None:
    for client in clients:
        client.sendall(b"x")


def asked(through: Proxy, method: str, path: str, body: bytes | None = None) -> int:
    connection = through.connection()
    connection.request(method, path, body=body, headers={"Host": HOST})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


def test_bodies_that_trickle_in_keep_nobody_waiting(in_front: Proxy, server: Server) -> None:
    callback = f"/gupshup/status?a={server.key}"
    sign_in = (
        "POST /login/ HTTP/1.1",
        f"Origin: https://{HOST}",
        f"Cookie: csrftoken={'x' * 32}",
        "Content-Type: application/x-www-form-urlencoded",
    )
    with ExitStack() as opened:
        slow = [
            opened.enter_context(begun(in_front, *lines))
            for lines, times in ((sign_in, 20), ((f"POST {callback} HTTP/1.1",), 300))
            for _ in range(times)
        ]
        for _ in range(5):
            trickle(slow)
            assert asked(in_front, "GET", "/healthz") == 200
            assert asked(in_front, "POST", callback, b"[1]") == 200

    assert [bytes(body) for body in Receipt.objects.values_list("body", flat=True)] == [b"[1]"] * 5


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/gupshup/status", 1),
        ("/login/", 6),
        ("/templates_app/template/media/", 110),
        ("/campaigns/import/add/", 1100),
    ],
)
def test_what_is_larger_than_any_page_takes_is_refused_by_its_head(
    echoing: Proxy, path: str, size: int
) -> None:
    connection = echoing.connection()
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(size * 1024 * 1024 + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


LARGE = ("/campaigns/import/add/", "/templates_app/template/media/")


@pytest.mark.parametrize("path", LARGE)
def test_nobody_who_is_not_signed_in_fills_the_disk_with_what_is_large(
    in_front: Proxy, path: str
) -> None:
    """Told before it is sent: nothing of it waits at the proxy."""
    for cookies in ({}, {"Cookie": "sessionid=made-up"}):
        connection = in_front.connection()
        connection.putrequest("POST", path, skip_host=True)
        for name, value in {"Host": HOST, "Content-Length": str(100 * 1024**2), **cookies}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Location")) == (303, "/login/")
        connection.close()
    assert asked(in_front, "GET", "/signed-in") == 404  # for the proxy alone


@pytest.mark.parametrize("path", LARGE)
def test_who_is_signed_in_sends_what_is_large(echoing: Proxy, path: str) -> None:
    """What stands behind says of everybody that they are."""
    connection = echoing.connection()
    connection.request("POST", path, b"x" * 300_000, {"Host": HOST})
    answer = connection.getresponse()
    assert (answer.status, answer.read()[:1]) == (200, b"{")
    connection.close()


def test_the_console_says_who_is_signed_in(viewer: Client) -> None:
    removed = client_in(ProjectFactory.create(), Role.ADMIN)
    Membership.objects.filter(role=Role.ADMIN).delete()
    asked_by = {"viewer": viewer, "nobody": Client(), "somebody without a project": removed}
    told = {who: client.get("/signed-in").status_code for who, client in asked_by.items()}
    assert told == {"viewer": 204, "nobody": 401, "somebody without a project": 401}
