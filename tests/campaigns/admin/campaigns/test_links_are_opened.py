"""Before everybody gets a campaign its links are opened: none goes out that leads to no picture.

127.0.0.2 stands for the public internet, in which there is one shop.
"""

import ssl
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import Campaign, CampaignStatus, Profile
from campaigns.pace.shared_redis import shared_redis
from campaigns.planning import opening_links
from campaigns.planning.drafting import discard
from campaigns.sending.reconciling import reconcile
from providers.models import Project
from providers.network.fetching import Surroundings, fetch
from providers.watch.actors import SYSTEM
from templates_app.media import hosting
from templates_app.media.hosting import address_of
from templates_app.models import MediaFile, Template
from tests.campaigns.drafts import ADD, LIST, page, written
from tests.factories import (
    CampaignFactory,
    ProfileFactory,
    ProviderFactory,
    TemplateFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS
from tests.providers.gateway.servers import self_signed
from tests.providers.network.test_fetching import PUBLIC, Names, at, is_the_public_one
from tests.providers.web_server import WebServer, answer, redirect, web_server
from tests.templates_app.contents import IMAGE, content
from tests.templates_app.media.test_judging_media import picture

pytestmark = pytest.mark.django_db(transaction=True)
LABEL = "Image (public https link or upload)"
ELSE = "Give another link, or upload the file."
PICTURE = answer(picture(), "Content-Type: image/png")
Answer: TypeAlias = bytes | Callable[[], bytes]
ANSWERS: dict[str, bytes] = {
    "/fine": PICTURE,
    "/gone": answer(b"gone", status="404 Not Found"),
    "/login": answer(b"<html>Log in</html>", "Content-Type: text/html"),
    "/huge": answer(picture(), length=10**9),
    "/inside": redirect("https://10.0.0.1/a.png"),
    "/down": answer(b"", status="503 Service Unavailable"),
}


@pytest.fixture
def first_answers() -> list[Answer]:
    """What the shop answers before it goes by ANSWERS."""
    return []


@pytest.fixture
def shop(
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    first_answers: list[Answer],
) -> Iterator[WebServer]:
    settings.FETCH_PRIVATE_TARGETS = False
    tls = self_signed(tmp_path, "shop.example", "intranet.example")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
    names = Names(shop=[PUBLIC], intranet=["10.0.0.1"])
    surroundings = Surroundings(names, trusting, is_the_public_one)
    monkeypatch.setattr(hosting, "fetch", partial(fetch, surroundings=surroundings))

    def respond(head: bytes) -> bytes:
        path = head.split(b" ")[1].decode()
        first = first_answers.pop(0) if first_answers else ANSWERS[path]
        return first() if callable(first) else first

    shared_redis().flushdb()
    with web_server(respond, host=PUBLIC, tls=tls) as server:
        yield server


@pytest.fixture
def template(project: Project) -> Template:
    ProviderFactory.create(project=project, **CREDENTIALS)
    ProfileFactory.create_batch(2, project=project)
    return TemplateFactory.create(project=project, content=content(header=IMAGE))


def draft(client: Client, template: Template, link: str, **fields: str) -> Campaign:
    client.post(ADD, written(template=template, text__header__media=link, **fields))
    return Campaign.objects.get()


def scheduled(template: Template, link: str) -> Campaign:
    campaign = CampaignFactory.create(
        project=template.project, status=CampaignStatus.SCHEDULED, starts_at=timezone.now()
    )
    VariantFactory.create(
        campaign=campaign, template=template, values={"header.media": {"text": link}}
    )
    return campaign


def publish(client: Client, campaign: Campaign) -> list[str]:
    """What the page says after the click."""
    seen = client.get(page(campaign, "publish/reach")).context["seen"]
    after = client.post(page(campaign, "publish"), {"seen": seen}, follow=True)
    campaign.refresh_from_db()
    return [str(message) for message in after.context["messages"]][-1:]


def links(client: Client, campaign: Campaign) -> Any:
    return client.get(page(campaign, "publish/links"))


def words_of(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def test_a_draft_that_is_deleted_while_its_links_are_opened_is_said_to_be_gone(
    shop: WebServer,
    template: Template,
    marketer: Client,
    first_answers: list[Answer],
) -> None:
    campaign = draft(marketer, template, f"{at(shop, 'shop.example')}/fine")

    def deleting() -> bytes:
        discard(Campaign.objects.get(), by=SYSTEM)
        connection.close()
        return PICTURE

    seen = marketer.get(page(campaign, "publish/reach")).context["seen"]
    first_answers.append(deleting)
    after = marketer.post(page(campaign, "publish"), {"seen": seen}, follow=True)

    assert [str(message) for message in after.context["messages"]][1:] == [
        "Somebody has deleted this draft since you opened this page."
    ]
    assert after.redirect_chain == [(LIST, 302)]


BAD = [
    (
        "/gone",
        f"this link can't be sent. The server answers with status 404 instead of the file. {ELSE}",
    ),
    ("/login", f"this link can't be sent. This is not a JPEG or PNG picture. {ELSE}"),
    (
        "/huge",
        "this link can't be sent. The file is too large: WhatsApp takes up to 5 MB here. " + ELSE,
    ),
    (
        "/inside",
        (
            "this link can't be sent. This address leads into a private network. It must be open "
            f"to everybody. {ELSE}"
        ),
    ),
    (
        "/down",
        (
            "this link could not be opened from here. The server answers with status 503 instead "
            "of the file. Check again in a moment, or give another link."
        ),
    ),
]


@pytest.mark.parametrize(("path", "told"), BAD)
def test_what_leads_to_no_picture_is_not_published(
    marketer: Client, template: Template, shop: WebServer, path: str, told: str
) -> None:
    campaign = draft(marketer, template, at(shop, "shop.example") + path)

    shown = links(marketer, campaign)
    said = publish(marketer, campaign)

    assert [finding.message for finding in shown.context["problems"]] == [f"{LABEL}: {told}"]
    assert f'<a href="{page(campaign)}#what">{LABEL}: {told}</a>' in words_of(shown)
    assert "Check again" in words_of(shown)
    assert (campaign.status, said) == (CampaignStatus.DRAFT, [f"{LABEL}: {told}"])


def test_a_name_that_leads_into_a_private_network_is_not_published(
    marketer: Client, template: Template, shop: WebServer
) -> None:
    campaign = draft(marketer, template, "https://intranet.example/sale.png")
    (said,) = publish(marketer, campaign)
    assert ("leads into a private network" in said, campaign.status) == (
        True,
        CampaignStatus.DRAFT,
    )


def test_a_server_that_takes_too_long_is_not_waited_for(
    marketer: Client, template: Template, shop: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening_links, "SECONDS", 0.0)
    campaign = draft(marketer, template, at(shop, "shop.example") + "/fine")
    (said,) = publish(marketer, campaign)
    assert said == (
        f"{LABEL}: this link could not be opened from here. The server took longer than a few "
        "seconds. Check again in a moment, or give another link."
    )
    assert campaign.status == CampaignStatus.DRAFT


def test_what_is_fine_is_opened_once_for_the_page_and_the_click(
    marketer: Client, template: Template, shop: WebServer
) -> None:
    campaign = draft(marketer, template, at(shop, "shop.example") + "/fine")

    shown = marketer.get(page(campaign, "publish"))
    opened = words_of(links(marketer, campaign))
    said = publish(marketer, campaign)

    assert page(campaign, "publish/links") in words_of(shown)
    assert "each leads to what the message shows" in opened
    assert (len(shop.requests), campaign.status) == (1, CampaignStatus.LAUNCHING)
    assert said == [f"“{campaign}” is published."]


def test_what_was_mended_meanwhile_goes_out(
    marketer: Client, template: Template, shop: WebServer, first_answers: list[Answer]
) -> None:
    first_answers += [ANSWERS["/gone"], PICTURE]
    campaign = draft(marketer, template, at(shop, "shop.example") + "/fine")
    links(marketer, campaign)
    publish(marketer, campaign)
    assert campaign.status == CampaignStatus.LAUNCHING


def test_a_persons_own_link_is_an_example_and_what_others_get_blocks(
    marketer: Client, template: Template, shop: WebServer, project: Project
) -> None:
    start = at(shop, "shop.example")
    Profile.objects.filter(project=project).update(properties={"photo": "gone"})
    campaign = draft(
        marketer,
        template,
        start + "/{{ profile.photo }}",
        fallback__header__media=start + "/fine",
    )

    shown = links(marketer, campaign)
    publish(marketer, campaign)

    (warning,) = shown.context["warnings"]
    assert (shown.context["problems"], campaign.status) == ([], CampaignStatus.LAUNCHING)
    assert warning.message.startswith(f"{LABEL}: the link of the person in the example can't be")


def test_a_file_of_ours_is_looked_up_and_not_fetched(
    marketer: Client,
    template: Template,
    shop: WebServer,
    settings: Settings,
    project: Project,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT, settings.PUBLIC_BASE_URL = tmp_path, at(shop, "shop.example")
    media = MediaFile(project=project, extension="png", content_type="image/png", size=1)
    media.file.save(name="file", content=ContentFile(picture()), save=False)
    media.save()
    campaign = draft(marketer, template, address_of(media))
    fine = links(marketer, campaign).context["problems"]
    shared_redis().flushdb()
    media.file.delete(save=False)

    (gone,) = links(marketer, campaign).context["problems"]

    assert (fine, shop.requests) == ([], [])
    assert "This file is gone. Upload it again." in gone.message


def test_an_operator_may_keep_links_closed(
    marketer: Client, template: Template, shop: WebServer, settings: Settings
) -> None:
    settings.MEDIA_LINKS_OPENED = False
    campaign = draft(marketer, template, at(shop, "shop.example") + "/gone")
    shown = words_of(links(marketer, campaign))
    publish(marketer, campaign)
    assert "The links of its files were not opened" in shown
    assert (campaign.status, shop.requests) == (CampaignStatus.LAUNCHING, [])


def test_a_working_copy_opens_no_example(
    marketer: Client, template: Template, shop: WebServer, settings: Settings
) -> None:
    settings.FETCH_PRIVATE_TARGETS = True
    settings.GATEWAY_SEND_URL = "http://127.0.0.1:9/rest"
    campaign = draft(marketer, template, at(shop, "shop.example") + "/gone")
    shown = words_of(links(marketer, campaign))
    publish(marketer, campaign)
    assert ("opened" in shown, campaign.status) == (False, CampaignStatus.LAUNCHING)


def test_at_its_time_a_campaign_with_a_fine_link_starts(
    template: Template, shop: WebServer
) -> None:
    campaign = scheduled(template, at(shop, "shop.example") + "/fine")
    reconcile()
    campaign.refresh_from_db()
    assert (campaign.status, len(shop.requests)) == (CampaignStatus.LAUNCHING, 1)


def test_at_its_time_a_link_that_is_gone_fails_it_with_the_reason(
    template: Template, shop: WebServer
) -> None:
    campaign = scheduled(template, at(shop, "shop.example") + "/gone")
    reconcile()
    campaign.refresh_from_db()
    assert (campaign.status, campaign.status_reason) == (
        CampaignStatus.FAILED,
        f"{LABEL}: {BAD[0][1]}",
    )


def test_at_its_time_a_server_without_an_answer_has_three_tries(
    template: Template, shop: WebServer
) -> None:
    link = at(shop, "shop.example") + "/down"
    campaign = scheduled(template, link)
    states = []
    for _ in range(3):
        reconcile()
        campaign.refresh_from_db()
        states.append(campaign.status)
    assert states == [*[CampaignStatus.SCHEDULED] * 2, CampaignStatus.FAILED]
    assert "could not be opened from here" in campaign.status_reason


def test_at_its_time_a_server_that_comes_back_is_believed(
    template: Template, shop: WebServer, first_answers: list[Answer]
) -> None:
    first_answers += [ANSWERS["/down"]]
    campaign = scheduled(template, at(shop, "shop.example") + "/fine")
    reconcile()
    waiting = Campaign.objects.get().status
    reconcile()
    campaign.refresh_from_db()
    assert (waiting, campaign.status) == (CampaignStatus.SCHEDULED, CampaignStatus.LAUNCHING)
