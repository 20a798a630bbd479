"""Connecting Gupshup as the seed's steps 1 to 6 tell it, and everything that can go wrong."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from campaigns.models import TestSend
from providers.models import AuditEntry, Provider, Role, Verification
from tests.browser.conftest import Opener, sign_in
from tests.factories import MembershipFactory, ProjectFactory, UserFactory
from tests.gateway_simulator import CREDENTIALS, SimulatorClient

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Keep = Callable[[Page, str], None]
MINUTE = 60_000
OWN_PHONE = "9000000001"
# All of it can be read without scrolling.
IS_WHOLE = "url => url.scrollHeight <= url.clientHeight && url.scrollWidth <= url.clientWidth"
SECRETS = (CREDENTIALS["hsm_password"], CREDENTIALS["two_way_password"], "not-the-password")


@dataclass(frozen=True)
class Connecting:
    """What somebody does on the two pages, and what they see."""

    page: Page
    keep: Keep
    simulator: SimulatorClient

    # Steps 1 to 4: the provider and its credentials

    def choose_gupshup(self) -> None:
        menu = self.page.locator("#nav-sidebar")
        expect(menu.get_by_text("Settings › Channels › WhatsApp")).to_be_visible()
        menu.get_by_role("link", name="WhatsApp Connect").click()
        self.page.get_by_text("+ Providers").click()
        self.keep(self.page, "connecting-1-picker")
        self.page.get_by_role("link", name="Gupshup").click()
        for label in ("Inbound message callback URL", "Delivery report callback URL"):
            shown = self.page.get_by_label(label)
            expect(shown).not_to_be_editable()
            assert shown.evaluate(IS_WHOLE)

    def tell_gupshup_the_callback_urls(self) -> None:
        self.page.get_by_role("button", name="Copy set-up mail").first.click()
        expect(self.page.get_by_role("button", name="Copied").first).to_be_visible()
        shown = self.page.locator(".kb-url-input")
        inbound, status = shown.first.input_value(), shown.last.input_value()
        self.simulator.register(response_url=inbound, status_url=status)

    def fill_in(self, **changes: str) -> None:
        fields = {"nickname": "Main account", "number": "+919000000009", **CREDENTIALS, **changes}
        for name, value in fields.items():
            self.page.locator(f"#provider_form [name={name}]").fill(value)

    def write_an_auto_reply(self, text: str) -> None:
        message = self.page.locator("#id_auto_reply_text")
        expect(message).to_be_hidden()
        self.page.locator("#id_auto_reply_enabled").check()
        message.fill(text)

    def verify(self, account: str) -> Locator:
        """The finding that appears beside the account."""
        finding = self.page.locator(f"#{account}-finding")
        with self.page.expect_response(f"**/verify/{account}/"):
            self.page.locator(f".kb-check:has(#{account}-finding) > button").click()
        expect(finding.get_by_role("status")).to_be_visible()
        return finding

    def save(self) -> None:
        self.page.get_by_role("button", name="Save", exact=True).click()

    # Step 5: Send Test WhatsApp

    def open_the_test(self) -> None:
        self.page.get_by_role("link", name="Send Test WhatsApp").click()
        expect(self.page.locator("#kt-link")).to_have_value("https://wa.me/919000000009?text=Hi")
        expect(self.page.get_by_role("img", name="QR code of the link")).to_be_visible()

    def choose_country(self, words: str, name: str, shown: str) -> None:
        self.page.locator(".kt-country summary").click()
        self.page.get_by_label("Find a country").fill(words)
        self.page.locator(".kt-country label", has_text=name).locator("visible=true").first.click()
        expect(self.page.locator("#kt-chosen")).to_contain_text(shown)

    def type_number(self, number: str) -> None:
        self.page.locator("#kt-to").fill(number)

    def send_test(self, number: str) -> Locator:
        """Outside the window, after its warning; the result's verdict."""
        self.type_number(number)
        self.page.get_by_role("button", name="Send Test").click()
        # Until the answer is there, what stands there is the verdict on the test before.
        with self.page.expect_response("**/submit/"):
            self.page.get_by_role("button", name="Send anyway").click()
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        verdict = self.page.locator(".kt-verdict")
        expect(verdict).not_to_contain_text("Sending", timeout=MINUTE)
        return verdict

    def close_the_test(self) -> None:
        self.page.get_by_role("button", name="Close").click()
        expect(self.page.locator("#send-test")).to_be_hidden()


@pytest.fixture
def connecting(
    open_page: Opener, keep: Keep, simulator: SimulatorClient, settings: Settings
) -> Connecting:
    settings.GATEWAY_SEND_URL = settings.GATEWAY_TEMPLATE_URL = simulator.gateway_url
    settings.GATEWAY_TOTAL_TIMEOUT = settings.GATEWAY_VERIFY_TIMEOUT = 2.0
    settings.GATEWAY_EXTRA_CODES = {"901": "ip_refused"}
    asha = UserFactory.create(username="asha", first_name="Asha", last_name="Rao")
    MembershipFactory.create(
        user=asha, project=ProjectFactory.create(name="Tea shop"), role=Role.ADMIN
    )
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, "asha")
    return Connecting(page, keep, simulator)


def test_connecting_gupshup_by_the_steps(connecting: Connecting, workers: None) -> None:
    page, keep, simulator = connecting.page, connecting.keep, connecting.simulator
    connecting.choose_gupshup()
    connecting.tell_gupshup_the_callback_urls()
    connecting.fill_in()
    connecting.write_an_auto_reply("Thank you, we will write back soon.")
    expect(connecting.verify("hsm")).to_contain_text("Works")
    expect(connecting.verify("two_way")).to_contain_text("Send a test")
    keep(page, "connecting-2-form")

    connecting.open_the_test()
    connecting.choose_country("germ", "Germany", "+49")
    connecting.choose_country("+91", "India", "+91")
    connecting.type_number(OWN_PHONE)
    expect(page.locator("#kt-window")).to_contain_text("No open window")
    simulator.inbound(f"91{OWN_PHONE}", text="Hi")
    expect(page.locator("#kt-window")).to_contain_text("is open until", timeout=MINUTE)
    keep(page, "connecting-3-window")
    page.get_by_role("button", name="Send Test").click()
    expect(page.locator(".kt-verdict")).to_contain_text("Gupshup took the message")
    expect(page.locator(".kt-json")).to_contain_text('"status": "success"')
    expect(page.locator(".kt-answer-head")).to_contain_text("HTTP 200")
    page.locator(".kt-answer-head button").click()
    assert '"status": "success"' in page.evaluate("navigator.clipboard.readText()")
    expect(page.locator(".kt-result .kc-life")).to_contain_text("Viewed", timeout=MINUTE)
    expect(page.locator(".kt-verdict")).to_contain_text("It was delivered and viewed")
    keep(page, "connecting-4-test")
    connecting.close_the_test()

    connecting.save()
    expect(page.get_by_text("Gupshup is connected").first).to_be_visible()
    expect(page.get_by_role("button", name="+ Providers")).to_be_disabled()
    keep(page, "connecting-5-saved")

    expect(connecting.verify("hsm")).to_contain_text("Works")
    connecting.open_the_test()
    connecting.type_number(OWN_PHONE)
    expect(page.locator("#kt-window")).to_contain_text("is open until")
    page.get_by_role("button", name="Send Test").click()
    expect(page.locator(".kt-verdict")).to_contain_text("delivered and viewed", timeout=MINUTE)
    connecting.close_the_test()
    assert Verification.objects.get(account="two_way").result == "works"
    stored = TestSend.objects.order_by("pk").values_list("with_stored_credentials", "verdict")
    assert list(stored) == [(False, "accepted"), (True, "accepted")]

    page.locator("#nav-sidebar").get_by_role("link", name="Test sends").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    keep(page, "connecting-6-log")
    assert_no_secret_is_shown(page)

    page.locator("#nav-sidebar").get_by_role("link", name="Provider doctor").click()
    page.get_by_role("button", name="Examine again").click()
    expect(page.get_by_text("All is well")).to_be_visible(timeout=MINUTE)
    keep(page, "connecting-7-doctor")


def test_what_can_go_wrong_while_connecting(connecting: Connecting) -> None:
    page, keep, simulator = connecting.page, connecting.keep, connecting.simulator
    connecting.choose_gupshup()
    connecting.fill_in(number="123456789", hsm_user_id="shop@example.com")
    connecting.save()
    expect(page.get_by_text("A shortcode has 3 to 8 digits, this one has 9.")).to_be_visible()
    expect(page.get_by_text("An account ID has digits only")).to_be_visible()
    expect(page.locator("[name=hsm_password]")).to_have_value("")
    keep(page, "connecting-8-refused")

    connecting.fill_in(hsm_password="not-the-password")
    expect(connecting.verify("hsm")).to_contain_text("Wrong credentials")
    connecting.fill_in()
    simulator.options(ip_refused=True)
    refused = connecting.verify("hsm")
    expect(refused).to_contain_text("This server's IP is refused")
    refused.get_by_text("Gupshup's answer").click()
    expect(refused.locator("pre")).to_contain_text('"901"')
    keep(page, "connecting-9-ip-refused")
    for outage, words in (("hang", "Unreachable"), ("reset", "Unreachable"), ("html", "Can't")):
        simulator.options(ip_refused=False, outage=outage)
        expect(connecting.verify("two_way")).to_contain_text(words)
    simulator.options(outage="")

    connecting.open_the_test()
    expect(connecting.send_test("90000 09943")).to_contain_text("Gupshup refused the message")
    expect(page.locator(".kt-json")).to_contain_text('"105"')
    keep(page, "connecting-10-refused-test")
    expect(connecting.send_test("90000 09932")).to_contain_text("no clear answer came")
    expect(connecting.send_test("90000 09937")).to_contain_text("no clear answer came")
    expect(page.locator(".kt-json")).to_contain_text("<html")
    expect(connecting.send_test("90000 09934")).to_contain_text("no clear answer came")
    expect(connecting.send_test("90000 09942")).not_to_contain_text("in a row got")
    expect(connecting.send_test("90001 09942")).to_contain_text("Several numbers in a row got")
    keep(page, "connecting-11-unknown-error")
    assert not Provider.objects.exists()
    assert set(TestSend.objects.values_list("verdict", flat=True)) == {"refused", "in_doubt"}
    assert not AuditEntry.objects.filter(action__startswith="provider").exists()
    connecting.close_the_test()
    page.locator("#nav-sidebar").get_by_role("link", name="Test sends").click()
    assert_no_secret_is_shown(page)


def test_looking_at_the_window_keeps_nobody_from_sending(connecting: Connecting) -> None:
    page = connecting.page
    connecting.choose_gupshup()
    connecting.fill_in()
    connecting.open_the_test()
    page.route("**/window/", lambda look: None)  # which takes long
    with page.expect_request("**/window/"):
        connecting.type_number(OWN_PHONE)
    button = page.get_by_role("button", name="Send Test")
    expect(button).to_be_enabled()
    button.click()
    expect(page.get_by_role("button", name="Send anyway")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")


def assert_no_secret_is_shown(page: Page) -> None:
    content = page.content()
    assert [secret for secret in SECRETS if secret in content] == []
