"""From a campaign's results to what comes next: over time, a follow-up, a comparison, a file."""

import re
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from campaigns.models import (
    Campaign,
    CampaignKind,
    CampaignStatus,
    CustomList,
    Message,
    Run,
    State,
    VariantsBy,
)
from campaigns.tasks import write_exports
from providers.models import Project, Role
from tests.browser.barriers import barriers
from tests.browser.conftest import Opener, sign_in
from tests.campaigns.buttons import with_buttons
from tests.campaigns.recurring import daily
from tests.campaigns.results.lives import live
from tests.campaigns.states import NOON, count, fill
from tests.factories import (
    CampaignFactory,
    MembershipFactory,
    MessageFactory,
    ProfileFactory,
    ProviderFactory,
    RunFactory,
    TallyFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
Keep = Callable[[Page, str], None]
# Times are the project's, wherever somebody looks from.
WIDTHS = [
    (1280, False, "UTC"),
    (1280, True, "Pacific/Auckland"),
    (390, False, "America/St_Johns"),
    (390, True, "Asia/Kolkata"),
]
LOOK = "document.body.dispatchEvent(new Event('glance'))"
# How far the times below the lines stand apart, in pixels.
APART = """() => {
    const axis = Chart.getChart("over-time-chart").scales.x;
    const places = axis.getLabelItems().map(item => {
        axis.ctx.font = item.font.string;
        const half = axis.ctx.measureText(item.label).width / 2;
        const middle = item.options.translation[0];
        return {begins: middle - half, ends: middle + half};
    });
    return Math.min(...places.slice(1).map((place, n) => place.begins - places[n].ends));
}"""


def sale(project: Project, name: str) -> Run:
    """Ended, with somebody in every state, and figures over a day."""
    campaign = CampaignFactory.create(
        project=project,
        name=name,
        status=CampaignStatus.COMPLETED,
        published_at=NOON,
        finished_at=NOON + timedelta(hours=1),
    )
    VariantFactory.create(campaign=campaign)
    run = RunFactory.create(campaign=campaign, launched_at=NOON)
    fill(run)
    TallyFactory.create(run=run, name="targeted", n=sum(900 // n for n in range(1, 40)))
    for quarters in range(1, 40):
        at = NOON + timedelta(minutes=15 * quarters)
        for name_of_line, n in (("sent", 900 // quarters), ("delivered", 700 // quarters)):
            TallyFactory.create(run=run, name=name_of_line, quarter=at, n=n)
        TallyFactory.create(run=run, name="read", quarter=at, n=400 // quarters)
    return run


@pytest.fixture
def run(console: object) -> Run:
    provider = ProviderFactory.create(trial_ended_at=timezone.now())
    project = provider.project
    MembershipFactory.create(project=project, user__username="asha", role=Role.MARKETER)
    sale(project, "Mugs in March")
    return sale(project, "Tea in March")


def results_page(page: Page, run: Run) -> None:
    page.goto(f"/campaigns/campaign/{run.campaign_id}/change/")
    expect(page.locator(".ko-legend li")).to_have_count(6)


@pytest.mark.parametrize(("width", "dark", "zone"), WIDTHS)
def test_a_campaign_over_time_is_seen_heard_and_read(
    run: Run, open_page: Opener, keep: Keep, width: int, dark: bool, zone: str
) -> None:
    page = open_page(width=width, dark=dark, zone=zone)
    sign_in(page, "asha")
    results_page(page, run)
    keep(page, f"results-{width}-{'dark' if dark else 'light'}")

    assert page.evaluate(APART) > 12

    page.locator("#over-time-chart").focus()
    page.keyboard.press("Home")
    said = page.locator("#over-time-said")
    expect(said).to_have_text(re.compile(r"^1 Mar, 17:30: Sent 6, Delivered 3"))
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(re.compile(r"^1 Mar, 17:45: Sent 900, Delivered 700"))
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(re.compile(r"^2 Mar, 03:15: Sent 23"))
    keep(page, f"results-point-{width}-{'dark' if dark else 'light'}")

    page.get_by_label("Each point is one").select_option("hour")
    expect(page.locator("#over-time-table thead th").first).to_have_text("Hour")
    expect(page.locator(".ko-legend li")).to_have_count(6)
    page.get_by_text("The same as a table").click()
    expect(page.locator("#over-time-table tbody tr")).to_have_count(11)
    assert barriers(page, knows_the_menu=True) == []
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide


def ab_test(project: Project) -> Run:
    """Ended; of each variant three viewed it, and one of those clicked."""
    campaign = CampaignFactory.create(
        project=project,
        name="Which greeting?",
        variants_by=VariantsBy.SPLIT,
        status=CampaignStatus.COMPLETED,
        published_at=NOON,
        finished_at=NOON + timedelta(hours=1),
    )
    run: Run = RunFactory.create(campaign=campaign, launched_at=NOON)
    for position in (0, 1):
        variant = VariantFactory.create(campaign=campaign, position=position, share=50)
        for clicked_at in (None, None, NOON):
            viewed(run, variant=variant, clicked_at=clicked_at)
    count(run)
    return run


def viewed(run: Run, **fields: Any) -> Message:
    times = {"sent_at": NOON, "delivered_at": NOON, "read_at": NOON}
    message: Message = MessageFactory.create(run=run, state=State.READ, **times, **fields)
    return message


def goes_out(campaign: Campaign) -> None:
    """To those of its list, who all view it."""
    now = timezone.now()
    Campaign.objects.filter(pk=campaign.pk).update(
        status=CampaignStatus.COMPLETED, published_at=now, finished_at=now
    )
    run = RunFactory.create(campaign=campaign, launched_at=now)
    for member in CustomList.objects.get().members.all():
        viewed(run, profile=member.profile)
    count(run)


def test_from_an_ab_test_to_its_follow_up_and_to_the_comparison_of_both(
    run: Run, open_page: Opener, keep: Keep
) -> None:
    tested = ab_test(run.campaign.project)
    page = open_page()
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{tested.campaign_id}/change/")
    b = page.locator(".kc-by-variant tbody tr").nth(1)
    b.get_by_role("button", name="Put these people into a list: Viewed").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Viewed, variant B")
    dialog.get_by_label("Which of them").select_option(label="Not clicked")
    dialog.get_by_label("Go on with a campaign for them").check()
    keep(page, "ab-into-a-list-1280-light")
    dialog.get_by_role("button", name="Put them into the list").click()
    expect(page.locator("#id_lists_0")).to_be_checked()
    wanted = tested.messages.filter(variant__position=1, clicked_at=None)
    members = CustomList.objects.get().members.values_list("profile", flat=True)
    assert sorted(members) == sorted(wanted.values_list("profile", flat=True))

    page.locator("#id_name").fill("Have you seen it?")
    keep(page, "follow-up-1280-light")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("is saved")).to_be_visible()
    goes_out(Campaign.objects.get(name="Have you seen it?"))
    page.goto(f"/campaigns/campaign/{tested.campaign_id}/change/")
    page.get_by_role("link", name="Compare with others").click()
    page.get_by_label("Have you seen it?").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".ko-compare thead th")).to_have_count(3)
    expect(page.locator(".ko-compare")).to_contain_text("Which greeting?")
    assert barriers(page, knows_the_menu=True) == []
    keep(page, "compare-1280-light")
    page.set_viewport_size({"width": 390, "height": 900})
    keep(page, "compare-390-light")


@pytest.mark.parametrize("width", [1280, 390])
def test_people_leave_as_a_file(run: Run, open_page: Opener, keep: Keep, width: int) -> None:
    ProfileFactory.create(project=run.campaign.project, identity="u-1", name="Asha")
    page = open_page(width=width)
    sign_in(page, "asha")
    page.goto("/campaigns/profile/")
    page.get_by_role("button", name="Export them").click()
    keep(page, f"export-asked-{width}-light")
    page.get_by_role("dialog").get_by_role("button", name="Write the file").click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()

    write_exports()

    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible()
    assert barriers(page, knows_the_menu=True) == []
    keep(page, f"export-ready-{width}-light")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "everybody.csv"
    page.goto("/campaigns/export/")
    expect(page.get_by_role("link", name="Everybody")).to_be_visible()
    keep(page, f"exports-{width}-light")


def lively(project: Project) -> Campaign:
    """Recurring, with two runs: people clicked, pressed, wrote and left."""
    campaign: Campaign = CampaignFactory.create(
        project=project,
        name="Tea on Sundays",
        kind=CampaignKind.RECURRING,
        schedule=daily(NOON, project.time_zone),
        status=CampaignStatus.COMPLETED,
        published_at=NOON,
        finished_at=NOON + timedelta(days=8),
    )
    variant = VariantFactory.create(campaign=campaign, template__content=with_buttons())
    for number in (1, 2):
        began = NOON + timedelta(days=7 * (number - 1))
        run = RunFactory.create(
            campaign=campaign, number=number, due_key=began.date(), launched_at=began
        )
        Run.objects.filter(pk=run.pk).update(started_at=began)
        live(
            run,
            people=10 * number,
            since=began,
            lasts=timedelta(hours=9),
            chance=Random(number),
            variants=[variant],
        )
    return campaign


def found_by_hand(campaign: Campaign) -> int:
    """Whom a segment of those who viewed and did not click finds."""
    viewed = Message.objects.filter(campaign=campaign, read_at__isnull=False)
    clicked = Message.objects.filter(campaign=campaign, clicked_at__isnull=False)
    return (
        viewed.exclude(profile__in=clicked.values("profile")).values("profile").distinct().count()
    )


def press_while_written_anew(page: Page, button: Locator) -> None:
    """The keyboard's place outlives it that the part is looked at again, and so does a press."""
    button.focus()
    button.evaluate("button => { button.dataset.before = 'yes'; }")
    page.evaluate(LOOK)
    expect(page.locator("[data-before]")).to_have_count(0)
    expect(button).to_be_focused()
    button.hover()
    page.mouse.down()
    with page.expect_response("**/followed/"):
        page.evaluate(LOOK)
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.mouse.up()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_what_people_pressed_wrote_and_left_is_seen_and_leads_on(
    run: Run, open_page: Opener, keep: Keep, width: int, dark: bool
) -> None:
    campaign = lively(run.campaign.project)
    page = open_page(width=width, dark=dark)
    sign_in(page, "asha")
    page.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    expect(page.locator(".kc-runs-chart")).to_be_visible()
    expect(page.get_by_role("heading", name="Newest replies")).to_be_visible()
    buttons = page.get_by_role("region", name="Links and buttons", exact=True)
    expect(buttons).to_contain_text("Shop now")
    keep(page, f"buttons-{width}-{'dark' if dark else 'light'}")
    assert barriers(page, knows_the_menu=True) == []
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide

    press_while_written_anew(
        page, page.get_by_role("button", name="Put these people into a list: Opt-outs")
    )
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Go on with a campaign that leaves them out").check()
    keep(page, f"into-a-list-{width}-{'dark' if dark else 'light'}")
    dialog.get_by_role("button", name="Put them into the list").click()
    expect(page.locator("[name=without_lists]:checked")).to_have_count(1)
    left = CustomList.objects.get()
    assert page.locator("[name=without_lists]:checked").get_attribute("value") == str(left.pk)

    page.goto(f"/campaigns/campaign/{campaign.pk}/change/")
    page.get_by_role("button", name="Put these people into a list: Viewed", exact=True).click()
    page.get_by_role("dialog").get_by_label("Which of them").select_option(label="Not clicked")
    page.get_by_role("button", name="ask for them in a segment").click()
    expect(page.locator("#segment-found dd").first).to_have_text(str(found_by_hand(campaign)))
    keep(page, f"into-a-segment-{width}-{'dark' if dark else 'light'}")
    assert barriers(page, knows_the_menu=True) == []
