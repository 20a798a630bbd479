"""A session ends while somebody writes: they sign in again in another tab and go on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from providers.models import Role
from tests.browser.conftest import Opener, sign_in
from tests.browser.watching import Watch
from tests.factories import CampaignFactory, CustomListFactory, MembershipFactory
from tests.factories.providers import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in_again(link_on: Page, name: str) -> None:
    with link_on.expect_popup() as opened:
        link_on.get_by_role("link", name="Sign in again").click()
    tab = opened.value
    tab.locator("[name=username]").fill(name)
    tab.locator("[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Log in").click()
    expect(tab.get_by_role("heading", name="Home")).to_be_visible()
    tab.close()


def test_what_was_written_survives_the_end_of_the_session(
    console: object, open_page: Opener, keep: Callable[[Page, str], None], watch: Watch
) -> None:
    project = MembershipFactory.create(role=Role.MARKETER, user__username="asha").project
    friends = CustomListFactory.create(project=project, name="Friends")
    campaign = CampaignFactory.create(project=project, name="Monsoon")
    page = open_page()
    sign_in(page, "asha")

    # A form is sent too late.
    page.goto(f"/campaigns/customlist/{friends.pk}/change/")
    page.get_by_label("Name").fill("Old friends")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert [entry[:4] for entry in watch.complaints] == ["403:", "cons"]
    watch.complaints.clear()
    keep(page, "signed-out-1280-light")
    sign_in_again(page, "asha")
    page.get_by_role("button", name="Send it once more").click()
    expect(page.get_by_text("Old friends")).not_to_have_count(0)
    friends.refresh_from_db()
    assert friends.name == "Old friends"

    # A part of a page asks too late, while somebody writes.
    page.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    page.get_by_label("Name").first.fill("Monsoon, the second")
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("People of segments and lists").check()
    expect(page.get_by_role("alert").filter(has_text="You are signed out")).to_be_visible()
    keep(page, "signed-out-notice-1280-light")
    sign_in_again(page, "asha")
    # What is kept by itself may have been refused meanwhile; the next time it is not.
    assert {entry[:4] for entry in watch.complaints} <= {"403:", "cons"}
    watch.complaints.clear()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("alert").filter(has_text="You are signed out")).to_have_count(0)
    campaign.refresh_from_db()
    assert campaign.name == "Monsoon, the second"
