"""Several variants: written card by card, one for each language; and a test with its rest."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, Decision, Message, Run, RunStatus, State, VariantsBy
from campaigns.planning.preflight import variants_of
from campaigns.running.launching import launch
from campaigns.sending.reconciling import reconcile
from providers.models import Project, Role
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.campaigns.states import count
from tests.factories import (
    CampaignFactory,
    MembershipFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    TemplateFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
Keep = Callable[[Page, str], None]
NOW = timezone.now()


@pytest.fixture
def shop(console: object) -> Project:
    """Connected, with people of three languages; "asha" may write campaigns."""
    project: Project = ProjectFactory.create()
    ProviderFactory.create(project=project)
    MembershipFactory.create(project=project, user__username="asha", role=Role.MARKETER)
    for code in ("en", "hi", "ta"):
        TemplateFactory.create(project=project, name=f"sale_{code}", language=code)
        ProfileFactory.create_batch(2, project=project, language=code)
    return project


def choose(page: Page, position: int, template: str) -> None:
    """In a card of several, until its fields are there."""
    picker = page.locator(".kc-variant").nth(position).locator("[data-picker]")
    picker.locator("summary").click()
    with page.expect_response(lambda response: response.url.endswith("/slots/")):
        picker.locator("label", has=page.get_by_text(template, exact=True)).click()
    expect(picker.locator("[data-chosen]")).to_contain_text(template)
    expect(page.locator(".htmx-request")).to_have_count(0)


def test_one_campaign_in_three_languages(shop: Project, open_page: Opener, keep: Keep) -> None:
    page = open_page()
    sign_in(page, "asha")
    page.goto("/campaigns/campaign/add/")
    page.locator("[name=name]").fill("Sale in three languages")
    page.locator("[name=audience][value=everybody]").check()
    choose_template(page, "sale_en")
    page.locator("#id_text-body-1").fill("friend")
    page.locator("[name=variants_by][value=language]").check()
    expect(page.locator(".kc-variant")).to_have_count(2)
    expect(page.locator("#id_v1-text-body-1")).to_have_value("friend")
    choose(page, 1, "sale_hi")
    page.get_by_role("button", name="Add a variant").click()
    expect(page.locator(".kc-variant")).to_have_count(3)
    choose(page, 2, "sale_ta")
    page.locator("#id_v2-text-body-1").fill("nanba")
    expect(page.locator("#reach")).to_contain_text("2 C · sale_ta (ta)")
    page.locator("#shown-variant").select_option("2")
    expect(page.locator(".phone-body")).to_contain_text("Hello nanba")
    keep(page, "variants-form-1280-light")
    page.get_by_role("button", name="Review and publish").click()
    expect(page.locator("#publish")).to_contain_text("one of 3 variants")
    expect(page.locator("#example h3")).to_have_count(3)
    expect(page.locator("#example .phone-body").nth(2)).to_contain_text("Hello nanba")
    keep(page, "variants-publish-1280-light")
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("” is published")).to_be_visible()

    (run,) = Run.objects.all()
    launch(run.pk)
    got = Message.objects.values_list("profile__language", "variant__version__template__language")
    assert sorted(set(got)) == [("en", "en"), ("hi", "hi"), ("ta", "ta")]


def test_the_keyboard_stays_where_it_works_among_the_variants(
    shop: Project, open_page: Opener
) -> None:
    page = open_page()
    sign_in(page, "asha")
    page.goto("/campaigns/campaign/add/")
    choose_template(page, "sale_en")
    several = page.locator("[name=variants_by][value=language]")
    several.press("Space")
    summaries = page.locator(".kc-variant [data-picker] > summary")
    expect(summaries).to_have_count(2)
    expect(several).to_be_focused()

    summaries.last.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_response(lambda response: response.url.endswith("/slots/")):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".htmx-request, .htmx-settling")).to_have_count(0)
    expect(page.locator(".kc-variant").nth(1).locator("input:checked")).to_be_focused()
    page.keyboard.press("Enter")
    expect(summaries.last).to_be_focused()

    page.get_by_role("button", name="Add a variant").press("Enter")
    expect(summaries).to_have_count(3)
    expect(summaries.last).to_be_focused()
    page.get_by_role("button", name="Take away variant B").press("Enter")
    expect(summaries).to_have_count(2)
    expect(summaries.last).to_be_focused()
    page.get_by_role("button", name="Add a variant").press("Enter")
    expect(summaries).to_have_count(3)
    page.get_by_role("button", name="Take away variant C").press("Enter")
    expect(summaries).to_have_count(2)
    expect(summaries.last).to_be_focused()


def test_a_variant_is_taken_away_on_a_phone(shop: Project, open_page: Opener, keep: Keep) -> None:
    campaign = CampaignFactory.create(project=shop, variants_by=VariantsBy.SPLIT)
    for position, share in enumerate((30, 30, 39)):
        VariantFactory.create(campaign=campaign, position=position, share=share)
    page = open_page(width=390, dark=True)
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    expect(page.locator("#what-head")).to_contain_text("The shares add up to 99 %")
    keep(page, "variants-form-390-dark")
    page.get_by_role("button", name="Take away variant B").click()
    expect(page.locator(".kc-variant")).to_have_count(2)
    page.locator("#id_share").fill("61")
    expect(page.locator("#what-head")).to_contain_text("Done")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("is saved")).to_be_visible()
    assert list(campaign.variants.order_by("position").values_list("share", flat=True)) == [61, 39]


def tried_out(shop: Project) -> Campaign:
    """A test that has gone out: B is ahead."""
    campaign: Campaign = CampaignFactory.create(
        project=shop,
        variants_by=VariantsBy.TEST,
        test_percent=50,
        decides_after=4,
        name="Which greeting?",
    )
    for position in (0, 1):
        VariantFactory.create(campaign=campaign, position=position)
    return campaign


def test_a_test_is_decided_by_hand(shop: Project, open_page: Opener, keep: Keep) -> None:
    ProfileFactory.create_batch(60, project=shop)
    campaign = tried_out(shop)
    page = open_page()
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    keep(page, "test-form-1280-light")
    page.get_by_role("button", name="Review and publish").click()
    expect(page.locator("#publish")).to_contain_text("wait for the winner")
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("” is published")).to_be_visible()
    run, rest = campaign.runs.order_by("number")
    launch(run.pk)
    _give_numbers(run)

    page.reload()
    expect(page.locator("#live")).to_contain_text("people wait for it")
    expect(page.locator("#live")).to_contain_text("Viewed: B is ahead")
    keep(page, "test-live-1280-light")
    page.locator(".kc-moves").get_by_role("button", name="Choose the winner").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("B ·").check()
    keep(page, "test-dialog-1280-light")
    dialog.get_by_role("button", name="Send it to the others").click()
    expect(page.locator("#live")).to_contain_text("Winner: B")
    phone = open_page(width=390, dark=True, state=page.context.storage_state())
    phone.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    expect(phone.locator("#live")).to_contain_text("Winner: B")
    keep(phone, "test-live-390-dark")
    rest.refresh_from_db()
    assert rest.status == RunStatus.LAUNCHING


def test_a_test_ends_with_its_winner_by_itself(
    shop: Project, open_page: Opener, keep: Keep
) -> None:
    """Nobody clicks: the page follows, from the test over the choice to those who waited."""
    ProfileFactory.create_batch(60, project=shop)
    campaign = tried_out(shop)
    Campaign.objects.update(decision=Decision.LEADER)  # of so few, chance can't be ruled out
    page = open_page()
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{campaign.pk}/publish/")
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("” is published")).to_be_visible()
    run, rest = campaign.runs.order_by("number")
    launch(run.pk)
    _give_numbers(run)
    live = page.locator("#live")
    expect(live).to_contain_text("people wait for it")

    Campaign.objects.update(decides_at=timezone.now())
    reconcile()
    launch(rest.pk)

    expect(live).to_contain_text("Winner: B")
    rest.outbox.all().delete()
    rest.messages.update(state=State.DELIVERED, sent_at=NOW, delivered_at=NOW)
    count(rest)
    reconcile()
    expect(page.locator("#live-head .kb-pill")).to_have_text("Completed")
    everybody = Message.objects.filter(run__campaign=campaign)
    assert everybody.count() == everybody.values("profile").distinct().count() == 66
    winner = variants_of(campaign)[1]
    assert set(rest.messages.values_list("variant", flat=True)) == {winner.pk}
    keep(page, "test-over-1280-light")


def _give_numbers(run: Run) -> None:
    run.messages.update(state=State.DELIVERED, sent_at=NOW, delivered_at=NOW)
    run.outbox.all().delete()
    first, second = variants_of(run.campaign)
    run.messages.filter(variant=second).update(state=State.READ, read_at=NOW)
    seen = run.messages.filter(variant=first).values("pk")[:4]
    Message.objects.filter(pk__in=list(seen.values_list("pk", flat=True))).update(
        state=State.READ, read_at=NOW
    )
    count(run)
