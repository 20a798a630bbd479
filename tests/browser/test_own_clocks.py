"""When it is what time for whom: a time of each person's own, quiet hours, and what it costs."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, CampaignStatus, OwnTime
from providers.models import Project, Role
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.factories import MembershipFactory, ProfileFactory, ProviderFactory, TemplateFactory

pytestmark = pytest.mark.django_db(transaction=True)
Keep = Callable[[Page, str], None]

PRICES = b"""country,category,price,currency
IN,marketing,0.7846,INR
IN,utility,0.115,INR
US,marketing,2.05,INR
"""


@pytest.fixture
def shop(console: object, project: Project) -> Project:
    """Six people at home, two in New York."""
    MembershipFactory.create(project=project, user__username="asha", role=Role.ADMIN)
    ProviderFactory.create(project=project)
    TemplateFactory.create(project=project, name="diwali_sale")
    ProfileFactory.create_batch(6, project=project)
    for ending in (3, 4):
        ProfileFactory.create(
            project=project, time_zone="America/New_York", phone=f"+1202555012{ending}"
        )
    return project


def test_it_goes_out_by_each_persons_own_clocks_at_a_known_cost(
    shop: Project, open_page: Opener, keep: Keep
) -> None:
    page = open_page()
    sign_in(page, "asha")
    page.goto("/campaigns/ratecard/add/")
    page.locator("input[type=file]").set_input_files(
        {"name": "rates.csv", "mimeType": "text/csv", "buffer": PRICES}
    )
    page.get_by_role("button", name="Put it up").click()
    expect(page.get_by_text("Campaigns that go out today are counted by it.")).to_be_visible()
    keep(page, "rate-card-1280-light")

    page.goto("/campaigns/campaign/add/")
    page.locator("[name=name]").fill("Diwali, in the morning")
    page.get_by_label("Everybody in the project").check()
    choose_template(page, "diwali_sale")
    page.locator("#id_text-body-1").fill("friend")
    page.get_by_label("At a set time").check()
    day = timezone.now().astimezone(ZoneInfo(shop.time_zone)) + timedelta(days=3)
    page.locator("[name=starts_at]").fill(f"{day:%Y-%m-%d}T10:00")
    page.locator("[name=own_time][value=next_day]").check()
    page.get_by_text("End, cut-off, quiet hours and speed").click()
    page.locator("[name=quiet_from]").fill("21:00")
    page.locator("[name=quiet_until]").fill("09:00")
    expect(page.locator("#reach")).to_contain_text("8 people would get it now")
    expect(page.locator("#reach")).to_contain_text("8.81 INR")
    expect(page.locator("#fold-limits")).to_have_text("quiet 21:00 to 09:00")
    keep(page, "own-clocks-form-1280-light")
    page.get_by_role("button", name="Review and publish").click()
    said = page.locator("#publish")
    expect(said).to_contain_text("wherever each person is")
    expect(said).to_contain_text("8.81 INR")
    expect(said).not_to_contain_text("it is quiet where")
    expect(said).not_to_contain_text("Looking whether")
    keep(page, "own-clocks-publish-1280-light")

    page.get_by_role("link", name="Back to the draft").click()
    page.locator("[name=own_time][value='']").check()
    page.get_by_role("button", name="Review and publish").click()
    expect(said).to_contain_text("it is quiet where 2 people are")
    expect(said).not_to_contain_text("Looking whether")
    keep(page, "quiet-hours-publish-1280-light")
    phone = open_page(width=390, dark=True, state=page.context.storage_state())
    phone.goto(page.url)
    expect(phone.locator("#publish")).to_contain_text("it is quiet where 2 people are")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    keep(phone, "quiet-hours-publish-390-dark")
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator("#live-head .kb-pill")).to_have_text("Scheduled")
    campaign = Campaign.objects.get()
    assert (campaign.status, campaign.own_time) == (CampaignStatus.SCHEDULED, OwnTime.NO)
