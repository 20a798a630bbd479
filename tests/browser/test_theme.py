"""The theme's own parts, in a browser that evaluates no text as code: every page, and what moves on
it. Whatever an attribute of the theme asks for and can't have shows up as an error of the page.
"""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from providers.models import Project, User
from templates_app.models import Template
from tests.browser.barriers import barriers
from tests.browser.conftest import Opener, sign_in
from tests.browser.watching import Watch
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    TemplateFactory,
    UserFactory,
)
from tests.test_tenants import ADDRESSES, LEADS_TO_LOGIN, MISSING_IS_FINE, rows_of_project

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NARROW = 390


@pytest.fixture
def shop() -> Project:
    return ProjectFactory.create(name="Tea shop")


@pytest.fixture
def page(shop: Project, open_page: Opener) -> Page:
    UserFactory.create(username="operator", is_superuser=True)
    opened = open_page()
    sign_in(opened, "operator")
    return opened


# Addresses that show something only where they are asked for it.
ASKED = {"campaigns_campaign_of_template": ("template", "templates_app_template")}
# Pressed as every button is that opens a dialog.
OPENER = """address => {
    const button = document.createElement("button");
    const asks = {"hx-get": address, "hx-swap": "innerHTML", "hx-target": "#modal-content"};
    const opens = {"x-on:htmx:after-on-load": "openModal = true"};
    const all = Object.entries({...asks, ...opens});
    all.forEach(([name, value]) => button.setAttribute(name, value));
    document.getElementById("main").append(button);
    htmx.process(button);
    setTimeout(() => button.click());
}"""


def all_shown(shop: Project) -> tuple[list[str], dict[str, str]]:
    """Addresses of the console that answer an operator with a page, and one of each kind of
    dialog, by its template."""
    rows, client = rows_of_project(shop), Client()
    client.force_login(User.objects.get(username="operator"))
    pages, dialogs = ["/login/"], dict[str, str]()
    for address in ADDRESSES.values():
        if address.name in LEADS_TO_LOGIN:
            continue
        url = address.url(rows)
        if address.name in ASKED:
            name, of = ASKED[address.name]
            url = f"{url}?{name}={rows[of].pk}"
        answer = client.get(url)
        content = getattr(answer, "content", b"")
        if answer.status_code == 200 and b"</html>" in content:
            pages.append(url)
        elif answer.status_code == 200 and b'id="dialog"' in content:
            dialogs.setdefault(answer.templates[0].name, url)
        elif answer.status_code == 404:
            assert address.name in {*MISSING_IS_FINE, "view_on_site"}
    return pages, dialogs


def test_no_page_asks_for_what_its_policy_forbids_or_keeps_somebody_out(
    shop: Project, page: Page, open_page: Opener
) -> None:
    (login, *addresses), dialogs = all_shown(shop)
    stranger = open_page()
    stranger.goto(login)
    found = {login: barriers(stranger, knows_the_menu=False)}
    for address in addresses:
        page.goto(address)
        # The theme shows the page only when all of its attributes were understood.
        expect(page.locator("html[x-cloak]")).to_have_count(0)
        found[address] = barriers(page, knows_the_menu=len(found) > 1)
    page.goto("/")
    for address in dialogs.values():
        with page.expect_response(f"**{address}"):
            page.evaluate(OPENER, address)
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        expect(page.locator("#dialog")).to_be_visible()
        found[address] = barriers(page, knows_the_menu=True, within="#dialog")
    assert {address: broken for address, broken in found.items() if broken} == {}
    assert (len(addresses) > 100, len(dialogs) > 10) == (True, True)


def test_no_text_becomes_code(page: Page) -> None:
    """Neither through the browser nor through what the theme brings along."""
    # In a moment of the page's own: what a test evaluates may evaluate more.
    refused = page.evaluate(
        """() => new Promise((done) => setTimeout(() => done(
            ["eval", "Function"].filter((name) => {
                try { window[name]("1"); return false; } catch { return true; }
            })
        )))"""
    )
    settings = page.evaluate("[htmx.config.allowEval, htmx.config.allowScriptTags]")
    assert (refused, settings) == (["eval", "Function"], [False, False])


def test_the_sidebar_hides_stays_hidden_and_opens_on_a_phone(page: Page) -> None:
    menu = page.locator("#nav-sidebar")
    expect(menu).to_be_visible()
    page.get_by_role("button", name="Show or hide the menu").click()
    expect(menu).to_be_hidden()
    page.reload()
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Show or hide the menu").click()
    expect(menu).to_be_visible()
    page.set_viewport_size({"width": NARROW, "height": 900})
    page.reload()
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Open the menu").click()
    expect(menu).to_be_visible()
    page.get_by_role("button", name="Close the menu").click()
    expect(menu).to_be_hidden()


@pytest.mark.parametrize(
    "of", ["campaigns/campaign", "templates_app/template", "campaigns/profile"]
)
def test_a_lists_buttons_fit_a_phone(shop: Project, page: Page, of: str) -> None:
    ProviderFactory.create(project=shop)
    TemplateFactory.create(project=shop)
    ProfileFactory.create(project=shop)
    CampaignFactory.create(project=shop)
    page.set_viewport_size({"width": NARROW, "height": 900})
    page.goto(f"/{of}/")
    expect(page.locator("#result_list")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW


def test_the_colours_switch_and_stay(page: Page) -> None:
    page.locator(".kb-user summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html.dark")).to_be_visible()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("html.dark")).to_be_visible()
    page.keyboard.press("Control+e")
    expect(page.locator("html.light")).to_be_visible()


def test_the_command_palette_finds_a_page_and_goes_there(page: Page) -> None:
    words = page.locator("#search-input-command")
    page.keyboard.press("Control+k")
    expect(words).to_be_focused()
    words.press("Escape")
    expect(words).to_be_hidden()
    page.keyboard.press("/")
    expect(words).to_be_focused()
    words.press_sequentially("custom")
    expect(page.locator("#command-results-list li").first).to_be_visible()
    words.press("ArrowDown")
    words.press("Enter")
    page.wait_for_url("**/campaigns/customlist/**")


def test_a_list_is_searched_filtered_and_acted_on(shop: Project, page: Page) -> None:
    TemplateFactory.create_batch(2, project=shop)
    page.goto("/templates_app/template/")
    page.locator("a", has_text="Filters").click()
    expect(page.locator("#changelist-filter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#changelist-filter")).to_be_hidden()
    page.locator("[name=_selected_action]").first.check()
    expect(page.locator("#changelist-actions")).to_be_visible()
    page.locator("[name=action]").select_option(index=1)
    expect(page.get_by_role("button", name="Run")).to_be_visible()


def test_a_lists_pages_are_turned(shop: Project, page: Page) -> None:
    CustomListFactory.create_batch(101, project=shop)
    page.goto("/campaigns/customlist/")
    page.get_by_role("link", name="2", exact=True).click()
    page.wait_for_url("**/campaigns/customlist/?p=2")


def test_fields_show_when_they_are_asked_for(shop: Project, page: Page) -> None:
    ProviderFactory.create(project=shop)
    page.goto("/providers/provider/")
    answer = page.locator("#id_auto_reply_text")
    expect(answer).to_be_hidden()
    page.locator("#id_auto_reply_enabled").check()
    expect(answer).to_be_visible()


def test_a_press_that_came_to_nothing_says_so(shop: Project, page: Page, watch: Watch) -> None:
    template = TemplateFactory.create(project=shop)
    page.goto(f"/templates_app/template/{template.pk}/change/")
    notice = page.locator("#not-now")
    page.route("**/clone/", lambda route: route.abort())
    page.get_by_role("button", name="Clone").click()
    expect(notice).to_contain_text("can't be reached just now. What you pressed may not")
    page.unroute("**/clone/")
    page.get_by_role("button", name="Clone").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(notice).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    removed = f"/templates_app/template/{template.pk + 1}/clone/"
    page.route(
        "**/clone/", lambda route: route.continue_(url=page.url.split("/templ")[0] + removed)
    )
    page.get_by_role("button", name="Clone").click()
    expect(notice).to_contain_text("There is nothing at this address. It may have been removed")
    expect(page.locator("#modal-overlay")).to_be_hidden()
    watch.complaints.clear()


def test_a_dialog_takes_the_keyboard_gives_it_back_and_acts_once(shop: Project, page: Page) -> None:
    template = TemplateFactory.create(project=shop)
    page.goto(f"/templates_app/template/{template.pk}/change/")
    page.get_by_role("button", name="Clone").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[name=name]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    opener = page.get_by_role("button", name="Clone")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()

    page.keyboard.press("Enter")
    dialog.locator("[name=name]").fill("pressed_twice")
    dialog.get_by_role("button", name="Clone").dblclick()
    expect(page.get_by_role("heading", name="pressed_twice")).to_be_visible()
    assert Template.objects.filter(name="pressed_twice").count() == 1
