"""A messy workbook becomes a list and a campaign; somebody leaves, is erased, and comes back."""

from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from callbacks.models import Receipt
from callbacks.receipts import processing
from callbacks.tasks import overwrite_erased
from campaigns.audience.erasing.carrying_out import carry_out
from campaigns.audience.imports.importing import run_import
from campaigns.models import (
    AudiencePart,
    Campaign,
    CampaignStatus,
    CustomList,
    Import,
    Profile,
    Reason,
    State,
    SubscriptionStart,
)
from providers.models import Project, Role
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.callbacks.posting import inbound
from tests.campaigns.audience.imports.uploads import imported
from tests.campaigns.audience.imports.workbooks import Rows, workbook
from tests.campaigns.audience.words.indexing import index_everybody
from tests.factories import (
    CampaignFactory,
    MembershipFactory,
    MessageFactory,
    ProjectFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
    TemplateFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

Keep = Callable[[Page, str], None]
PHONE, WORDS = "+919000011122", "Sign-up form: Send me offers by WhatsApp"
BIRTHDAY = date(1990, 5, 17)
# As people keep it: a hidden sheet in front, a title, merged cells, phones as numbers, no key.
FAIR = [
    ["Visitors of the summer fair"],
    [],
    ["Name", "Mobile", "E-mail", "Birthday", "MSG-whatsapp"],
    ["Asha Rao", 919000011121, "asha@example.com", BIRTHDAY, "TRUE"],
    ["Śrīnivāsa", "90000 11122", "not an address", BIRTHDAY, "TRUE"],
    ["Meera Nair", "+91-90000-11123", None, "no idea", "TRUE"],
    ["Zoya Das", "12", None, BIRTHDAY, "TRUE"],
    ["Asha Rao", 919000011121, "asha@example.com", BIRTHDAY, "TRUE"],
    ["Kabir Khan", "9000011124", None, BIRTHDAY, "FALSE"],
]
BOOK: Mapping[str, Rows] = {
    "Notes": [["Do not send"]],
    "Fair": FAIR,
    "Last year": [["Name"], ["Old"]],
}
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def shop(console: object, settings: Settings) -> Project:
    settings.ERASURE_KEY = "k" * 32
    project: Project = ProjectFactory.create(name="Tea shop")
    ProviderFactory.create(project=project)
    MembershipFactory.create(project=project, user__username="asha", role=Role.ADMIN)
    return project


def rest(page: Page) -> None:
    expect(page.locator(".htmx-request")).to_have_count(0)


def test_a_messy_workbook_becomes_a_list_and_a_campaign(
    shop: Project, open_page: Opener, keep: Keep
) -> None:
    template = TemplateFactory.create(project=shop)
    page = open_page()
    sign_in(page, "asha")
    upload_workbook(page, keep)
    say_what_is_in_it(page, keep)
    run_import(Import.objects.get().pk)  # as a worker does
    expect(page.get_by_text("Done.")).to_be_visible()
    figures = {"read": "6", "created": "4", "repeated": "1", "refused": "1", "incomplete": "2"}
    for name, figure in figures.items():
        expect(page.locator(f"#n-{name}")).to_have_text(figure)
    keep(page, "audience-import-1280-light")

    page.get_by_role("link", name="Make a campaign for these people").click()
    expect(page.get_by_role("checkbox", name="fair")).to_be_checked()
    page.locator("[name=name]").fill("After the fair")
    choose_template(page, template.name)
    page.locator("#id_text-body-1").fill("friend")
    expect(page.locator("#reach")).to_contain_text("3 people would get it now, of 4")
    rest(page)
    page.get_by_role("button", name="Review and publish").click()
    expect(page.locator(".kc-sentence")).to_contain_text("3 people get the template")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator("#live-head")).to_be_visible()

    campaign, fair = Campaign.objects.get(), CustomList.objects.get()
    assert (campaign.status, fair.name, fair.members.count()) == ("launching", "fair", 4)
    assert AudiencePart.objects.get(campaign=campaign).custom_list == fair
    meera = Profile.objects.get(phone="+919000011123")
    assert (meera.email, meera.properties, meera.subscribed) == ("", {}, True)


def upload_workbook(page: Page, keep: Keep) -> None:
    page.get_by_role("link", name="Imports", exact=True).click()
    page.get_by_role("link", name="Import a file").first.click()
    raw = workbook(BOOK, hidden=["Notes"])
    file = {"name": "fair.xlsx", "mimeType": EXCEL, "buffer": raw}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    keep(page, "audience-upload-1280-light")
    page.get_by_role("button", name="Upload and look at the columns").click()


def say_what_is_in_it(page: Page, keep: Keep) -> None:
    """What is wrong is told before anything happens, and how they agreed is written down."""
    expect(page.get_by_text("The sheet “Fair” of the workbook is read.")).to_be_visible()
    told = page.locator("#judged")
    expect(told).to_contain_text("1 would be refused")
    expect(told).to_contain_text("2 would come in without a value that is wrong")
    page.locator("[name=consent]").fill(WORDS)
    rest(page)
    keep(page, "audience-columns-1280-light")
    page.set_viewport_size({"width": 390, "height": 844})
    keep(page, "audience-columns-390-light")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("You may leave this page")).to_be_visible()


def test_somebody_left_is_erased_and_comes_back(
    shop: Project, open_page: Opener, keep: Keep
) -> None:
    them = somebody_who_left(shop)
    page = open_page()
    sign_in(page, "asha")
    look_why_they_get_nothing(page, them, keep)

    page.get_by_role("button", name="Erase…").click()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("This person is being erased.")).to_be_visible()
    keep(page, "audience-erasing-1280-light")
    carry_out()  # as a worker does
    overwrite_erased()
    look_for_them_everywhere(page)

    page.goto("/campaigns/profile/add/")
    page.locator("[name=identity]").fill("new-1")
    page.locator("[name=phone]").fill(PHONE)
    page.locator("[name=subscribed][value=true]").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"/campaigns/profile/{Profile.objects.get().pk}/change/")
    expect(page.get_by_text("by their own STOP")).to_be_visible()
    history = page.locator(".ki-history")
    expect(history).to_contain_text("They said so before they were erased.")
    expect(history).not_to_contain_text(WORDS)
    keep(page, "audience-returned-1280-light")


def somebody_who_left(shop: Project) -> Profile:
    """They agreed on a form, got one campaign, wrote STOP, and did not get the next."""
    imported(shop, f"identity,Name,Phone,MSG-whatsapp\nqx-4711,Śrīnivāsa Rao,{PHONE},TRUE\n")
    index_everybody()
    them = Profile.objects.get()
    SubscriptionStart.objects.update(words=WORDS)
    diwali = CampaignFactory.create(project=shop, name="Diwali", status=CampaignStatus.COMPLETED)
    MessageFactory.create(
        run=RunFactory.create(campaign=diwali),
        profile=them,
        state=State.SUPPRESSED,
        reason=Reason.NUMBER_BLOCKED,
    )
    now = str(int(timezone.now().timestamp() * 1000))
    payload = inbound("Stop!", mobile=PHONE[1:], name="Śrīnivāsa", timestamp=now)
    ReceiptFactory.create(project=shop, payload=payload)
    processing.drain()
    return them


def look_why_they_get_nothing(page: Page, them: Profile, keep: Keep) -> None:
    page.goto("/campaigns/profile/?q=srinivasa")
    page.locator("#result_list").get_by_role("link", name="Śrīnivāsa Rao").click()
    expect(page.get_by_text("by their own STOP")).to_be_visible()
    history = page.locator(".ki-history")
    expect(history).to_contain_text("Stop!")
    expect(history).to_contain_text(WORDS)
    page.locator("#why-not").select_option(label="Diwali")
    expect(page.locator("#why-not-answer")).to_contain_text("blocked")
    rest(page)
    keep(page, "audience-person-1280-light")
    page.set_viewport_size({"width": 390, "height": 844})
    keep(page, "audience-person-390-light")
    page.emulate_media(color_scheme="dark")
    keep(page, "audience-person-390-dark")
    page.set_viewport_size({"width": 1280, "height": 900})
    keep(page, "audience-person-1280-dark")
    page.emulate_media(color_scheme="light")


def look_for_them_everywhere(page: Page) -> None:
    """As somebody would who has to answer for it, asking with the browser's own session."""
    searches = [f"/campaigns/{each}/?{urlencode({'q': words})}" for words in SOUGHT
                for each in ("profile", "message")]  # fmt: skip
    receipt = f"/callbacks/receipt/{Receipt.objects.get().pk}/change/"
    for address in (*searches, receipt, *PLACES):
        answer = page.request.get(address)
        text = answer.text()
        found = [one for one in SOUGHT if one in text and urlencode({"q": one}) not in address]
        assert (address, answer.status, found) == (address, 200, [])


SOUGHT = ("rīnivāsa", PHONE[3:], "qx-4711", WORDS)
PLACES = (
    "/",
    "/campaigns/event/",
    "/callbacks/inboundmessage/",
    "/callbacks/receipt/",
    "/providers/conversation/",
    "/providers/auditentry/",
)
