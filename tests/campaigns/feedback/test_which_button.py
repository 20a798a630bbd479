"""Which button was clicked or pressed, and that everybody is counted once for each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from campaigns.feedback.clicks import Click, apply_clicks
from campaigns.feedback.replies import Reply, credit
from campaigns.feedback.which_button import links_of, replies_of
from campaigns.models import BUTTON, Event, Message, Run, State
from templates_app.wording.reading import read_wording
from tests.campaigns.buttons import LATER, MINE, SHOP, with_buttons, with_cards
from tests.campaigns.recounting import recount, tallied
from tests.campaigns.states import count
from tests.factories import MessageFactory, RunFactory, VariantFactory

pytestmark = pytest.mark.django_db
T = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SALE, TAIL = "https://shop.example/sale", "https://shop.example/p/asha-7"


@pytest.fixture
def message() -> Message:
    run = RunFactory.create()
    variant = VariantFactory.create(campaign=run.campaign, template__content=with_buttons())
    message = MessageFactory.create(run=run, variant=variant, state=State.SENT, sent_at=T)
    count(run)
    return message


def run_of(message: Message) -> Run:
    assert message.run is not None
    return message.run


def click(message: Message, url: str, minute: int = 0) -> Click:
    at = T + timedelta(minutes=minute)
    return Click(
        project_id=message.project_id,
        message_id=message.pk,
        url=url,
        short_url="gs.example/a",
        user_agent="",
        at=at,
        printed_at=at,
    )


def press(message: Message, text: str, inbound_id: int = 1, *, named: bool = True) -> Reply:
    return Reply(
        project_id=message.project_id,
        inbound_id=inbound_id,
        match_key=message.send_key or 0,
        at=T + timedelta(hours=1),
        named=message.pk if named else None,
        properties={"Incoming Message Type": "button", "Incoming text": text},
    )


def by_button(message: Message) -> dict[str, int]:
    assert tallied(run_of(message)) == recount(run_of(message))
    return {name: n for name, n in tallied(run_of(message)).items() if ":" in name}


def test_each_link_has_its_clicks_and_its_people(message: Message) -> None:
    apply_clicks([click(message, SALE), click(message, SALE, 1), click(message, TAIL)])
    apply_clicks([click(message, SALE, 2), click(message, "https://elsewhere.example/", 3)])

    assert by_button(message) == {
        f"link:{SHOP}": 3,
        f"link_people:{SHOP}": 1,
        f"link:{MINE}": 1,
        f"link_people:{MINE}": 1,
    }
    told = Event.objects.order_by("pk").values_list(f"properties__{BUTTON}", flat=True)
    assert sorted(filter(None, told)) == [MINE, SHOP, SHOP, SHOP]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_people_are_counted_once_in_whatever_order_clicks_come(
    message: Message, order: tuple[int, ...]
) -> None:
    for minute in order:
        apply_clicks([click(message, SALE, minute), click(message, SALE, minute)])
    assert by_button(message) == {f"link:{SHOP}": 3, f"link_people:{SHOP}": 1}


def test_a_quick_reply_counts_each_person_once(message: Message) -> None:
    credit([press(message, LATER, 1), press(message, LATER, 2)])
    credit([press(message, LATER, 3), press(message, "Yes please", 4)])
    assert by_button(message) == {f"pressed:{LATER}": 1, "pressed:Yes please": 1}


@pytest.mark.parametrize(
    "said",
    [
        lambda m: press(m, LATER, named=False),
        lambda m: press(m, ""),
        lambda m: Reply(
            project_id=m.project_id,
            inbound_id=1,
            match_key=m.send_key,
            at=T + timedelta(hours=1),
            named=m.pk,
            properties={"Incoming Message Type": "text", "Incoming text": LATER},
        ),
    ],
    ids=["of another message", "without words", "typed"],
)
def test_what_is_no_press_of_this_message_counts_as_a_reply_alone(
    message: Message, said: Callable[[Message], Reply]
) -> None:
    credit([said(message)])
    assert by_button(message) == {}
    assert tallied(run_of(message))["replied"] == 1


def test_words_that_are_too_long_are_cut_and_still_counted(message: Message) -> None:
    credit([press(message, "w" * 500)])
    assert by_button(message) == {f"pressed:{'w' * 40}": 1}


def test_cards_name_their_place() -> None:
    wording = read_wording(with_cards("https://a.example/1", "https://a.example/12"))
    assert links_of(wording) == {
        f"Card 1: {SHOP}": "https://a.example/1",
        f"Card 2: {SHOP}": "https://a.example/12",
    }
    assert replies_of(wording) == [LATER]


def test_of_two_links_that_begin_alike_the_longer_one_is_meant() -> None:
    run = RunFactory.create()
    content = with_cards("https://a.example/1", "https://a.example/12")
    variant = VariantFactory.create(campaign=run.campaign, template__content=content)
    message = MessageFactory.create(run=run, variant=variant, state=State.SENT, sent_at=T)
    count(run)
    apply_clicks([click(message, "https://a.example/12?utm=x")])
    assert by_button(message) == {f"link:Card 2: {SHOP}": 1, f"link_people:Card 2: {SHOP}": 1}
