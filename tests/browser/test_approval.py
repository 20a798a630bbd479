"""A campaign is asked for, sent back with a word, changed, asked for again and approved."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from campaigns.models import Approval, Campaign, CampaignStatus, Outcome
from providers.models import Project, Role
from tests.browser.barriers import barriers
from tests.browser.conftest import Opener, sign_in
from tests.campaigns.drafts import ready
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)
Keep = Callable[[Page, str], None]


def test_an_approval_is_sent_back_and_then_given(
    console: object, project: Project, open_page: Opener, keep: Keep
) -> None:
    for name, role in (("asha", Role.MARKETER), ("ravi", Role.ADMIN)):
        MembershipFactory.create(
            project=project, role=role, user__username=name, user__first_name=name.title()
        )
    campaign = ready(project, people=3, name="Diwali")
    author, approver = open_page(), open_page()
    sign_in(author, "asha")
    sign_in(approver, "ravi")
    approver.goto("/providers/project/general/")
    approver.get_by_label("Campaigns need approval").check()
    approver.get_by_role("button", name="Save", exact=True).click()
    expect(approver.get_by_text("Saved.")).to_be_visible()

    ask(author, campaign)
    keep(author, "approval-waits-1280-light")

    approver.goto("/")
    approver.get_by_role("link", name="1 campaign waits for your approval").click()
    expect(approver.get_by_text("Asha asked")).to_be_visible()
    keep(approver, "approval-list-1280-light")
    approver.get_by_role("link", name="Diwali").click()
    approver.get_by_role("link", name="Look at it and decide").click()
    expect(approver.get_by_role("button", name="Approve and publish now")).to_be_visible()
    expect(approver.locator("#publish")).not_to_contain_text("Looking whether")
    keep(approver, "approval-last-page-1280-light")
    assert barriers(approver, knows_the_menu=True) == []
    approver.get_by_label("What has to change?").fill("Say friend instead of there.")
    approver.get_by_role("button", name="Return it").click()
    expect(approver.get_by_text("is a draft again, with your word.")).to_be_visible()

    author.reload()
    expect(author.get_by_text("Say friend instead of there.")).to_be_visible()
    keep(author, "approval-returned-1280-light")
    author.locator("#id_fallback-body-1").fill("friend")
    author.get_by_role("button", name="Save draft").click()
    expect(author.get_by_text("is saved.")).to_be_visible()
    ask(author, campaign)

    phone = open_page(width=390, dark=True, state=approver.context.storage_state())
    phone.goto(f"/campaigns/campaign/{campaign.pk}/publish/")
    expect(phone.get_by_role("button", name="Approve and publish now")).to_be_visible()
    keep(phone, "approval-last-page-390-dark")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="Approve and publish now").click()
    expect(phone.get_by_text("is approved and published.")).to_be_visible()
    author.reload()
    expect(author.get_by_text("Ravi has approved it.")).to_be_visible()
    keep(author, "approval-given-1280-light")
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.LAUNCHING
    outcomes = list(Approval.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == [Outcome.RETURNED, Outcome.APPROVED]


def ask(page: Page, campaign: Campaign) -> None:
    page.goto(f"/campaigns/campaign/{campaign.pk}/publish/")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("waits for approval. You get a mail")).to_be_visible()
