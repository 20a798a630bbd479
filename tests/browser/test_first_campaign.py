"""A marketer's first hour, in Chromium: from the login to the finished funnel."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, Message, Run
from providers.models import Role
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.browser.people import FAILED, FUNNEL, REFUSED_ROWS, SUPPRESSED, csv_file
from tests.campaigns.recount import recount
from tests.factories import MembershipFactory, ProjectFactory, UserFactory
from tests.gateway_simulator import CREDENTIALS, SimulatorClient

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MINUTE = 60_000
Keep = Callable[[Page, str], None]


@dataclass(frozen=True)
class Marketer:
    """Somebody at a screen: what they do, one method a page."""

    page: Page
    keep: Keep
    simulator: SimulatorClient

    def sign_in(self) -> None:
        self.page.goto("/")
        self.keep(self.page, "login-1280-light")
        sign_in(self.page, "asha")

    def switch_to(self, project: str) -> None:
        self.page.locator(".kb-menu > summary").click()
        self.page.get_by_role("button", name=project).click()
        expect(self.page.locator(".kb-bar-name").first).to_have_text(project)
        self.keep(self.page, "home-1280-light")

    def follow(self, entry: str) -> None:
        """An entry of the sidebar."""
        self.page.locator("#nav-sidebar").get_by_role("link", name=entry, exact=True).click()

    def connect_gupshup(self) -> None:
        self.follow("WhatsApp Connect")
        self.page.get_by_text("+ Providers").click()
        self.page.get_by_role("link", name="Gupshup").click()
        self._tell_gupshup_the_callback_urls()
        fields = {"nickname": "Main account", "number": "+919000000001", **CREDENTIALS}
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)
        self.page.locator("[name=rate]").fill("8")
        self.keep(self.page, "connect-1280-light")
        self.page.get_by_role("button", name="Save").click()
        expect(self.page.get_by_text("Gupshup is connected").first).to_be_visible()

    def _tell_gupshup_the_callback_urls(self) -> None:
        shown = self.page.locator(".kb-url-input")
        expect(shown).to_have_count(2)
        inbound, status = shown.first.input_value(), shown.last.input_value()
        self.simulator.register(response_url=inbound, status_url=status)

    def end_the_trial(self) -> None:
        """By hand; how it ends by itself is a part of the journey of connecting."""
        self.follow("Provider doctor")
        expect(self.page.get_by_text("campaigns reach test profiles only")).to_be_visible()
        self.keep(self.page, "doctor-1280-light")
        self.page.get_by_text("End trial mode by hand").click()
        self.page.get_by_role("button", name="End trial mode").click()
        expect(self.page.get_by_text("Trial mode is over")).to_be_visible()

    def make_a_template(self) -> None:
        self.follow("Templates")
        self.page.goto("/templates_app/template/add/")
        self.page.get_by_role("button", name="Go on").click()
        self.page.locator("[name=name]").fill("summer_sale")
        self.page.locator("[name=body]").fill("Hello {{1}}, our *summer sale* starts today.")
        self.page.locator("[name='sample-1'], [data-samples] input").first.fill("Asha")
        self.page.get_by_role("button", name="Visit website").click()
        self.page.locator("[name=button-label]").fill("Open the shop")
        self.page.locator("[name=button-value]").fill("https://shop.example/sale")
        self.page.locator("[name=vendor_id]").fill("7000012345")
        self.page.locator("[name=status]").select_option("approved")
        expect(self.page.locator(".phone-body")).to_have_text(
            "Hello Asha, our summer sale starts today."
        )
        self.keep(self.page, "template-1280-light")
        self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.page.locator(".kb-pill", has_text="Approved").first).to_be_visible()

    def import_people(self) -> None:
        self.follow("Imports")
        self.page.goto("/campaigns/import/add/")
        file = {"name": "people.csv", "mimeType": "text/csv", "buffer": csv_file()}
        self.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        self.page.get_by_role("button", name="Upload and look at the columns").click()
        expect(self.page.get_by_role("heading", name="What is in the columns?")).to_be_visible()
        self.keep(self.page, "mapping-1280-light")
        self.page.get_by_role("button", name="Start the import").click()
        expect(self.page.get_by_text("Done.")).to_be_visible(timeout=MINUTE)
        expect(self.page.locator("#n-created")).to_have_text(str(FUNNEL["targeted"]))
        expect(self.page.locator("#n-refused")).to_have_text(str(REFUSED_ROWS))
        self.keep(self.page, "import-1280-light")

    def write_a_campaign(self) -> None:
        self.follow("Campaigns")
        self.page.get_by_role("link", name="New campaign").click()
        self.page.locator("[name=name]").fill("Summer sale")
        expect(self.page.locator("#reach")).to_contain_text("Choose who gets it")
        self.page.get_by_label("Everybody in the project").check()
        choose_template(self.page, "summer_sale")
        text = self.page.locator("#id_text-body-1")
        text.fill("dear ")
        self.page.locator(".kc-slot").get_by_text("Insert property").click()
        self.page.get_by_role("button", name="Name", exact=True).click()
        expect(text).to_have_value("dear {{ profile.name }}")
        self.page.locator("#id_fallback-body-1").fill("friend")
        expect(self.page.locator(".phone-body")).to_have_text(
            "Hello dear Asha 0, our summer sale starts today."
        )
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        self.page.get_by_role("button", name="Show the next person").click()
        expect(self.page.locator(".phone-body")).to_contain_text("Hello dear Asha 1,")
        expect(self.page.locator("#reach")).to_contain_text("23 people would get it now, of 25")
        expect(self.page.locator(".kc-section-head .kb-pill")).to_have_text(["Done"] * 4)
        self.keep(self.page, "campaign-form-1280-light")

    def publish(self) -> None:
        self.page.get_by_role("button", name="Review and publish").click()
        expect(self.page.locator(".kc-sentence")).to_have_text(
            "As soon as you publish, 23 people get the template summer_sale from +919000000001."
        )
        self.keep(self.page, "publish-1280-light")
        self.page.get_by_role("button", name="Publish now").click()

    def watch_it_go(self) -> None:
        """Without loading the page again: the mark would be gone."""
        self.page.evaluate("document.body.dataset.mark = 'here'")
        expect(self.page.locator("#live-head .kb-pill")).to_have_text("Running", timeout=MINUTE)
        self.keep(self.page, "running-1280-light")
        expect(self.page.locator("#live-head .kb-pill")).to_have_text("Completed", timeout=MINUTE)
        for name, count in FUNNEL.items():
            expect(self.page.locator(f"#n-{name}")).to_have_text(str(count), timeout=MINUTE)
        expect(self.page.locator("#n-failed")).to_have_text(str(FAILED))
        expect(self.page.locator("#n-suppressed")).to_have_text(str(SUPPRESSED))
        assert self.page.evaluate("document.body.dataset.mark") == "here"
        self.keep(self.page, "finished-1280-light")

    def follow_a_number(self) -> None:
        self.page.locator("#n-clicked").click()
        chosen = self.page.locator(".kb-chips .kb-pill > span:first-child")
        expect(chosen).to_have_text(["Campaign: Summer sale", "Result: Clicked"])
        rows = self.page.locator("#result_list tbody")
        expect(rows).to_have_count(FUNNEL["clicked"])
        self.keep(self.page, "messages-1280-light")
        rows.first.get_by_role("link").first.click()
        expect(self.page.locator(".kc-life").first.locator("li strong")).to_have_text(
            ["Queued", "Sent", "Delivered", "Viewed", "Clicked"]
        )
        self.keep(self.page, "message-1280-light")

    def search_for(self, phone: str) -> None:
        self.follow("Messages")
        self.page.get_by_role("search").get_by_role("textbox").fill(phone)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#result_list tbody")).to_have_count(1)

    def look_at_callbacks(self) -> None:
        self.follow("Callbacks")
        expect(self.page.locator("#result_list tbody").first).to_be_visible()
        self.keep(self.page, "callbacks-1280-light")


def test_from_the_login_to_the_finished_funnel(
    open_page: Opener, keep: Keep, workers: None, simulator: SimulatorClient
) -> None:
    asha = UserFactory.create(username="asha", first_name="Asha", last_name="Rao")
    for name in ("Coffee shop", "Tea shop"):
        MembershipFactory.create(
            user=asha, project=ProjectFactory.create(name=name), role=Role.ADMIN
        )
    marketer = Marketer(open_page(), keep, simulator)

    marketer.sign_in()
    marketer.switch_to("Tea shop")
    marketer.connect_gupshup()
    marketer.end_the_trial()
    marketer.make_a_template()
    marketer.import_people()
    marketer.write_a_campaign()
    marketer.publish()
    marketer.watch_it_go()
    marketer.follow_a_number()
    marketer.search_for("90000 19901")
    marketer.look_at_callbacks()

    run = Run.objects.get()
    assert dict(totals([run.pk])) == recount([run.pk])
    assert set(Counter(phones_of_templates(simulator)).values()) == {1}
    look_at_every_page(open_page, keep, marketer.page)


def phones_of_templates(simulator: SimulatorClient) -> list[str]:
    """To whom the campaign was sent, by the simulator's book; an answer to STOP has no template."""
    return [line["phone"] for line in simulator.book() if line["template_id"]]


def look_at_every_page(open_page: Opener, keep: Keep, signed_in: Page) -> None:
    """At both widths; nothing may stick out at the side."""
    campaign = Campaign.objects.get()
    message = Message.objects.filter(run__isnull=False).latest("pk")
    pages = {
        "home": "/",
        "campaigns": "/campaigns/campaign/",
        "campaign": f"/campaigns/campaign/{campaign.pk}/change/",
        "campaign-new": "/campaigns/campaign/add/",
        "messages": "/campaigns/message/",
        "message": f"/campaigns/message/{message.pk}/change/",
        "events": "/campaigns/event/",
        "connect": "/providers/provider/",
        "doctor": "/doctor/",
        "ip-whitelist": "/providers/sendingip/",
        "templates": "/templates_app/template/",
        "profiles": "/campaigns/profile/",
        "imports": "/campaigns/import/",
        "callbacks": "/callbacks/receipt/",
    }
    state = signed_in.context.storage_state()
    wide = []
    for width in (1280, 390):
        page = open_page(width=width, state=state)
        for name, address in pages.items():
            page.emulate_media(color_scheme="light")
            page.goto(address)
            expect(page.locator("#content")).to_be_visible()
            keep(page, f"{name}-{width}-light")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(re.sub(r"\d+", "N", f"{name} at {width}"))
            page.emulate_media(color_scheme="dark")
            keep(page, f"{name}-{width}-dark")
        page.context.close()
    assert wide == []
