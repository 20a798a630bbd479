"""Somebody writes; a marketer answers, and the answer is seen without reloading."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from callbacks import processing
from campaigns.models import Message, MessageKind
from providers.models import Project, Role
from tests.browser.conftest import Opener, sign_in
from tests.callbacks.posting import inbound, report
from tests.factories import (
    MembershipFactory,
    ProjectFactory,
    ProviderFactory,
    ReceiptFactory,
    TemplateFactory,
)

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
    page.get_by_role("link", name="Inbox").click()
    expect(page.get_by_text("Hello! Are you open on Sunday?")).to_be_visible()
    keep(page, "inbox-1280-light")
    page.get_by_role("link", name="Asha").click()
    expect(page.locator(".kcb-ours")).to_contain_text("Thank you!")

    page.get_by_label("Your answer").fill("Yes, from 9 to 6.")
    page.get_by_role("button", name="Send").click()

    expect(page.locator(".kcb-ours").last).to_contain_text("Yes, from 9 to 6.")
    keep(page, "conversation-1280-light")
    hear(project, "Great, see you then")
    expect(page.locator(".kcb-line").last).to_contain_text("Great, see you then")
    page.get_by_role("button", name="Add to profiles").click()
    expect(page.get_by_text("They are among your profiles now.")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    keep(page, "conversation-390-light")
    assert Message.objects.filter(kind=MessageKind.REPLY).count() == 1


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
