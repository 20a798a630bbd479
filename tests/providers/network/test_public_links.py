"""Which links everybody may open, by how they are written."""

import pytest

from providers.network.public_links import Flaw, flaw_of, leads_here


@pytest.mark.parametrize(
    "link",
    [
        "https://a.b/c.jpg",
        "https://cdn.example.com:8443/a/b.png?size=2#top",
        "https://cdn.example.com",
        "https://CDN.Example.com./a",
        "https://bücher.example/ü.jpg",
        "https://8.8.8.8/a.jpg",
        "https://[2606:4700:4700::1111]/a.jpg",
        "https://local.example.com/a.jpg",
        "https://10.example.com/a.jpg",
    ],
)
def test_a_public_link_has_no_flaw(link: str) -> None:
    assert flaw_of(link) is None


@pytest.mark.parametrize(
    "link",
    [
        "",
        "nonsense",
        "//a.b/c.jpg",
        "https://",
        "https:///a.jpg",
        "https://a.b/c d.jpg",
        "https://a.b/c\x00.jpg",
        "https://user:secret@a.b/c.jpg",
        "https://a.b\\@127.0.0.1/c.jpg",
        "https://%31%32%37.0.0.1/c.jpg",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_whole_web_address(link: str) -> None:
    assert flaw_of(link) is Flaw.NO_LINK


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "１２７.0.0.1",
        "0.0.0.0",
        "10.0.0.5",
        "172.16.0.1",
        "192.168.1.7",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fd00::1]",
        "[fe80::1]",
        "localhost",
        "LOCALHOST",
        "shop.localhost",
        "console",
        "files.internal",
        "files.corp",
        "nas.local",
        "router.home.arpa",
        "a..b",
    ],
)
def test_a_private_host_is_not_public(host: str) -> None:
    assert flaw_of(f"https://{host}/a.jpg") is Flaw.NOT_PUBLIC
    assert flaw_of(f"http://{host}:8000/a.jpg") is Flaw.NOT_PUBLIC


@pytest.mark.parametrize("link", ["http://a.b/c.jpg", "ftp://a.b/c.jpg", "HTTP://a.b/c.jpg"])
def test_a_public_host_needs_https(link: str) -> None:
    assert flaw_of(link) is Flaw.NOT_HTTPS


def test_what_each_machine_has_for_itself_leads_here() -> None:
    here = ["http://127.0.0.1:8002/rest", "http://localhost/rest", "https://[::1]:1/rest"]
    elsewhere = ["https://mediaapi.smsgupshup.com/rest", "http://10.0.0.5/rest", "nonsense"]
    assert [leads_here(link) for link in here + elsewhere] == [True] * 3 + [False] * 3
