"""What holds over all campaigns is set once, told before a campaign goes out, and seen in what
became of it."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, Run
from campaigns.running.launching import launch
from campaigns.sending.claiming import claim_bulk
from campaigns.sending.finding_due import find_due
from campaigns.sending.recording import Ending, Result, record
from providers.models import Project, Role
from tests.browser.barriers import barriers
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.campaigns.drafts import ready
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 40


def send(campaign: Campaign) -> None:
    """As sending workers would."""
    launch(Run.objects.get(campaign=campaign).pk)
    claims = claim_bulk(find_due()[0], limit=PEOPLE)
    answers = [
        Result(
            message_id=claim.message_id,
            attempt=claim.attempt,
            ending=Ending.ACCEPTED,
            at=timezone.now(),
        )
        for claim in claims
    ]
    record(answers, [])


def publish(page: Page, campaign: Campaign) -> None:
    page.goto(f"/campaigns/campaign/{campaign.pk}/publish/")
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("is published.")).to_be_visible()
    send(campaign)


def test_a_cap_and_a_control_group_are_set_foreseen_and_seen_in_the_results(
    console: object, open_page: Opener, keep: Callable[[Page, str], None]
) -> None:
    member = MembershipFactory.create(role=Role.ADMIN, user__username="asha")
    first = ready(member.project, people=PEOPLE, name="Diwali")
    page = open_page()
    sign_in(page, "asha")
    page.goto("/providers/project/general/")
    page.get_by_label("Control group, in percent").fill("51")
    page.get_by_label("Messages to one person in 24 hours, at most").fill("0")
    set_by_hand(page)
    keep(page, "general-1280-light")
    assert barriers(page, knows_the_menu=True) == []
    held = Project.objects.get(pk=member.project_id)
    assert (held.control_percent, held.caps) == (30, ["1 in 24 hours", "3 in 7 days"])

    publish(page, first)
    page.reload()
    expect(page.get_by_text("In the project's control group")).to_be_visible()
    keep(page, "results-with-a-control-group-1280-light")

    page.goto("/campaigns/campaign/add/")
    page.get_by_text("Everybody in the project").click()
    reach = page.locator("#reach")
    expect(reach).to_contain_text("0 people would get it now, of 40")
    expect(reach).to_contain_text("Too many messages to this person")
    page.get_by_text("End, cut-off, quiet hours, speed and caps").click()
    expect(page.get_by_text("nobody gets more than 1 in 24 hours")).to_be_visible()
    page.get_by_label("Send it also to people who have had enough messages").check()
    expect(reach).not_to_contain_text("Too many messages to this person")
    keep(page, "campaign-that-asks-no-cap-1280-light")
    page.get_by_label("Send it also to people who have had enough messages").uncheck()
    page.locator("#id_name").fill("Holi")
    choose_template(page, first.variants.get().version.template.name)
    page.locator("#id_text-body-1").fill("friend")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("is saved.")).to_be_visible()

    second = Campaign.objects.get(name="Holi")
    page.goto(f"/campaigns/campaign/{second.pk}/publish/")
    expect(page.get_by_text("Nobody would get this campaign.")).to_be_visible()
    keep(page, "nobody-below-the-cap-1280-light")
    Project.objects.update(most_per_day=2)
    page.goto(f"/campaigns/campaign/{second.pk}/publish/")
    page.get_by_role("button", name="Publish now").click()
    Project.objects.update(most_per_day=1)
    send(second)
    page.goto(f"/campaigns/campaign/{second.pk}/change/")
    left_out = page.get_by_text("They had as many marketing messages as the project's caps allow")
    expect(left_out).to_be_visible()
    keep(page, "results-with-a-cap-1280-light")
    page.locator("#n-frequency_cap-").click()
    expect(page.locator("#result_list tbody tr").first).to_be_visible()

    phone = open_page(width=390, dark=True, state=page.context.storage_state())
    phone.goto("/providers/project/general/")
    keep(phone, "general-390-dark")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def set_by_hand(page: Page) -> None:
    """What can't be is refused beside its field."""
    save = page.get_by_role("button", name="Save", exact=True)
    page.locator("form").first.evaluate("form => form.noValidate = true")
    save.click()
    expect(page.get_by_text("A control group is from 1 to 50 in a hundred.")).to_be_visible()
    expect(page.get_by_text("A cap is from 1 to 1,000 messages.")).to_be_visible()
    page.get_by_label("Control group, in percent").fill("30")
    page.get_by_label("Messages to one person in 24 hours, at most").fill("1")
    page.get_by_label("In 7 days, at most").fill("3")
    save.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
