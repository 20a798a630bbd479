"""Fields that the server writes anew: what is written into them before its answer comes stays."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from providers.models import Project, Role
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.campaigns.living import CART, ORDER
from tests.factories import (
    EventKindFactory,
    MembershipFactory,
    ProfilePropertyFactory,
    ProviderFactory,
    SegmentFactory,
    TemplateFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(console: object, project: Project, open_page: Opener) -> Page:
    """Of a marketer; their project has two templates, two events, a segment of everybody."""
    MembershipFactory.create(project=project, user__username="asha", role=Role.MARKETER)
    ProviderFactory.create(project=project)
    for name in (CART, ORDER):
        kind = EventKindFactory.create(project=project, name=name)
        kind.properties.create(name="Amount", type="number")
    for name in ("first", "second"):
        TemplateFactory.create(project=project, name=name)
    ProfilePropertyFactory.create(project=project, name="City", type="text")
    SegmentFactory.create(project=project, name="Anybody")
    page = open_page()
    sign_in(page, "asha")
    return page


@contextmanager
def late(page: Page, address: str) -> Iterator[None]:
    """The first answer comes only after what is done within, the others at once."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(address, hold)
    with page.expect_request(address):
        yield
    with page.expect_response(address):
        held[0].continue_()


def test_into_the_values_of_a_template_that_is_chosen_anew(page: Page) -> None:
    page.goto("/campaigns/campaign/add/")
    choose_template(page, "first")
    page.locator("#id_text-body-1").fill("friend")
    picker = page.locator("#slots [data-picker]")
    picker.locator("summary").click()
    with late(page, "**/parts/slots/"):
        picker.locator("label", has=page.get_by_text("second", exact=True)).click()
        page.locator("#id_text-body-1").fill("dear friend")
    expect(page.locator("#id_text-body-1")).to_have_value("dear friend")
    expect(page.locator(".phone-body")).to_contain_text("dear friend")


def test_into_the_conditions_of_another_event(page: Page) -> None:
    page.goto("/campaigns/campaign/add/")
    page.get_by_label("When something happens, to each person by themselves").check()
    page.locator("[name=did_event]").select_option(CART)
    expect(page.locator("[name='did_where-0:subject']")).to_be_visible()
    with late(page, "**/parts/occasion/**"):
        page.locator("[name=did_event]").select_option(ORDER)
        page.locator("[name='did_where-0:subject']").select_option("number:Amount")
    expect(page.locator("[name='did_where-1:subject']")).to_be_visible()
    expect(page.locator("[name='did_where-0:subject']")).to_have_value("number:Amount")
    page.locator("[name='did_where-0:value']").fill("500")
    expect(page.locator("#occasion-words")).to_contain_text("“Order placed” where Amount is")


def test_into_a_rule_that_gets_another_condition(page: Page) -> None:
    page.goto("/campaigns/segment/")
    page.get_by_role("link", name="Anybody").click()
    page.get_by_role("button", name="Add a condition").click()
    expect(page.locator("#f-0-subject")).to_be_visible()
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-added")).to_have_count(0)
    page.locator("#f-0-subject").select_option("property:City")
    expect(page.locator("#f-0-value")).to_be_visible()
    with late(page, "**/build/"):
        page.get_by_role("button", name="Add a condition").click()
        page.locator("#f-0-value").fill("Pune")
    expect(page.locator("#f-1-subject")).to_be_visible()
    expect(page.locator("#f-0-value")).to_have_value("Pune")
    expect(page.locator("#f-2-subject")).to_have_count(0)
