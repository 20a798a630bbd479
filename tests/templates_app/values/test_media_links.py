"""Which links of files can be sent, and what is said of the others."""

import pytest
from pytest_django import Settings

from templates_app.values.media_links import usable_media_link, why_no_uploads, why_unusable
from tests.templates_app import contents
from tests.templates_app.contents import content
from tests.templates_app.rendering.test_checking import check

LOCAL = "http://127.0.0.1:8000"
SIMULATOR = "http://127.0.0.1:8002/GatewayAPI/rest"
REAL = "https://mediaapi.smsgupshup.com/GatewayAPI/rest"


NO_LINK = (
    "This is not a complete web address. Give a public link that starts with https://, like "
    "https://example.com/picture.jpg."
)
NOT_HTTPS = "Give a public link that starts with https://: Gupshup opens no other."
NOT_PUBLIC = (
    "Gupshup can't open this address: it leads to a single machine or into a private network. "
    "Give a public link that starts with https://."
)


def test_the_way_out_stands_with_what_is_wrong() -> None:
    links = ["", "picture.jpg", "http://a.b/c.jpg", "https://10.0.0.5/c.jpg", " https://a.b/c.jpg "]
    told = [why_unusable(link) for link in links]
    assert told == [NO_LINK, NO_LINK, NOT_HTTPS, NOT_PUBLIC, ""]
    assert usable_media_link(" https://a.b/c.jpg ") == "https://a.b/c.jpg"


@pytest.mark.parametrize(
    ("address", "gateway", "is_working_copy", "goes_out"),
    [
        (LOCAL, REAL, True, False),
        (LOCAL, SIMULATOR, True, True),
        (LOCAL, SIMULATOR, False, False),  # production: a gateway on loopback is no simulator
        ("https://kabootar.corp", REAL, False, False),
        ("https://kabootar.corp", SIMULATOR, True, True),
        ("https://10.0.0.5", REAL, False, False),
        ("https://kabootar.example.com", REAL, False, True),
    ],
)
def test_a_file_of_ours_goes_only_to_who_can_fetch_it(
    settings: Settings, address: str, gateway: str, *, is_working_copy: bool, goes_out: bool
) -> None:
    settings.PUBLIC_BASE_URL, settings.GATEWAY_SEND_URL = address, gateway
    settings.FETCH_PRIVATE_TARGETS = is_working_copy
    link = f"{address}/media/token.png"

    assert (usable_media_link(link), why_no_uploads() == "") == (link if goes_out else "", goes_out)
    assert (f"(PUBLIC_BASE_URL) is {address}" in why_unusable(link)) is not goes_out


def test_only_our_own_files_are_let_through_to_the_simulator(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL, settings.GATEWAY_SEND_URL = LOCAL, SIMULATOR
    links = [f"{LOCAL}/admin/", "http://127.0.0.1:9000/media/a.png", f"{LOCAL}/media/a b.png"]
    assert [usable_media_link(link) for link in links] == ["", "", ""]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("http://127.0.0.1:8000/media/{{ profile.picture }}.png", True),
        ("http://a.b/{{ profile.picture }}.png", True),
        ("https://files.corp/{{ profile.picture }}.png", True),
        ("https://a.b/{{ profile.picture }}.png", False),
        ("https://{{ profile.shop }}.a.b/c.png", False),
        ("{{ profile.picture }}", False),
    ],
)
def test_a_personalized_link_to_a_private_server_fails_for_everybody(
    text: str, *, blocks: bool
) -> None:
    value = {"text": text, "fallback": "https://a.b/c.jpg"}
    found = check(content(header=contents.IMAGE), {"header.media": value})
    assert bool([code for code, severity, _ in found if severity == "error"]) is blocks
