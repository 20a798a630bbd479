"""A live campaign: “cart, and no purchase within 2 hours”, with real events sent in by the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, Message, Profile, Reason
from campaigns.sending.reconciling import compare_segments
from providers.models import Project, Role, Scope
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.campaigns.living import CART, ORDER, draft
from tests.factories import (
    EventKindFactory,
    MembershipFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    ProviderFactory,
    SegmentFactory,
    TemplateFactory,
)
from tests.gateway_simulator import CREDENTIALS
from tests.providers.api.keys import key_of, program

pytestmark = pytest.mark.django_db(transaction=True)

Keep = Callable[[Page, str], None]


@pytest.fixture
def shop(console: object, project: Project) -> Project:
    MembershipFactory.create(project=project, user__username="asha", role=Role.MARKETER)
    ProviderFactory.create(project=project, rate=80, **CREDENTIALS)
    cart = EventKindFactory.create(project=project, name=CART)
    cart.properties.create(name="Amount", type="number")
    EventKindFactory.create(project=project, name=ORDER)
    return project


def test_a_cart_without_a_purchase_is_written_published_and_answered(
    shop: Project, workers: None, open_page: Opener, keep: Keep
) -> None:
    leaves, buys, little = ProfileFactory.create_batch(3, project=shop)
    template = TemplateFactory.create(project=shop)
    page = open_page()
    sign_in(page, "asha")
    write(page, template.name)
    keep(page, "live-form-1280-light")
    page.get_by_role("button", name="Review and publish").click()
    expect(page.locator(".kc-sentence")).to_contain_text("2 hours after somebody did “Cart left”")
    keep(page, "live-publish-1280-light")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator("#live-head .kb-pill")).to_have_text("Running")

    campaign = Campaign.objects.get()
    campaign.runs.update(started_at=timezone.now() - timedelta(days=1))
    left = timezone.now() - timedelta(hours=2, minutes=2)
    shop_program = program(key_of(shop, Scope.WRITE)[1])
    upload(shop_program, *[cart(who, left, 900) for who in (leaves, buys)], cart(little, left, 5))
    upload(
        shop_program,
        record(buys, ORDER, left + timedelta(hours=1)),
        cart(little, timezone.now(), 700),
    )

    expect(page.locator("#n-entered")).to_have_text("1 person waits")
    expect(page.locator("#live")).to_contain_text("They did the other thing meanwhile")
    messages = Message.objects.filter(campaign=campaign)
    assert dict(messages.values_list("profile", "reason")) in (
        {leaves.pk: "", buys.pk: Reason.CONDITION_FAILED},
    )
    keep(page, "live-page-1280-light")

    narrow = open_page(width=390, dark=True, state=page.context.storage_state())
    narrow.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    expect(narrow.locator("#n-entered")).to_be_visible()
    keep(narrow, "live-page-390-dark")
    narrow.goto("/campaigns/campaign/")
    expect(narrow.get_by_text("Live · when something happens")).to_be_visible()


def test_one_is_set_off_by_coming_into_a_segment(
    shop: Project, workers: None, open_page: Opener, keep: Keep
) -> None:
    ProfilePropertyFactory.create(project=shop, name="Points", type="number")
    gold = {"on": "number", "property": "Points", "is": "more", "value": 100}
    rule = {"version": 1, "match": "all", "conditions": [gold]}
    SegmentFactory.create(project=shop, name="Gold", rule=rule)
    before, comes = (
        ProfileFactory.create(project=shop, properties={"Points": points}) for points in (500, 5)
    )
    campaign = draft(shop)
    page = open_page()
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    expect(page.locator("[name=entered]")).to_be_hidden()
    page.get_by_label("A campaign's message is viewed, clicked or answered").check()
    expect(page.locator("[name=became_of]")).to_be_visible()
    page.get_by_label("Somebody comes into a segment").check()
    expect(page.locator("[name=did_event]")).to_be_hidden()
    expect(page.locator("[name=became_of]")).to_be_hidden()
    page.locator("[name=entered]").select_option(label="Gold")
    expect(page.locator("#occasion-words")).to_contain_text(
        "As soon as somebody has come into the segment “Gold”."
    )
    keep(page, "live-segment-form-1280-light")
    page.get_by_role("button", name="Review and publish").click()
    expect(page.locator(".kc-sentence")).to_contain_text("come into the segment “Gold”")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator("#live-head .kb-pill")).to_have_text("Running")

    answer = program(key_of(shop, Scope.WRITE)[1]).post(
        "/api/v1/profiles",
        {"records": [{"identity": comes.identity, "properties": {"Points": 101}}]},
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    campaign.runs.update(compared_at=timezone.now() - timedelta(minutes=5))
    compare_segments()

    expect(page.locator("#n-targeted")).to_have_text("1")
    assert list(Message.objects.values_list("profile", flat=True)) == [comes.pk] != [before.pk]
    keep(page, "live-segment-page-1280-light")


def begin(page: Page, name: str, template: str) -> None:
    page.goto("/campaigns/campaign/add/")
    page.locator("[name=name]").fill(name)
    page.get_by_label("Everybody in the project").check()
    choose_template(page, template)
    page.locator("#id_text-body-1").fill("friend")
    expect(page.locator(".kc-occasion")).to_be_hidden()
    page.get_by_label("When something happens, to each person by themselves").check()


def write(page: Page, template: str) -> None:
    begin(page, "Your cart waits", template)
    page.locator("[name=did_event]").select_option(CART)
    page.locator("[name='did_where-0:subject']").select_option("number:Amount")
    expect(page.locator("[name='did_where-1:subject']")).to_be_visible()
    page.locator("[name='did_where-0:is']").select_option("more")
    page.locator("[name='did_where-0:value']").fill("500")
    page.locator("[name=delay]").fill("2")
    page.locator("[name=unless_event]").select_option(ORDER)
    expect(page.locator("#occasion-words")).to_contain_text(
        "2 hours after somebody did “Cart left” where Amount is more than 500, if they did not do"
        " “Order placed” meanwhile."
    )


def cart(who: Profile, at: Any, amount: int) -> dict[str, Any]:
    return record(who, CART, at, Amount=amount)


def record(who: Profile, name: str, at: Any, **properties: Any) -> dict[str, Any]:
    told = {"identity": who.identity, "name": name, "at": at.isoformat()}
    return {**told, "properties": properties}


def upload(caller: Client, *records: dict[str, Any]) -> None:
    answer = caller.post(
        "/api/v1/events", {"records": list(records)}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
