"""A marketer fills in a limited-time offer and a carousel, and they arrive as the phone showed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from campaigns.models import ProfileProperty, PropertyType
from providers.models import Project, Role
from templates_app.models import Kind, Template
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.factories import (
    MembershipFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    TemplateFactory,
    UserFactory,
)
from tests.gateway_simulator import CREDENTIALS, SimulatorClient
from tests.templates_app.contents import IMAGE, Json, card, carousel, offer

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Keep = Callable[[Page, str], None]
MINUTE = 60_000
PHONE = "+919000010001"


def template(project: Project, simulator: SimulatorClient, kind: Kind, content: Json) -> Template:
    made: Template = TemplateFactory.create(
        project=project, kind=kind, name=kind.value, content=content
    )
    simulator.teach({"id": made.vendor_id, **content})
    return made


def make_a_shop(simulator: SimulatorClient) -> None:
    project = ProjectFactory.create(name="Tea shop")
    asha = UserFactory.create(username="asha", first_name="Asha")
    MembershipFactory.create(user=asha, project=project, role=Role.MARKETER)
    ProviderFactory.create(project=project, rate=50, **CREDENTIALS)
    ProfileProperty.objects.create(project=project, name="trial_ends", type=PropertyType.DATE)
    ProfileFactory.create(
        project=project,
        name="Meera",
        phone=PHONE,
        properties={"trial_ends": "2099-01-02T03:04:00Z"},
    )
    body = "Hello {{1}}, take a quarter off all *teas* while this lasts."
    template(
        project,
        simulator,
        Kind.LIMITED_TIME_OFFER,
        offer(body=body, samples=["Asha"], header=IMAGE),
    )
    cards = [
        card(f"{tea}, chosen for {{{{1}}}}.", samples=["Asha"]) for tea in ("Assam", "Nilgiri")
    ]
    template(project, simulator, Kind.CAROUSEL, carousel(*cards, body="Our teas of the week."))


class Writer:
    def __init__(self, page: Page, keep: Keep) -> None:
        self.page, self.keep = page, keep

    def begin(self, kind: Kind) -> None:
        self.page.goto("/campaigns/campaign/add/")
        self.page.locator("[name=name]").fill(f"With {kind.value}")
        self.page.get_by_label("Everybody in the project").check()
        choose_template(self.page, kind.value)
        expect(self.page.locator(".kc-slot").first).to_be_visible()

    def fill(self, key: str, text: str) -> None:
        self.page.locator(f"#id_text-{key}").fill(text)

    def insert_by_keyboard(self, key: str) -> None:
        """An @ opens the list of properties; the first one is the name."""
        field = self.page.locator(f"#id_text-{key}")
        field.press_sequentially("dear @")
        expect(self.page.get_by_role("button", name="Name", exact=True)).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(field).to_have_value("dear {{ profile.name }}")
        expect(field).to_be_focused()

    def write_an_offer(self) -> None:
        self.begin(Kind.LIMITED_TIME_OFFER)
        self.fill("header-media", "https://files.example/tea.jpg")
        self.insert_by_keyboard("body-1")
        self.page.locator("[data-picks-for]").fill("2099-12-31T18:00")
        ends = self.page.locator("#id_text-offer-expiration")
        expect(ends).to_have_value("2099-12-31 18:00")
        self.fill("button-0", "SAVE25")
        self.fill("button-1", "teas")
        expect(self.page.locator(".phone-code")).to_contain_text("SAVE25")
        self.keep(self.page, "campaign-offer-1280-light")
        ends.fill("")
        moment = self.page.locator(".kc-slot", has=self.page.locator("[data-picks-for]"))
        moment.get_by_text("Insert property").click()
        moment.get_by_role("button", name="trial_ends").click()
        expect(ends).to_have_value("{{ profile.trial_ends }}")

    def write_a_carousel(self) -> None:
        self.begin(Kind.CAROUSEL)
        for number in (0, 1):
            self.fill(f"card-{number}-media", f"https://files.example/{number}.jpg")
            self.fill(f"card-{number}-body-1", "{{ profile.name }}")
            self.fill(f"card-{number}-button-0", f"tea-{number}")
        expect(self.page.locator(".phone")).to_contain_text("Nilgiri, chosen for Meera.")
        self.keep(self.page, "campaign-carousel-1280-light")

    def publish(self) -> None:
        expect(self.page.locator(".kc-section-head .kb-pill")).to_have_text(["Done"] * 4)
        self.page.get_by_role("button", name="Review and publish").click()
        self.page.get_by_role("button", name="Publish now").click()
        expect(self.page.locator("#live-head .kb-pill")).to_have_text("Completed", timeout=MINUTE)


def look_at_the_drafts(open_page: Opener, keep: Keep, signed_in: Page) -> None:
    """Narrow and dark, with everything still to be filled in: the phone is one click away."""
    page = open_page(width=390, dark=True, state=signed_in.context.storage_state())
    writer = Writer(page, keep)
    for kind in (Kind.LIMITED_TIME_OFFER, Kind.CAROUSEL):
        writer.begin(kind)
        keep(page, f"campaign-{kind.value}-390-dark")
        preview = page.get_by_role("link", name="Preview")
        preview.click()
        expect(page.locator(".phone")).to_be_in_viewport()
        expect(preview).to_be_hidden()
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.close()


def test_an_offer_and_a_carousel_arrive_as_the_phone_showed(
    browser: Browser,
    open_page: Opener,
    keep: Keep,
    workers: None,
    simulator: SimulatorClient,
) -> None:
    make_a_shop(simulator)
    page = open_page()
    sign_in(page, "asha")
    writer = Writer(page, keep)

    writer.write_an_offer()
    writer.publish()
    writer.write_a_carousel()
    writer.publish()

    shown_offer, shown_cards = simulator.get("/_sim/chat", phone=PHONE[1:])["messages"]
    assert shown_offer["offer"] == {"title": "Ends tonight", "ends_ms": 4071006240000}
    assert shown_offer["text"] == (
        "Hello dear Meera, take a quarter off all *teas* while this lasts."
    )
    assert [one["text"] for one in shown_cards["cards"]] == [
        "Assam, chosen for Meera.",
        "Nilgiri, chosen for Meera.",
    ]
    look_at_the_drafts(open_page, keep, page)
    look_at_the_customers_phone(browser, keep, simulator)


def look_at_the_customers_phone(browser: Browser, keep: Keep, simulator: SimulatorClient) -> None:
    """At the simulator, which is no page of the console's."""
    for width, dark in ((1280, False), (390, True)):
        phone = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        phone.goto(simulator.base_url)
        phone.locator("#people button").first.click()
        expect(phone.locator(".card")).to_have_count(2)
        expect(phone.locator(".bubble strong").last).to_have_text("teas")
        expect(phone.locator(".offer .code")).to_have_text("Code: SAVE25")
        keep(phone, f"simulator-{width}-{'dark' if dark else 'light'}")
        assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")
        phone.close()
