"""Long words and narrow screens: nothing bursts, and a list shows many."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from callbacks.receipts import processing
from campaigns.models import CampaignStatus, Message, Reason, State
from providers.models import Conversation, Project
from templates_app.models import Kind, Template
from tests.browser.conftest import Opener, sign_in
from tests.callbacks.posting import inbound
from tests.campaigns.states import count
from tests.factories import (
    CustomListFactory,
    MessageFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
    TemplateFactory,
    UserFactory,
    VariantFactory,
)
from tests.templates_app.contents import IMAGE, SHOP, card, carousel, content

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Keep = Callable[[Page, str], None]
WIDTHS = (390, 1280)
WORD = "Donaudampfschifffahrtsgesellschaft" * 3
LINK = f"https://shop.example/{'sale-' * 40}"
CARDS = (
    ".phone, .phone-bubble, .phone-card, .phone-below, .kb-card, .tpl-side-inner, #result_list td"
)
BURST = f"""() => [document.documentElement, ...document.querySelectorAll("{CARDS}")]
    .filter(card => card.scrollWidth > card.clientWidth + 1)
    .map(card => `${{card.tagName}}.${{card.className}}: ${{card.innerText.slice(0, 60)}}`)"""
# Of a list: how many entries stand wholly on the first screen, and what of them is shown empty.
ENTRIES = """() => {
    const rows = [...document.querySelectorAll("#result_list tr.data-row")];
    const cells = rows.flatMap(row => [...row.querySelectorAll("th, td:not(:has(input))")]);
    const shown = cells.filter(cell => cell.checkVisibility());
    return {
        seen: rows.filter(row => row.getBoundingClientRect().bottom <= innerHeight).length,
        empty: shown.filter(cell => /^[-–\\s]*$/.test(cell.innerText)).length,
    };
}"""


@pytest.fixture
def shop(console: object) -> Project:
    return ProjectFactory.create(name="Tea shop")


@pytest.fixture
def state(shop: Project, open_page: Opener) -> Any:
    UserFactory.create(username="operator", is_superuser=True)
    page = open_page()
    sign_in(page, "operator")
    return page.context.storage_state()


def templates(shop: Project) -> tuple[Template, Template]:
    header = {**IMAGE, "example": {"header_handle": [f"{LINK}.jpg"]}}
    body = f"{{{{1}}}} {WORD} {LINK}"
    basic = content(body, samples=[WORD], header=header, footer="F" * 60, buttons=[SHOP])
    cards = [card("W" * 150, header=header), card(LINK[:150], header=header)]
    return (
        TemplateFactory.create(project=shop, name="w" * 200, content=basic),
        TemplateFactory.create(
            project=shop, name="cards", kind=Kind.CAROUSEL, content=carousel(*cards, body=WORD)
        ),
    )


def sent(template: Template, shop: Project) -> Message:
    """It failed, with long words of Gupshup's."""
    variant = VariantFactory.create(
        campaign__project=shop,
        campaign__name=WORD[:100],
        campaign__status=CampaignStatus.COMPLETED,
        version=template.current,
        values={"body.1": {"text": "{{ profile.name }}"}, "header.media": {"text": f"{LINK}.jpg"}},
    )
    person = ProfileFactory.create(
        project=shop, name=WORD, identity=f"id-{WORD}", phone="+919000011122", email=f"{WORD}@a.b"
    )
    run = RunFactory.create(campaign=variant.campaign)
    failed = {"state": State.FAILED, "reason": Reason.REFUSED, "code": "105", "detail": LINK}
    message: Message = MessageFactory.create(
        run=run, variant=variant, profile=person, phone=person.phone, attempt=1, **failed
    )
    count(run)
    return message


def heard(shop: Project) -> Conversation:
    now = str(int(timezone.now().timestamp() * 1000))
    said = inbound(f"{WORD} {LINK}", timestamp=now, name=WORD)
    ReceiptFactory.create(project=shop, payload=said)
    processing.drain()
    return Conversation.objects.get()


def pages(shop: Project) -> dict[str, str]:
    ProviderFactory.create(project=shop)
    basic, cards = templates(shop)
    message, talk = sent(basic, shop), heard(shop)
    draft = VariantFactory.create(
        campaign__project=shop, campaign__name=WORD[:100], version=cards.current
    )
    people = CustomListFactory.create(project=shop, name=WORD[:100])
    rows: tuple[Any, ...] = (
        basic,
        cards,
        message,
        message.campaign,
        draft.campaign,
        message.profile,
        talk,
        people,
    )
    lists = ("/templates_app/template/", "/campaigns/campaign/", "/campaigns/message/")
    return {
        **{f"{row._meta.model_name}-{row.pk}": page_of(row) for row in rows},
        **{name: name for name in (*lists, "/campaigns/profile/", "/providers/conversation/")},
    }


def page_of(row: Any) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk])


def test_long_words_and_links_burst_nothing(
    shop: Project, state: Any, open_page: Opener, keep: Keep
) -> None:
    page, burst = open_page(state=state), {}
    for name, address in pages(shop).items():
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            keep(page, f"long-{name.strip('/').replace('/', '-')}-{width}")
            burst[f"{name} at {width}"] = page.evaluate(BURST)
    assert {name: cards for name, cards in burst.items() if cards} == {}


@pytest.mark.parametrize(("of", "title"), [("profile", "Profiles"), ("message", "Messages")])
def test_a_list_shows_many_to_a_screen_and_its_title(
    shop: Project, state: Any, open_page: Opener, keep: Keep, of: str, title: str
) -> None:
    run = RunFactory.create(campaign__project=shop)
    for person in ProfileFactory.create_batch(9, project=shop):
        MessageFactory.create(run=run, profile=person, phone=person.phone)
    page = open_page(width=390, state=state)
    page.goto(f"/campaigns/{of}/")
    keep(page, f"many-{of}-390")
    expect(page.get_by_role("heading", name=title)).to_be_in_viewport(ratio=1)
    shown = page.evaluate(ENTRIES)
    assert (shown["seen"] >= 4, shown["empty"]) == (True, 0), shown
