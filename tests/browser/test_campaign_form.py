"""What moves on a campaign's form: choosing a template, and a time at which the clocks change."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from campaigns.models import Campaign
from providers.models import Project, Role
from tests.browser.barriers import barriers
from tests.browser.conftest import Opener, sign_in
from tests.factories import (
    MembershipFactory,
    ProjectFactory,
    ProviderFactory,
    TemplateFactory,
)
from tests.templates_app.contents import content

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Keep = Callable[[Page, str], None]
NEW = "/campaigns/campaign/add/"


@pytest.fixture
def shop(console: object) -> Project:
    shop: Project = ProjectFactory.create(name="Tea shop", time_zone="Europe/Berlin")
    MembershipFactory.create(project=shop, user__username="asha", role=Role.MARKETER)
    ProviderFactory.create(project=shop)
    for n in range(12):
        text = f"Tea no. {n} is here, with a {'very ' * 12}long text."
        TemplateFactory.create(project=shop, name=f"tea_{n:02}", content=content(text))
    return shop


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_template_is_found_and_chosen_by_mouse_and_by_keyboard(
    shop: Project, open_page: Opener, keep: Keep, width: int, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    sign_in(page, "asha")
    page.goto(NEW)
    picker = page.locator("[data-picker]")
    chosen, options = picker.locator("[data-chosen]"), picker.locator("label")
    expect(chosen).to_have_text("No template yet")

    picker.locator("summary").click()
    picker.get_by_label("Find a template by its name or text").fill("no. 7")
    expect(options.filter(visible=True)).to_have_count(1)
    keep(page, f"template-picker-{width}-{'dark' if dark else 'light'}")
    options.filter(visible=True).click()
    expect(chosen).to_contain_text("tea_07")
    expect(page.locator("#preview .phone")).to_contain_text("Tea no. 7")
    expect(picker.locator("summary")).to_be_focused()
    expect(options.first).to_be_hidden()

    page.keyboard.press("Enter")
    picker.get_by_label("Find a template by its name or text").fill("")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("tea_08")
    page.keyboard.press("Enter")
    expect(options.first).to_be_hidden()
    assert page.url.endswith(NEW)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page, knows_the_menu=False) == []


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False)])
def test_a_time_that_comes_twice_or_never_is_settled_on_the_form(
    shop: Project, open_page: Opener, keep: Keep, width: int, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    sign_in(page, "asha")
    page.goto(NEW)
    save = page.get_by_role("button", name="Save draft")
    readings = page.locator(".kc-readings label")
    page.locator("[name=name]").fill("When the clocks change")
    page.get_by_label("At a set time").check()

    page.locator("[name=starts_at]").fill("2027-10-31T02:30")
    save.click()
    expect(readings).to_have_text(
        [
            "The first 02:30, before the clocks go back",
            "The second 02:30, an hour or so later",
        ]
    )
    keep(page, f"clocks-back-{width}-{'dark' if dark else 'light'}")
    readings.last.click()
    page.locator("[name=name]").evaluate("field => { field.value = ''; field.required = false; }")
    save.click()
    expect(page.get_by_text("“Name” is missing. Fill it in.")).to_be_visible()
    expect(readings.last.locator("input")).to_be_checked()
    page.locator("[name=name]").fill("When the clocks change")
    expect(page.get_by_text("“Name” is missing. Fill it in.")).to_be_hidden()
    save.click()
    expect(page.get_by_text("is saved")).to_be_visible()
    assert Campaign.objects.get().starts_at.isoformat() == "2027-10-31T01:30:00+00:00"
    expect(readings.last.locator("input")).to_be_checked()

    page.locator("[name=starts_at]").fill("2027-03-28T02:30")
    save.click()
    expect(readings).to_have_text(["03:00, the next time that there is"])
    keep(page, f"clocks-forward-{width}-{'dark' if dark else 'light'}")
    readings.first.click()
    save.click()
    expect(page.get_by_text("is saved")).to_be_visible()
    assert Campaign.objects.get().starts_at.isoformat() == "2027-03-28T01:00:00+00:00"
