"""One template of each type, from scratch and by import: written, tested on a phone, and sent.

The basic one is written by keyboard alone, the offer on a screen of 390 pixels, the carousel in
Arabic.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from campaigns.models import Message, State
from campaigns.running.lifecycle import publish
from providers.connection.callback_urls import callback_urls
from providers.models import Membership, Role
from providers.watch.actors import Actor
from templates_app.keeping.exporting import as_meta
from templates_app.models import Template
from templates_app.rendering.variants import slots_of
from templates_app.values.slots import Slot, SlotKind
from tests.browser.conftest import Opener, sign_in
from tests.factories import (
    CampaignFactory,
    MembershipFactory,
    ProfileFactory,
    ProviderFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS, SimulatorClient

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Keep = Callable[[Page, str], None]
PHONE = "+919000010001"  # its last digits: it reads what it gets
MINUTE = 60_000


@pytest.fixture
def asha(console: LiveServer, simulator: SimulatorClient) -> Membership:
    """A project admin with a connected project, and one test profile in it."""
    asha = MembershipFactory.create(user__username="asha", role=Role.ADMIN)
    ProviderFactory.create(project=asha.project, **CREDENTIALS)
    urls = callback_urls(asha.project)
    simulator.register(response_url=urls.inbound, status_url=urls.status)
    ProfileFactory.create(project=asha.project, name="Asha", phone=PHONE, is_test=True)
    return asha


@dataclass(frozen=True)
class Writer:
    """Somebody who writes templates: what they do, one method a page."""

    page: Page
    keep: Keep

    def choose(self, kind: str) -> None:
        self.page.goto("/templates_app/template/add/")
        self.page.get_by_text(kind, exact=True).click()
        self.page.get_by_role("button", name="Go on").click()

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)

    def approve(self, name: str) -> None:
        self.page.locator("[name=status]").select_option("approved")
        expect(self.page.get_by_text("Nothing stands in the way of approval.")).to_be_visible()
        self.keep(self.page, name)
        self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.page.locator("#result_list")).to_be_visible()

    def import_all(self, templates: list[dict[str, Any]]) -> None:
        self.page.goto("/templates_app/template/import/")
        self.page.locator("[name=text]").fill(json.dumps(templates))
        self.page.get_by_role("button", name="Look at it").click()
        expect(self.page.locator(".tpl-group h2")).to_contain_text(f"{len(templates)} templates")
        self.keep(self.page, "templates-import-plan")
        self.page.get_by_role("button", name="Bring them in").click()
        expect(self.page.get_by_text(f"{len(templates)} templates are in.")).to_be_visible()

    def test(self, template: Template) -> None:
        """To the test profile, until its phone has read it."""
        self.page.goto(f"/campaigns/testsend/template/{template.pk}/")
        self.page.get_by_role("button", name="Send test").click()
        expect(self.page.locator(".kt-verdict")).to_have_text(
            "It was delivered and viewed", timeout=MINUTE
        )
        self.keep(self.page, f"templates-test-{template.name}")


def tab_to(page: Page, selector: str) -> None:
    """By Tab only, as somebody without a mouse."""
    for _ in range(80):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def by_keyboard_alone(page: Page) -> None:
    """Nothing is clicked: Tab goes from field to field, and Enter or Space presses."""
    page.goto("/templates_app/template/add/")
    keys = page.keyboard

    def go_to(selector: str) -> None:
        tab_to(page, selector)

    go_to("[name=kind]")
    keys.press("Enter")
    expect(page.locator("[name=body]")).to_be_visible()
    go_to("[name=name]")
    keys.type("by_keyboard")
    go_to("[name=body]")
    keys.type("Hello , our ")
    keys.press("Control+b")
    keys.type("summer sale")
    keys.press("End")
    keys.type(" starts today.")
    for _ in range(len(", our *summer sale* starts today.")):
        keys.press("ArrowLeft")
    for _ in range(3):
        keys.press("Shift+Tab")
        if page.evaluate("document.activeElement.hasAttribute('data-insert-variable')"):
            break
    keys.press("Enter")
    expect(page.locator("[name=body]")).to_have_value(
        "Hello {{1}}, our *summer sale* starts today."
    )
    go_to("[data-samples] input")
    keys.type("Asha")
    go_to("[data-add=URL]")
    keys.press("Enter")
    keys.type("Open the shop")
    keys.press("Tab")
    keys.type("https://shop.example/")
    go_to("[name=vendor_id]")
    keys.type("7000000001")
    go_to("[name=status]")
    keys.type("Approved")
    expect(page.get_by_text("Nothing stands in the way of approval.")).to_be_visible()
    expect(page.locator(".phone-body")).to_have_text("Hello Asha, our summer sale starts today.")


def values_for(slot: Slot) -> dict[str, str]:
    text = "2099-12-31T20:00" if slot.kind is SlotKind.EXPIRY else slot.sample
    return {"text": text, "fallback": ""}


def send_as_campaign(template: Template, asha: Membership) -> None:
    assert template.current is not None
    campaign = CampaignFactory.create(project=asha.project, name=f"With {template.name}")
    values = {slot.key: values_for(slot) for slot in slots_of(template.current)}
    VariantFactory.create(campaign=campaign, version=template.current, values=values)
    publish(campaign, by=Actor(asha.user))


def test_each_type_from_scratch_and_by_import_reaches_a_phone(
    asha: Membership,
    open_page: Opener,
    keep: Keep,
    workers: None,
    simulator: SimulatorClient,
    browser: Browser,
) -> None:
    wide = open_page()
    sign_in(wide, "asha")
    state = wide.context.storage_state()
    writer = Writer(wide, keep)

    by_keyboard_alone(wide)
    keep(wide, "templates-basic-keyboard")
    tab_to(wide, "[name=_save]")
    wide.keyboard.press("Enter")
    expect(wide.locator("#result_list")).to_be_visible()

    write_an_offer(Writer(open_page(width=390, dark=True, state=state), keep))
    write_a_carousel_in_arabic(writer)

    scratch = list(Template.objects.select_related("current").order_by("pk"))
    copies = [
        as_meta(template) | {"name": f"imported_{template.name}", "id": f"80{template.vendor_id}"}
        for template in scratch
    ]
    writer.import_all([copy | {"status": "APPROVED"} for copy in copies])

    templates = list(Template.objects.select_related("current", "project").order_by("pk"))
    assert [(t.kind, t.status) for t in templates] == [
        ("basic", "approved"),
        ("limited_time_offer", "approved"),
        ("carousel", "approved"),
    ] * 2
    simulator.post("/_sim/templates", templates=[as_meta(t) for t in templates])
    for template in templates:
        writer.test(template)
    look_at_the_phone(browser, simulator, keep)

    for template in templates:
        send_as_campaign(template, asha)
    wide.goto("/campaigns/campaign/")
    sent = Message.objects.filter(campaign__isnull=False)
    for _ in range(120):
        if sent.filter(state=State.READ).count() == len(templates):
            break
        wide.wait_for_timeout(500)
    assert [*sent.values_list("state", flat=True)] == [State.READ.value] * len(templates)


def write_an_offer(writer: Writer) -> None:
    page = writer.page
    writer.choose("Limited-time offer")
    writer.fill(
        name="offer_390", offer_text="Ends tonight", body="Take 25 % off all of our teas today."
    )
    page.get_by_label("With a countdown").check(force=True)
    page.get_by_role("button", name="Copy code").click()
    page.locator("[name=button-sample]").fill("SAVE25")
    page.get_by_role("button", name="Visit website").click()
    page.locator("[name=button-label]").last.fill("Shop")
    page.locator("[name=button-value]").last.fill("https://shop.example/")
    writer.fill(vendor_id="7000000002")
    expect(page.locator(".phone-countdown")).to_contain_text("Ends in 23:5")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    writer.approve("templates-offer-390-dark")


def write_a_carousel_in_arabic(writer: Writer) -> None:
    page = writer.page
    writer.choose("Carousel")
    writer.fill(name="cards_in_arabic", body="مرحبا بكم في متجر الشاي لدينا")
    page.locator("[name=language]").evaluate(
        "box => { jQuery(box).val('ar').trigger('change'); jQuery(box).trigger('select2:select'); }"
        if page.evaluate("typeof jQuery === 'function'")
        else "box => { django.jQuery(box).val('ar').trigger('change');"
        " django.jQuery(box).trigger('select2:select'); }"
    )
    page.locator("[data-set-add=URL]").click()
    cards = page.locator("[data-card-list] > [data-card]")
    for at in range(2):
        card = cards.nth(at)
        card.locator("[data-media] input[type=text]").fill(f"https://shop.example/{at}.jpg")
        card.locator("textarea").fill(f"شاي أخضر {at}")
        card.locator("[data-cell=label]").fill("تسوق")
        card.locator("[data-cell=value]").fill("https://shop.example/")
    cards.nth(1).get_by_role("button", name="Duplicate card").click()
    expect(cards).to_have_count(3)
    cards.nth(2).locator("textarea").fill("شاي أسود")
    cards.nth(2).locator("[data-grip]").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    shown = page.locator(".phone-card-body")
    expect(shown).to_have_text(["شاي أسود", "شاي أخضر 0", "شاي أخضر 1"])
    drag_above(page, cards.nth(2), cards.nth(1))
    expect(shown).to_have_text(["شاي أسود", "شاي أخضر 1", "شاي أخضر 0"])
    expect(page.locator(".phone-chat")).to_have_attribute("dir", "rtl")
    writer.fill(vendor_id="7000000003")
    writer.approve("templates-carousel-arabic")


def drag_above(page: Page, card: Locator, other: Locator) -> None:
    """By its grip, to the head of another; a page hears of a drag from the second move on."""
    grip = card.locator("[data-grip]")
    grip.hover()
    page.mouse.down()
    grip.hover(position={"x": 20, "y": 20})
    for y in (40, 30, 20):
        other.hover(position={"x": 200, "y": y}, force=True)
    page.mouse.up()


def look_at_the_phone(browser: Browser, simulator: SimulatorClient, keep: Keep) -> None:
    """The simulator's own page, where a person plays the customer."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(simulator.base_url)
        page.get_by_role("button", name=PHONE).click()
        expect(page.get_by_text("starts today").first).to_be_visible()
        expect(page.get_by_text("Ends tonight").first).to_be_visible()
        expect(page.get_by_text("شاي أسود").first).to_be_visible()
        keep(page, "templates-simulator-phone")
    finally:
        context.close()
