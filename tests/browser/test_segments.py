"""A segment is built by mouse, sent to, and who failed is left out of the next campaign; the same
is built by keyboard alone on a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.audience.segments.slow_estimates import count_what_waits
from campaigns.models import (
    Campaign,
    EventKind,
    Occurrence,
    ProfileProperty,
    PropertyType,
    Reason,
    Run,
    Segment,
)
from campaigns.running.launching import launch
from campaigns.sending.claiming import claim_bulk
from campaigns.sending.finding_due import find_due
from campaigns.sending.recording import Ending, Result, record
from providers.models import Project, Role
from tests.browser.barriers import barriers
from tests.browser.conftest import Opener, sign_in
from tests.campaigns.audience.words.indexing import index_everybody
from tests.campaigns.drafts import ready
from tests.factories import MembershipFactory, ProfileFactory

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = (
    "City is “pune” and VIP is yes and they did “Ordered” at least 2 times in the last 30 days and "
    "they never clicked in any campaign"
)


def people_of(project: Project) -> None:
    ProfileProperty.objects.create(project=project, name="City", type=PropertyType.TEXT)
    ProfileProperty.objects.create(project=project, name="VIP", type=PropertyType.BOOLEAN)
    ordered = EventKind.objects.create(project=project, name="Ordered", key="ordered")
    for name, is_vip, orders in (("Asha", True, 2), ("Meera", False, 2), ("Ravi", True, 1)):
        known = {"City": "Pune", "VIP": is_vip}
        person = ProfileFactory.create(project=project, name=name, properties=known)
        for number in range(orders):
            Occurrence.objects.create(
                kind=ordered,
                profile=person,
                at=timezone.now() - timedelta(minutes=number + 1),
                fingerprint=person.pk * 10 + number,
            )


def test_a_segment_is_built_by_mouse_and_by_keyboard(
    console: object, open_page: Opener, keep: Callable[[Page, str], None]
) -> None:
    member = MembershipFactory.create(role=Role.MARKETER, user__username="asha")
    people_of(member.project)
    index_everybody()
    page = open_page()
    sign_in(page, "asha")
    page.get_by_role("link", name="Segments").click()
    page.get_by_role("link", name="Build a segment").click()
    page.get_by_role("button", name="Save the segment").click()
    expect(page.get_by_text("Give the segment a name.")).to_be_visible()
    page.locator("#segment-name").fill("Quiet VIPs in Pune")
    expect(page.get_by_text("Give the segment a name.")).to_have_count(0)
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
    page.locator("#f-2-subject").select_option("event:Ordered")
    expect(page.locator("#f-2-is")).to_be_visible()
    settled(page)
    page.locator("#f-2-is").select_option("at_least")
    page.locator("#f-2-times").fill("2")
    page.locator("#f-2-when").select_option("last")
    page.locator("#f-2-last").fill("30")
    add.click()
    settled(page)
    page.locator("#f-3-subject").select_option("campaign:clicked")
    expect(page.locator("#f-3-is")).to_be_visible()
    settled(page)
    page.locator("#f-3-is").select_option("did_not")
    found = page.locator("#segment-found")
    expect(found).to_contain_text(SENTENCE)
    count_what_waits(member.project.pk)
    expect(found).to_contain_text("Asha")
    expect(found).not_to_contain_text("Ravi")
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

    campaign = ready(member.project, people=0, name="Diwali")
    page.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    page.get_by_text("People of segments and lists").click()
    page.locator(".kc-some").get_by_label("Quiet VIPs in Pune").check()
    expect(page.locator("#reach")).to_contain_text("1 person would get it now")
    keep(page, "campaign-to-a-segment-1280-light")
    page.get_by_role("button", name="Review and publish").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("is published.")).to_be_visible()
    everybody_fails(campaign)

    page.reload()
    page.get_by_role("link", name="Leave these people out of a new campaign").click()
    page.get_by_text("Everybody in the project").click()
    expect(page.locator("#reach")).to_contain_text("2 people would get it now, of 3")
    expect(page.locator("#reach")).to_contain_text(f"those of “{campaign}” who failed to get it")
    keep(page, "campaign-without-who-failed-1280-light")

    phone = open_page(width=390, dark=True, state=page.context.storage_state())
    build_by_keyboard(phone, member.project)
    keep(phone, "segments-builder-390-dark")
    phone.locator("#segment-name").focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("is saved.")).to_be_visible()
    by_mouse, by_keyboard = Segment.objects.order_by("pk").values_list("rule", flat=True)
    assert by_mouse == by_keyboard
    phone.goto(page.url)
    phone.get_by_text("People of segments and lists").click()
    keep(phone, "campaign-without-who-failed-390-dark")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def everybody_fails(campaign: Campaign) -> None:
    """As sending workers would find it."""
    launch(Run.objects.get(campaign=campaign).pk)
    results = [
        Result(
            message_id=claim.message_id,
            attempt=claim.attempt,
            ending=Ending.FAILED,
            at=timezone.now(),
            code="105",
            reason=Reason.REFUSED,
        )
        for claim in claim_bulk(find_due()[0], limit=9)
    ]
    record(results, [])


def build_by_keyboard(phone: Page, project: Project) -> None:
    phone.goto("/campaigns/segment/add/")
    phone.locator("#segment-name").focus()
    phone.keyboard.type("Quiet VIPs")
    for number, words in enumerate(("City", "VIP", "Did Ordered", "Clicked")):
        tab_to(phone, "add-rule")
        phone.keyboard.press("Enter")
        expect(phone.locator(f"#f-{number}-subject")).to_be_visible()
        settled(phone)
        tab_to(phone, f"f-{number}-subject", back=True)
        phone.keyboard.type(words)
        expect(phone.locator(f"#f-{number}-is")).to_be_visible()
        settled(phone)
        if words == "City":
            tab_to(phone, "f-0-value")
            phone.keyboard.type("pune")
        if words == "Did Ordered":
            twice_in_30_days(phone)
    tab_to(phone, "f-3-is")
    phone.keyboard.type("did not")
    found = phone.locator("#segment-found")
    expect(found).to_contain_text(SENTENCE)
    count_what_waits(project.pk)  # as a worker, where typing was quicker than counting
    expect(found).to_contain_text("Asha")
    expect(found).not_to_contain_text("Meera")


def twice_in_30_days(phone: Page) -> None:
    for field, words in (("is", "at least"), ("times", "2"), ("when", "in the"), ("last", "30")):
        expect(phone.locator(f"#f-2-{field}")).to_be_visible()
        settled(phone)
        tab_to(phone, f"f-2-{field}")
        phone.keyboard.type(words)


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
