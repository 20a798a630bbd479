"""Campaigns labelled, archived and found again in their list; and the calendar of them."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import CampaignStatus, RunStatus
from providers.models import Project, Role
from tests.browser.conftest import Opener, sign_in
from tests.campaigns.recurring import standing
from tests.factories import (
    CampaignFactory,
    MembershipFactory,
    ProviderFactory,
    RunFactory,
    TallyFactory,
    TemplateFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

Keep = Callable[[Page, str], None]
S = CampaignStatus


@pytest.fixture
def shop(console: object, project: Project) -> Project:
    MembershipFactory.create(project=project, user__username="asha", role=Role.MARKETER)
    return project


def test_several_are_labelled_and_put_away(shop: Project, open_page: Opener, keep: Keep) -> None:
    CampaignFactory.create(project=shop, name="Holi", status=S.COMPLETED, labels=["Festival"])
    CampaignFactory.create(project=shop, name="Diwali", status=S.COMPLETED)
    CampaignFactory.create(project=shop, name="Digest", status=S.RUNNING)
    page = open_page()
    sign_in(page, "asha")
    page.goto("/campaigns/campaign/")

    def choose(action: str, *names: str) -> None:
        for name in names:
            page.locator("tr", has_text=name).locator("input.action-select").check()
        page.locator("select[name=action]").select_option(action)
        page.get_by_role("button", name="Run").click()

    choose("label_many", "Diwali", "Digest")
    page.get_by_role("button", name="Festival").click()
    expect(page.locator("#labels")).to_have_value("Festival")
    keep(page, "campaigns-label-many-1280-light")
    page.get_by_role("button", name="Add labels").click()
    expect(page.get_by_text("2 campaigns are labelled.")).to_be_visible()
    expect(page.locator(".kc-labels a")).to_have_count(3)
    keep(page, "campaigns-labels-1280-light")

    choose("archive_many", "Diwali", "Digest")
    expect(page.get_by_text("1 of those that you ticked stays as it is")).to_be_visible()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("1 campaign is in the archive now.")).to_be_visible()
    expect(page.get_by_role("link", name="Diwali")).to_have_count(0)

    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Festival").first.click()
    expect(page.get_by_role("link", name="Holi")).to_be_visible()
    keep(page, "campaigns-labels-390-light")


def filled(shop: Project) -> None:
    now = timezone.now().astimezone(ZoneInfo(shop.time_zone))
    went = CampaignFactory.create(project=shop, name="Early sale", status=S.COMPLETED)
    run = RunFactory.create(campaign=went, status=RunStatus.FINISHED, started_at=now)
    TallyFactory.create(run=run, name="sent", n=12400)
    for days, name, sent in ((4, "Tea festival", 8200), (9, "New arrivals", 15750)):
        before = CampaignFactory.create(project=shop, name=name, status=S.COMPLETED)
        past = RunFactory.create(
            campaign=before, status=RunStatus.FINISHED, started_at=now - timedelta(days=days)
        )
        TallyFactory.create(run=past, name="sent", n=sent)
    CampaignFactory.create(
        project=shop,
        name="Late sale",
        status=S.SCHEDULED,
        starts_at=now + timedelta(days=7),
    )
    standing(shop, name="Tea of the day", minutes_ago=-60)


def test_the_calendar_shows_it_and_goes_by_keyboard(
    shop: Project, open_page: Opener, keep: Keep
) -> None:
    filled(shop)
    page = open_page()
    sign_in(page, "asha")
    page.goto("/campaigns/campaign/")
    page.get_by_role("link", name="Calendar").first.click()
    today = page.locator("[aria-current=date]")
    expect(today).to_contain_text("Early sale")
    expect(today).to_contain_text("12,400")
    keep(page, "calendar-month-1280-light")

    page.get_by_role("link", name="Week", exact=True).click()
    expect(page.locator("[data-day]")).to_have_count(7)
    keep(page, "calendar-week-1280-light")
    heading = page.locator("#calendar-title")
    this_week = heading.inner_text()
    page.locator("[data-day][tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    expect(heading).not_to_have_text(this_week)
    expect(page.locator("[data-day]:focus")).to_have_count(1)
    expect(page.locator("[data-day]", has_text="Late sale")).to_have_count(1)
    expect(page.locator("[data-day]", has_text="Tea of the day")).to_have_count(7)
    page.keyboard.press("PageUp")
    expect(heading).to_have_text(this_week)
    expect(page.locator("[data-day]:focus")).to_contain_text("Early sale")
    page.keyboard.press("Enter")
    expect(page.locator(".kl-entry:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("h1, h2").first).to_be_visible()
    assert "/campaigns/campaign/" in page.url
    assert "calendar" not in page.url


def test_on_a_phone_it_is_a_list_of_days(shop: Project, open_page: Opener, keep: Keep) -> None:
    filled(shop)
    page = open_page(width=390, dark=True)
    sign_in(page, "asha")
    page.goto("/campaigns/campaign/calendar/")
    today = page.locator("[aria-current=date]")
    expect(today).to_contain_text("Early sale")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("thead")).to_be_hidden()
    keep(page, "calendar-month-390-dark")


def test_a_closed_window_loses_nothing(shop: Project, open_page: Opener, keep: Keep) -> None:
    ProviderFactory.create(project=shop)
    TemplateFactory.create(project=shop)
    page = open_page()
    sign_in(page, "asha")
    page.goto("/campaigns/campaign/add/")
    page.locator("[name=name]").fill("Half a campa")
    page.get_by_label("Everybody in the project").check()
    expect(page.locator(".kc-presence")).to_contain_text("What you wrote is kept")
    state = page.context.storage_state()
    page.close(run_before_unload=False)

    page = open_page(width=390, dark=True, state=state)
    page.goto("/campaigns/campaign/add/")
    expect(page.locator("[name=name]")).to_have_value("")
    keep(page, "campaign-left-390-dark")
    page.get_by_role("link", name="Go on with it").click()
    expect(page.locator("[name=name]")).to_have_value("Half a campa")
    expect(page.get_by_label("Everybody in the project")).to_be_checked()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The draft “Half a campa” is saved.")).to_be_visible()
    expect(page.locator(".kc-left")).to_have_count(0)
