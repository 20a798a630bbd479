"""Pausing, resuming and stopping a campaign that is on its way."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, CampaignStatus, Run
from providers.models import Role
from tests.browser.conftest import Opener, sign_in
from tests.campaigns.states import fill
from tests.factories import CampaignFactory, MembershipFactory, RunFactory, VariantFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(console: object) -> Run:
    """Running; "asha" may change it."""
    campaign = CampaignFactory.create(status=CampaignStatus.RUNNING)
    VariantFactory.create(campaign=campaign)
    MembershipFactory.create(project=campaign.project, user__username="asha", role=Role.MARKETER)
    run = RunFactory.create(campaign=campaign)
    fill(run)
    return run


def test_a_campaign_is_paused_resumed_and_stopped_from_its_page(
    run: Run, open_page: Opener, keep: Callable[[Page, str], None]
) -> None:
    page = open_page(width=390)
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{run.campaign_id}/change/")
    status = page.locator("#live-head .kb-pill")

    def move(button: str, *, confirm: str) -> None:
        page.locator(".kc-moves").get_by_role("button", name=button).click()
        page.get_by_role("dialog").get_by_role("button", name=confirm).click()

    move("Pause", confirm="Cancel")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(status).to_have_text("Running")
    move("Pause", confirm="Pause")
    expect(status).to_have_text("Paused")
    move("Resume", confirm="Resume")
    expect(status).to_have_text("Running")
    page.locator(".kc-moves").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("dialog")).to_contain_text("1 person will not get it.")
    keep(page, "stop-390-light")
    page.get_by_role("dialog").get_by_role("button", name="Stop for good").click()
    expect(status).to_have_text("Stopped")
    expect(page.locator(".kc-moves button")).to_have_count(0)


def test_a_change_by_somebody_else_is_seen_without_reloading(run: Run, open_page: Opener) -> None:
    page = open_page()
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{run.campaign_id}/change/")
    expect(page.locator("#live-head .kb-pill")).to_have_text("Running")

    Campaign.objects.update(
        status=CampaignStatus.PAUSED, status_reason="Gupshup refused the credentials."
    )

    expect(page.locator("#live-head .kb-pill")).to_have_text("Paused")
    expect(page.get_by_role("alert")).to_contain_text("Gupshup refused the credentials.")
    expect(page.locator(".kc-moves").get_by_role("button", name="Resume")).to_be_visible()
