"""The last page opens the links of a campaign's files, and lets none go out that leads nowhere."""

import ssl
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from campaigns.models import Campaign
from campaigns.pace.shared_redis import shared_redis
from providers.models import Role
from providers.network.fetching import Surroundings, fetch
from templates_app.media import hosting
from tests.browser.conftest import Opener, sign_in
from tests.factories import (
    CampaignFactory,
    MembershipFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    TemplateFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS
from tests.providers.gateway.servers import self_signed
from tests.providers.network.test_fetching import PUBLIC, Names, at, is_the_public_one
from tests.providers.web_server import WebServer, answer, web_server
from tests.templates_app.contents import IMAGE, content
from tests.templates_app.media.test_judging_media import picture

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Keep = Callable[[Page, str], None]


@pytest.fixture
def answers() -> list[bytes]:
    """One after the other; the last one stays."""
    return [answer(b"gone", status="404 Not Found"), answer(picture(), "Content-Type: image/png")]


@pytest.fixture
def elsewhere(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, answers: list[bytes]
) -> Iterator[WebServer]:
    """A shop in the public internet, which 127.0.0.2 stands for."""
    settings.FETCH_PRIVATE_TARGETS = False
    tls = self_signed(tmp_path, "shop.example")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
    surroundings = Surroundings(Names(shop=[PUBLIC]), trusting, is_the_public_one)
    monkeypatch.setattr(hosting, "fetch", partial(fetch, surroundings=surroundings))
    shared_redis().flushdb()

    def respond(_: bytes) -> bytes:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    with web_server(respond, host=PUBLIC, tls=tls) as server:
        yield server


@pytest.fixture
def campaign(console: object, elsewhere: WebServer) -> Campaign:
    project = ProjectFactory.create(name="Tea shop")
    ProviderFactory.create(project=project, rate=50, **CREDENTIALS)
    MembershipFactory.create(project=project, user__username="asha", role=Role.MARKETER)
    ProfileFactory.create(project=project, name="Meera")
    template = TemplateFactory.create(
        project=project, name="sale", content=content("Our sale starts today", header=IMAGE)
    )
    campaign = CampaignFactory.create(project=project, name="Summer sale")
    link = {"header.media": {"text": at(elsewhere, "shop.example") + "/sale.png"}}
    VariantFactory.create(campaign=campaign, template=template, values=link)
    return campaign


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, True), (390, False)])
def test_a_link_that_is_gone_takes_the_button_away_until_it_is_there_again(
    open_page: Opener, keep: Keep, campaign: Campaign, width: int, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{campaign.pk}/publish/")

    expect(page.get_by_text("The server answers with status 404")).to_be_visible()
    expect(page.get_by_text("1 person gets")).to_be_visible()
    expect(page.get_by_role("button", name="Publish now")).to_be_hidden()
    keep(page, f"link-gone-{width}-{'dark' if dark else 'light'}")

    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("each leads to what the message shows")).to_be_visible()
    keep(page, f"link-opened-{width}-{'dark' if dark else 'light'}")
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("is published.")).to_be_visible()
