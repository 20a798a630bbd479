"""A marketer puts pictures of her own into a campaign, an answer and a test."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from campaigns.models import Campaign
from providers.models import Project, Role
from templates_app.models import Kind, MediaFile, Template
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.factories import (
    ConversationFactory,
    MembershipFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    TemplateFactory,
)
from tests.gateway_simulator import CREDENTIALS, SimulatorClient
from tests.templates_app.contents import IMAGE, card, carousel, content

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Keep = Callable[[Page, str], None]
MINUTE = 60_000
PHONE = "+919000010001"


@pytest.fixture
def shop(console: object) -> Project:
    project = ProjectFactory.create(name="Tea shop")
    ProviderFactory.create(project=project, rate=50, **CREDENTIALS)
    MembershipFactory.create(project=project, user__username="asha", role=Role.MARKETER)
    ProfileFactory.create(project=project, name="Meera", phone=PHONE, is_test=True)
    return project


@pytest.fixture
def sale(shop: Project) -> Template:
    wording = content("Hello {{1}}, our sale starts today", samples=["Asha"], header=IMAGE)
    return TemplateFactory.create(project=shop, name="sale", content=wording)


def file(colour: str) -> Any:
    held = io.BytesIO()
    Image.new("RGB", (600, 320), colour).save(held, "PNG")
    return {"name": "sale.png", "mimeType": "image/png", "buffer": held.getvalue()}


def upload(box: Locator, colour: str) -> str:
    """The link that came of it."""
    box.locator("[data-upload]").set_input_files(file(colour))
    said = box.locator("[data-media-said]")
    expect(said).to_have_text("Uploaded: image/png, 600 × 320 pixels.")
    assert said.evaluate("words => getComputedStyle(words, '::before').content") == '"✓"'
    expect(box.locator("input[type=text]").first).to_have_value(
        f"{box.page.url.partition('/campaigns')[0].partition('/providers')[0]}"
        f"/media/{MediaFile.objects.latest('pk')}"
    )
    return box.locator("input[type=text]").first.input_value()


def choose(page: Page, template: Template) -> None:
    page.goto("/campaigns/campaign/add/")
    page.locator("[name=name]").fill(f"With {template.name}")
    page.get_by_label("Everybody in the project").check()
    choose_template(page, template.name)
    expect(page.locator("[data-media]").first).to_be_visible()


def test_a_picture_is_uploaded_in_the_campaign_and_arrives(
    open_page: Opener,
    keep: Keep,
    workers: None,
    simulator: SimulatorClient,
    settings: Settings,
    sale: Template,
) -> None:
    settings.GATEWAY_SEND_URL = simulator.gateway_url
    page = open_page()
    sign_in(page, "asha")
    choose(page, sale)
    expect(page.locator("#id_text-header-media")).to_have_value("https://a.b/c.jpg")

    box = page.locator("[data-media]")
    table = {"name": "people.csv", "mimeType": "text/csv", "buffer": b"identity,Phone"}
    box.locator("[data-upload]").set_input_files(table)  # type: ignore[arg-type]
    expect(box.locator("[data-media-said]")).to_contain_text("not a JPEG or PNG")
    expect(page.locator("#id_text-header-media")).to_have_value("https://a.b/c.jpg")
    link = upload(box, "#0f766e")
    page.locator("#id_text-body-1").fill("Meera")
    picture = page.locator(".phone img")
    expect(picture).to_have_attribute("src", f"/media/{MediaFile.objects.get()}")
    expect(page.locator("#what-head .kb-pill")).to_have_text("Done")
    keep(page, "picture-campaign-1280-light")
    page.get_by_role("button", name="Review and publish").click()
    page.get_by_role("button", name="Publish now").click()

    expect(page.locator("#live-head .kb-pill")).to_have_text("Completed", timeout=MINUTE)
    (arrived,) = simulator.get("/_sim/chat", phone=PHONE.removeprefix("+"))["messages"]
    assert link in str(arrived)


def test_where_uploads_can_not_be_fetched_the_page_says_what_works(
    open_page: Opener, keep: Keep, console: object, sale: Template
) -> None:
    page = open_page(width=390, dark=True)
    sign_in(page, "asha")
    choose(page, sale)
    box = page.locator("[data-media]")
    expect(box.get_by_text("Gupshup can't fetch files from this installation")).to_be_visible()
    expect(box.locator("[data-upload]")).to_have_count(0)

    box.locator("#id_text-header-media").fill("http://127.0.0.1:8000/media/old.png")
    expect(box.locator(".kc-wrong")).to_contain_text("it leads to a single machine")
    expect(page.locator("#what-head .kb-pill")).to_have_text("To mend")
    keep(page, "picture-not-public-390-dark")
    box.get_by_role("button", name="Check the link").click()
    expect(box.locator("[data-media-said]")).to_contain_text("it leads to a single machine")
    page.locator("#id_text-body-1").fill("Meera")
    page.get_by_role("button", name="Review and publish").click()

    expect(page.get_by_text("This campaign can't go out yet")).to_be_visible()
    expect(page.get_by_role("button", name="Publish now")).to_have_count(0)
    keep(page, "picture-refused-390-dark")
    assert not Campaign.objects.exclude(status="draft").exists()

    page.goto(reverse("admin:templates_app_template_change", args=[sale.pk]))
    expect(page.get_by_text("Gupshup can't fetch files from this installation")).to_be_visible()
    expect(page.locator("[data-upload]")).to_have_count(0)
    keep(page, "picture-editor-390-dark")


def test_each_card_a_test_and_an_answer_take_an_upload(
    open_page: Opener, keep: Keep, settings: Settings, shop: Project, sale: Template
) -> None:
    settings.GATEWAY_SEND_URL = "http://127.0.0.1:9/rest"
    teas = TemplateFactory.create(
        project=shop, name="teas", kind=Kind.CAROUSEL, content=carousel(card(), card())
    )
    page = open_page()
    sign_in(page, "asha")
    choose(page, teas)
    cards = page.locator("[data-media]")
    links = [upload(cards.nth(number), colour) for number, colour in enumerate(("red", "blue"))]
    assert len(set(links)) == 2
    expect(page.locator(".phone-card img")).to_have_count(2)
    keep(page, "picture-cards-1280-light")

    page.goto(reverse("admin:campaigns_testsend_template", args=[sale.pk]))
    upload(page.locator("[data-media]"), "green")
    expect(page.locator(".kt-request")).to_contain_text(str(MediaFile.objects.latest("pk")))
    keep(page, "picture-test-1280-light")
    page.locator("[data-media] input[type=text]").fill("http://a.b/c.png")
    expect(page.locator("[data-media] .kc-wrong")).to_contain_text("starts with https://")

    talk = ConversationFactory.create(project=shop, last_inbound_at=timezone.now())
    address = reverse("admin:providers_conversation_change", args=[talk.pk])
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{address}?template={sale.pk}")
    upload(page.locator("[data-media]"), "orange")
    page.locator("[name='value-body.1']").fill("Asha")
    expect(page.get_by_text("This is what they get.")).to_be_visible()
    keep(page, "picture-answer-390-light")
