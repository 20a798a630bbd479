"""Somebody writes; a marketer answers, and the answer is seen without reloading."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from callbacks.receipts import processing
from campaigns.models import Message, MessageKind, Reason, State
from providers.models import Conversation, Project, Role
from templates_app.models import Template
from tests.browser.barriers import barriers
from tests.browser.conftest import Opener, choose_template, sign_in
from tests.callbacks.posting import inbound, report
from tests.factories import (
    MembershipFactory,
    ProjectFactory,
    ProviderFactory,
    ReceiptFactory,
    TemplateFactory,
)
from tests.templates_app.contents import content

pytestmark = pytest.mark.django_db(transaction=True)


def hear(project: Project, text: str, **fields: str) -> None:
    now = str(int(timezone.now().timestamp() * 1000))
    ReceiptFactory.create(project=project, payload=inbound(text, timestamp=now, **fields))
    processing.drain()


@pytest.fixture
def project(console: object) -> Project:
    project = ProjectFactory.create(name="Tea shop")
    ProviderFactory.create(project=project, auto_reply_enabled=True, auto_reply_text="Thank you!")
    MembershipFactory.create(project=project, user__username="asha", role=Role.MARKETER)
    TemplateFactory.create(project=project)
    hear(project, "Hello! Are you open on Sunday?")
    hear(project, "Stop!", mobile="919000011133", name="Ravi")
    return project


def test_a_marketer_reads_and_answers(
    project: Project, open_page: Opener, keep: Callable[[Page, str], None]
) -> None:
    page = open_page(width=1280)
    sign_in(page, "asha")
    expect(page.get_by_text("2 conversations wait to be read")).to_be_visible()
    page.get_by_role("link", name="Inbox").click()
    expect(page.get_by_text("Hello! Are you open on Sunday?")).to_be_visible()
    keep(page, "inbox-1280-light")
    hear(project, "Do you post abroad?", mobile="919000011144", name="Meera")
    expect(page.get_by_text("Do you post abroad?")).to_be_visible()
    expect(page.locator(".kb-mark")).to_contain_text("3", timeout=30_000)  # every 20 seconds

    page.get_by_role("link", name="Asha").click()
    expect(page.locator(".kcb-ours")).to_contain_text("Thank you!")
    expect(page.locator(".kb-mark")).to_contain_text("2")
    page.get_by_label("Your answer").fill("Yes, from 9 to 6.")
    page.reload()
    expect(page.get_by_label("Your answer")).to_have_value("Yes, from 9 to 6.")
    page.get_by_label("Your answer").press("Control+Enter")

    expect(page.locator(".kcb-ours").last).to_contain_text("Yes, from 9 to 6.")
    expect(page.get_by_label("Your answer")).to_have_value("")
    answer = Message.objects.get(kind=MessageKind.REPLY)
    Message.objects.filter(pk=answer.pk).update(state=State.FAILED, reason=Reason.REFUSED)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("It is on its way once more.")).to_be_visible()
    keep(page, "conversation-1280-light")
    hear(project, "Great, see you then")
    expect(page.locator(".kcb-line").last).to_contain_text("Great, see you then")
    page.get_by_role("button", name="Add to profiles").click()
    expect(page.get_by_text("They are among your profiles now.")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    keep(page, "conversation-390-light")
    answer_with_a_template(page, keep)
    assert Message.objects.filter(kind=MessageKind.REPLY).count() == 3


def answer_with_a_template(page: Page, keep: Callable[[Page, str], None]) -> None:
    """To the next one that waits, whose 24 hours end while the page is open."""
    page.get_by_role("link", name="Next unread").click()
    expect(page.get_by_label("Your answer")).to_be_visible()
    Conversation.objects.filter(name="Meera").update(window_until=timezone.now())
    expect(page.get_by_label("Your answer")).to_be_hidden()
    page.get_by_text("Answer with a template").click()
    choose_template(page, Template.objects.get().name)
    phone = page.get_by_label("What goes out")
    expect(phone).to_contain_text("{{1}}")
    page.locator("[name='value-body.1']").fill("Meera")
    expect(phone).to_contain_text("Hello Meera, our summer sale starts today.")
    keep(page, "template-answer-390-light")
    page.get_by_role("button", name="Send the template").click()
    expect(page.locator(".kcb-ours").last).to_contain_text("Hello Meera")


def test_a_template_is_chosen_by_keyboard(project: Project, open_page: Opener) -> None:
    """Its fields come once the list is shut, however that is done, and not with each arrow."""
    for word in ("again", "before"):
        TemplateFactory.create(project=project, name=word, content=content(f"Tea {word} noon."))
    page = open_page(width=390, dark=True)
    sign_in(page, "asha")
    talk = Conversation.objects.get(name="Asha")
    page.goto(f"/providers/conversation/{talk.pk}/change/")
    page.get_by_text("Answer with a template").click()
    picker = page.locator("[data-picker]")
    expect(picker.locator("[data-chosen]")).to_have_text("Choose an approved template …")
    picker.locator("summary").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(picker.locator("[data-chosen]")).to_contain_text("before")
    assert "template=" not in page.url
    page.keyboard.press("Escape")
    expect(page.get_by_label("What goes out")).to_contain_text("Tea before noon.")
    expect(picker.locator("[data-chosen]")).to_contain_text("before")
    assert barriers(page, knows_the_menu=False) == []


def test_a_payload_is_tried(
    project: Project, open_page: Opener, keep: Callable[[Page, str], None]
) -> None:
    page = open_page(width=390)
    sign_in(page, "asha")
    page.goto("/callbacks/receipt/")
    page.get_by_role("link", name="Try a payload").click()
    page.get_by_label("What Gupshup sent").fill('[{"externalId": "1-2"}]')
    page.get_by_role("button", name="Try it").click()

    expect(page.get_by_role("status")).to_contain_text("eventType is missing or empty")
    keep(page, "try-390-light")
    page.get_by_label("What Gupshup sent").fill(str([report(5)]).replace("'", '"'))
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("status")).to_contain_text("Understood: Delivery reports")
