"""A campaign with a goal: chosen in the form, reached by its people, told beside the control
group."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, Reason, Run, State
from campaigns.running.crediting import credit_conversions
from providers.models import Project, Role
from tests.browser.barriers import barriers
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.campaigns.goals import amount, did, event, minutes_ago, row, with_goal
from tests.campaigns.states import count
from tests.factories import (
    MembershipFactory,
    ProfileFactory,
    ProviderFactory,
    TemplateFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

Keep = Callable[[Page, str], None]


@pytest.fixture
def shop(console: object, project: Project) -> Project:
    MembershipFactory.create(project=project, user__username="asha", role=Role.MARKETER)
    return project


def test_a_goal_is_chosen_with_a_condition_and_a_sum(
    shop: Project, open_page: Opener, keep: Keep
) -> None:
    ProviderFactory.create(project=shop)
    ProfileFactory.create_batch(3, project=shop)
    template = TemplateFactory.create(project=shop)
    event(shop)
    event(shop, "Signed up", Plan="text")
    page = open_page()
    sign_in(page, "asha")
    page.goto("/campaigns/campaign/add/")
    page.locator("[name=name]").fill("Order again")
    page.get_by_text("Goal: none").click()
    for name, option in (
        ("goal_event", "Charged"),
        ("goal_where-0:subject", "number:Amount"),
        ("goal_where-0:is", "at_least"),
    ):
        with page.expect_response("**/parts/goal/"):
            page.locator(f"[name='{name}']").select_option(option)
        expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.locator("[name='goal_where-1:subject']")).to_be_visible()
    page.locator("[name='goal_where-0:value']").fill("500")
    page.locator("[name=goal_within]").fill("2")
    page.locator("[name=goal_value]").select_option("Amount")
    page.locator("[name=goal_currency]").fill("inr")
    keep(page, "goal-form-1280-light")

    page.get_by_label("Everybody in the project").check()
    choose_template(page, template.name)
    page.locator("#id_text-body-1").fill("friend")
    page.get_by_role("button", name="Review and publish").click()
    words = "Goal: “Charged” where Amount is at least 500, within 2 days of the message."
    expect(page.locator("#publish")).to_contain_text(words)
    keep(page, "goal-publish-1280-light")
    assert Campaign.objects.get().goal == {
        "event": "Charged",
        "where": [amount(500)],
        "minutes": 2 * 1440,
        "value": "Amount",
        "currency": "INR",
    }


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_who_reached_it_and_who_would_have_anyway(
    shop: Project, open_page: Opener, keep: Keep, width: int, dark: bool
) -> None:
    run = reached(shop)
    page = open_page(width=width, dark=dark)
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{run.campaign_id}/change/")
    goal = page.locator("section", has=page.get_by_role("heading", name="Goal", exact=True))
    expect(goal).to_contain_text("Against the control group")
    expect(goal).to_contain_text("Of 60 who were to get it, 30 (50.0 %) reached the goal")
    expect(goal).to_contain_text("About 18 of them would not have reached it")
    expect(page.locator("#n-converted")).to_have_text("30")
    keep(page, f"goal-page-{width}-{'dark' if dark else 'light'}")
    assert barriers(page, knows_the_menu=False) == []
    page.locator("#n-converted").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(30)


def reached(shop: Project) -> Run:
    """By 30 of the 60 who got it, and by 12 of the 60 who did not."""
    run = with_goal(shop, control=True, value="Amount", currency="INR", minutes=180)
    people = ProfileFactory.create_batch(120, project=shop)
    for number, person in enumerate(people):
        at = minutes_ago(110)
        if number < 60:
            row(run, profile=person, state=State.DELIVERED, sent_at=at, delivered_at=at)
        else:
            row(run, profile=person, state=State.SUPPRESSED, reason=Reason.CONTROL_GROUP)
    count(run)
    for number, person in enumerate(people):
        if number < 30 or number >= 108:
            did(person, number % 90, Amount=100 + number)
    credit_conversions()
    return run
