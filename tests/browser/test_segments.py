"""A segment is built by mouse, chosen in a campaign, and another built by keyboard on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from campaigns.models import ProfileProperty, PropertyType, Segment
from providers.models import Project, Role
from tests.browser.barriers import barriers
from tests.browser.conftest import Opener, sign_in
from tests.campaigns.drafts import ready
from tests.factories import MembershipFactory, ProfileFactory

pytestmark = pytest.mark.django_db(transaction=True)


def people_of(project: Project) -> None:
    ProfileProperty.objects.create(project=project, name="City", type=PropertyType.TEXT)
    ProfileProperty.objects.create(project=project, name="VIP", type=PropertyType.BOOLEAN)
    for name, city, is_vip in (("Asha", "Pune", True), ("Meera", "Pune", False)):
        ProfileFactory.create(project=project, name=name, properties={"City": city, "VIP": is_vip})


def test_a_segment_is_built_by_mouse_and_by_keyboard(
    console: object, open_page: Opener, keep: Callable[[Page, str], None]
) -> None:
    member = MembershipFactory.create(role=Role.MARKETER, user__username="asha")
    people_of(member.project)
    page = open_page()
    sign_in(page, "asha")
    page.get_by_role("link", name="Segments").click()
    page.get_by_role("link", name="Build a segment").click()
    page.get_by_label("Name", exact=True).fill("Quiet VIPs in Pune")
    add = page.get_by_role("button", name="Add a condition")
    add.click()
    settled(page)
    page.locator("#f-0-subject").select_option("property:City")
    page.locator("#f-0-value").fill("pune")
    settled(page)
    add.click()
    settled(page)
    page.locator("#f-1-subject").select_option("property:VIP")
    expect(page.locator("#f-1-is")).to_be_visible()
    settled(page)
    add.click()
    settled(page)
    page.locator("#f-2-subject").select_option("campaign:clicked")
    expect(page.locator("#f-2-is")).to_be_visible()
    settled(page)
    page.locator("#f-2-is").select_option("did_not")
    found = page.locator("#segment-found")
    sentence = "City is “pune” and VIP is yes and they never clicked in any campaign"
    expect(found).to_contain_text(sentence)
    expect(found).to_contain_text("Asha")
    expect(found).not_to_contain_text("Meera")
    page.get_by_role("searchbox").fill("Meera")
    page.keyboard.press("Enter")
    why = page.locator("#segment-person")
    expect(why).to_contain_text("Meera is not in this segment.")
    expect(why).to_contain_text("No: VIP is yes (VIP: no)")
    keep(page, "segments-builder-1280-light")
    assert barriers(page, knows_the_menu=True) == []
    page.get_by_role("button", name="Remove condition 2").click()
    expect(found).to_contain_text("Meera")
    expect(why).to_contain_text("Meera is in this segment.")
    page.get_by_role("button", name="Undo").click()
    expect(found).not_to_contain_text("Meera")
    page.get_by_role("button", name="Save the segment").click()
    expect(page.get_by_text("is saved.")).to_be_visible()

    campaign = ready(member.project, people=0)
    page.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    page.get_by_text("People of segments and lists").click()
    page.locator(".kc-some").get_by_label("Quiet VIPs in Pune").check()
    expect(page.locator("#reach")).to_contain_text("1 person would get it now")
    keep(page, "campaign-to-a-segment-1280-light")

    phone = open_page(width=390, dark=True, state=page.context.storage_state())
    phone.goto("/campaigns/segment/add/")
    phone.get_by_label("Name", exact=True).focus()
    phone.keyboard.type("VIPs")
    tab_to(phone, "add-rule")
    phone.keyboard.press("Enter")
    expect(phone.locator("#f-0-subject")).to_be_visible()
    settled(phone)
    tab_to(phone, "f-0-subject", back=True)
    phone.keyboard.press("V")
    expect(phone.locator("#f-0-is")).to_be_visible()
    expect(phone.locator("#segment-found")).to_contain_text("VIP is yes")
    expect(phone.locator("#segment-found")).to_contain_text("Asha")
    keep(phone, "segments-builder-390-dark")
    phone.get_by_label("Name", exact=True).focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("is saved.")).to_be_visible()
    assert sorted(Segment.objects.values_list("name", flat=True)) == ["Quiet VIPs in Pune", "VIPs"]


def settled(page: Page) -> None:
    """What htmx has put in answers only then; nobody's hands are as quick."""
    under_way = page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")
    expect(under_way).to_have_count(0)


def tab_to(page: Page, ident: str, *, back: bool = False) -> None:
    for _ in range(20):
        if page.evaluate("document.activeElement.id") == ident:
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"{ident} is not reached by Tab")
