"""Through real sockets. Where a test needs the public internet, 127.0.0.2 stands for it."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from pytest_django import Settings

from providers.network import fetching
from providers.network.fetching import Fetched, FetchRefusal, FetchRefused, Surroundings, fetch
from providers.network.public_addresses import Address
from tests.providers.gateway.servers import self_signed
from tests.providers.web_server import WebServer, answer, redirect, web_server

PUBLIC = "127.0.0.2"


class Names(AbstractResolver):
    """Each look-up of a name takes the next of its addresses, the last one stays."""

    def __init__(self, **names: list[str]) -> None:
        self.names = {f"{name}.example": addresses for name, addresses in names.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        self.asked.append(host)
        addresses = self.names[host]
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)
        ]

    async def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _production(settings: Settings) -> None:
    settings.FETCH_PRIVATE_TARGETS = False


@pytest.fixture
def locally(settings: Settings) -> None:
    settings.FETCH_PRIVATE_TARGETS = True


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    return self_signed(tmp_path, "shop.example", "other.example")


@pytest.fixture
def trusting(tmp_path: Path, certificate: ssl.SSLContext) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(tmp_path / "server.pem"))


def is_the_public_one(address: Address) -> bool:
    return str(address) == PUBLIC


@pytest.fixture
def shop(certificate: ssl.SSLContext) -> Iterator[WebServer]:
    """Redirects to whatever its query names; else it greets."""

    def respond(head: bytes) -> bytes:
        target = unquote(head.split(b" ")[1].decode())
        _, asked, location = target.partition("?to=")
        return redirect(location) if asked else answer(b"hello", "Content-Type: Text/Plain; a=b")

    with web_server(respond, host=PUBLIC, tls=certificate) as server:
        yield server


def at(server: WebServer, host: str) -> str:
    return f"https://{host}:{server.url.rpartition(':')[2]}"


def reason_of(url: str, **options: Any) -> FetchRefusal:
    with pytest.raises(FetchRefused) as refused:
        fetch(url, **options)
    return refused.value.reason


def test_a_page_of_the_public_internet_is_fetched(
    shop: WebServer, trusting: ssl.SSLContext
) -> None:
    surroundings = Surroundings(Names(shop=[PUBLIC]), trusting, is_the_public_one)
    url = at(shop, "shop.example") + "/tea"
    assert fetch(url, surroundings=surroundings) == Fetched(200, "text/plain", b"hello", url)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://192.168.0.1:8443/",
        "https://100.100.100.200/",
    ],
)
def test_a_private_address_is_refused_however_it_is_spelt(url: str) -> None:
    assert reason_of(url) == FetchRefusal.PRIVATE


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/", FetchRefusal.NOT_HTTPS),
        ("ftp://example.com/", FetchRefusal.NOT_HTTPS),
        ("file:///etc/passwd", FetchRefusal.NOT_HTTPS),
        ("gopher://127.0.0.1:6379/_x", FetchRefusal.NOT_HTTPS),
        ("", FetchRefusal.URL),
        ("example.com/a.jpg", FetchRefusal.URL),
        ("//example.com/a.jpg", FetchRefusal.URL),
        ("https://", FetchRefusal.URL),
        ("https:///etc/passwd", FetchRefusal.URL),
        ("https://user:secret@example.com/", FetchRefusal.URL),
        ("https://example.com:99999/", FetchRefusal.URL),
        ("https://exa mple.com/", FetchRefusal.URL),
        ("https://example.com/" + "a" * 2_000, FetchRefusal.URL),
        ("https://a\x00b.example/", FetchRefusal.URL),
    ],
)
def test_what_is_no_https_address_is_refused(url: str, reason: FetchRefusal) -> None:
    assert reason_of(url) == reason


@pytest.mark.parametrize(
    "url",
    [
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://0/",
        "https://2852039166/latest/meta-data/",
    ],
)
def test_a_number_that_only_some_programs_read_as_an_address_leads_nowhere(url: str) -> None:
    assert reason_of(url) in {FetchRefusal.URL, FetchRefusal.PRIVATE}


@pytest.mark.parametrize("spelling", ["2130706433", "127.1", "0177.0.0.1"])
def test_a_name_server_that_gives_odd_spellings_is_not_believed(
    spelling: str, trusting: ssl.SSLContext
) -> None:
    surroundings = Surroundings(Names(shop=[spelling]), trusting, is_the_public_one)
    assert reason_of("https://shop.example/", surroundings=surroundings) == FetchRefusal.BROKEN


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("https://127.0.0.1/", FetchRefusal.PRIVATE),
        ("https://[::1]/", FetchRefusal.PRIVATE),
        ("https://169.254.169.254/latest/meta-data/", FetchRefusal.PRIVATE),
        ("https://[::ffff:127.0.0.1]/", FetchRefusal.PRIVATE),
        ("https://2130706433/", FetchRefusal.URL),
        ("https://0177.1/", FetchRefusal.URL),
        ("//10.0.0.1/", FetchRefusal.PRIVATE),
        ("http://shop.example/", FetchRefusal.NOT_HTTPS),
        ("file:///etc/passwd", FetchRefusal.NOT_HTTPS),
        ("https://[broken", FetchRefusal.BROKEN),
    ],
)
def test_a_redirect_passes_the_same_gate(
    shop: WebServer, trusting: ssl.SSLContext, target: str, reason: FetchRefusal
) -> None:
    surroundings = Surroundings(Names(shop=[PUBLIC]), trusting, is_the_public_one)
    url = f"{at(shop, 'shop.example')}/?to={target}"
    assert reason_of(url, surroundings=surroundings) == reason
    assert len(shop.requests) == 1


def test_a_name_that_means_another_address_a_moment_later_leads_nowhere(
    shop: WebServer, trusting: ssl.SSLContext
) -> None:
    """Each hop looks its name up once, and the address that was checked is the one connected to."""
    names = Names(shop=[PUBLIC, "127.0.0.1"])
    surroundings = Surroundings(names, trusting, is_the_public_one)
    url = f"{at(shop, 'shop.example')}/?to=/again"
    assert reason_of(url, surroundings=surroundings) == FetchRefusal.PRIVATE
    assert names.asked == ["shop.example", "shop.example"]
    assert len(shop.requests) == 1


def test_three_redirects_are_followed_and_the_fourth_is_not(
    shop: WebServer, trusting: ssl.SSLContext
) -> None:
    surroundings = Surroundings(Names(shop=[PUBLIC]), trusting, is_the_public_one)
    home = at(shop, "shop.example") + "/"
    found = fetch(f"{home}?to=/?to=/?to=/", surroundings=surroundings)
    assert (found.body, found.url, len(shop.requests)) == (b"hello", home, 4)
    assert (
        reason_of(f"{home}?to=/?to=/?to=/?to=/", surroundings=surroundings)
        == FetchRefusal.REDIRECTS
    )


def test_headers_stay_with_the_server_they_are_meant_for(
    shop: WebServer, trusting: ssl.SSLContext
) -> None:
    names = Names(shop=[PUBLIC], other=[PUBLIC])
    surroundings = Surroundings(names, trusting, is_the_public_one)
    elsewhere = at(shop, "other.example") + "/"
    url = f"{at(shop, 'shop.example')}/?to=/?to={elsewhere}"
    fetch(url, headers={"X-Token": "t"}, surroundings=surroundings)
    assert [b"X-Token: t" in head for head in shop.requests] == [True, True, False]


def test_a_redirect_is_the_answer_where_it_is_not_followed(
    shop: WebServer, trusting: ssl.SSLContext
) -> None:
    surroundings = Surroundings(Names(shop=[PUBLIC]), trusting, is_the_public_one)
    url = f"{at(shop, 'shop.example')}/?to=/"
    looked = fetch(url, follow_redirects=False, surroundings=surroundings)
    posted = fetch(url, method="POST", body=b"{}", surroundings=surroundings)
    assert looked == posted == Fetched(302, "", b"", url)


def test_a_certificate_that_nobody_vouches_for_is_refused(shop: WebServer) -> None:
    surroundings = Surroundings(Names(shop=[PUBLIC]), is_public=is_the_public_one)
    assert reason_of(at(shop, "shop.example"), surroundings=surroundings) == FetchRefusal.TLS


@pytest.mark.usefixtures("locally")
def test_local_settings_reach_this_machine_by_plain_http() -> None:
    with web_server(lambda _: answer(b"hello")) as server:
        assert fetch(server.url) == Fetched(200, "", b"hello", server.url)


@pytest.mark.usefixtures("locally")
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://169.254.169.254/", FetchRefusal.PRIVATE),
        ("https://[fe80::1]/", FetchRefusal.PRIVATE),
        ("http://169.254.169.254/", FetchRefusal.NOT_HTTPS),
        ("http://8.8.8.8/", FetchRefusal.NOT_HTTPS),
    ],
)
def test_local_settings_open_nothing_else(url: str, reason: FetchRefusal) -> None:
    assert reason_of(url) == reason


@pytest.mark.usefixtures("locally")
def test_the_answer_is_told_whatever_its_status() -> None:
    with web_server(lambda _: answer(b"no", status="404 Not Found")) as server:
        assert fetch(server.url).status == 404


@pytest.mark.usefixtures("locally")
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (answer(b"12345"), FetchRefusal.TOO_LARGE),
        (answer(b"", length=10**12), FetchRefusal.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\n\r\n12345", FetchRefusal.TOO_LARGE),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n",
            FetchRefusal.TOO_LARGE,
        ),
        (answer(b"12", length=4), FetchRefusal.BROKEN),
        (answer(b"12", "Content-Encoding: gzip"), FetchRefusal.BROKEN),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", FetchRefusal.BROKEN),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", FetchRefusal.BROKEN),
        (b"not http at all\r\n\r\n", FetchRefusal.BROKEN),
        (b"", FetchRefusal.BROKEN),
    ],
)
def test_too_much_and_too_little_are_refused(raw: bytes, reason: FetchRefusal) -> None:
    with web_server(lambda _: raw) as server:
        assert reason_of(server.url, limit=4) == reason


@pytest.mark.usefixtures("locally")
def test_a_shorter_length_than_the_truth_is_refused() -> None:
    with web_server(lambda _: answer(b"hello", length=4)) as server:
        assert reason_of(server.url) == FetchRefusal.BROKEN


@pytest.mark.usefixtures("locally")
def test_a_body_of_exactly_the_limit_is_fetched() -> None:
    with web_server(lambda _: answer(b"1234")) as server:
        assert fetch(server.url, limit=4).body == b"1234"


@pytest.mark.usefixtures("locally")
def test_the_usual_limit_is_16_mebibytes() -> None:
    with web_server(lambda _: answer(b"x" * (16 * 1024 * 1024 + 1))) as server:
        assert reason_of(server.url) == FetchRefusal.TOO_LARGE


@pytest.mark.usefixtures("locally")
def test_a_body_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, the whole does not."""
    assert fetching.TOTAL_SECONDS == 10.0
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.3)
    with web_server(lambda _: answer(b"x" * 1_000), pause=0.01) as server:
        assert reason_of(server.url) == FetchRefusal.TOO_SLOW


@pytest.mark.usefixtures("locally")
def test_a_port_where_nobody_listens_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert reason_of(f"http://127.0.0.1:{port}/") == FetchRefusal.UNREACHABLE


def test_a_name_that_does_not_exist_is_told() -> None:
    assert reason_of("https://no-such-name.invalid/") == FetchRefusal.UNKNOWN_HOST


@pytest.mark.usefixtures("locally")
def test_what_is_sent_arrives() -> None:
    with web_server(lambda _: answer(b"ok")) as server:
        fetch(server.url + "/in?x=1", method="POST", body=b"{}", headers={"X-Sign": "s"})
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /in?x=1 HTTP/1.1\r\n")
    assert (b"X-Sign: s" in head, body) == (True, b"{}")


def test_a_refusal_says_the_way_out() -> None:
    with pytest.raises(FetchRefused) as refused:
        fetch("https://127.0.0.1/")
    assert str(refused.value) == (
        "This address leads into a private network. It must be open to everybody."
    )
