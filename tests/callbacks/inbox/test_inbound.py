from datetime import UTC, datetime, timedelta

import pytest

from callbacks.models import Consequence, InboundMessage, Receipt, ReceiptState
from callbacks.parsers.inbound import NOBODY
from callbacks.receipts import processing
from campaigns.models import Event, EventName, Message, MessageKind, State
from providers.models import Conversation, Project
from tests.callbacks.posting import inbound
from tests.campaigns.recounting import recount, tallied
from tests.factories import (
    ConversationFactory,
    MessageFactory,
    ProfileFactory,
    ProjectFactory,
    ReceiptFactory,
    RunFactory,
    TallyFactory,
)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)  # the timestamp of `inbound`
PHONE, KEY = "+919000011122", 919000011122


def receive(project: Project, *payloads: object, at: datetime = NOW) -> Receipt:
    for payload in payloads:
        receipt = ReceiptFactory.create(project=project, payload=payload, received_at=at)
    processing.drain()
    return receipt


def test_what_comes_together_has_numbers_in_the_order_in_which_it_was_written(
    project: Project,
) -> None:
    texts = [f"Line {number}" for number in range(8)]
    stamps = [1772359200000 + (0 if number < 4 else number * 1000) for number in range(8)]
    written = [inbound(t, timestamp=str(s)) for t, s in zip(texts, stamps, strict=True)]

    receive(project, *written[:4], *reversed(written[4:]))

    assert list(InboundMessage.objects.order_by("id").values_list("text", flat=True)) == texts


def test_an_inbound_message_is_stored_with_all_it_says(project: Project) -> None:
    profile = ProfileFactory.create(project=project, phone=PHONE)

    receipt = receive(project, inbound("Is it in stock?"), at=NOW + timedelta(seconds=2))

    message = InboundMessage.objects.get()
    assert (
        message.project,
        message.receipt,
        message.phone,
        message.match_key,
        message.wa_number,
        message.name,
        message.type,
        message.text,
        message.at,
        message.received_at,
        message.profile,
        message.conversation,
    ) == (
        project,
        receipt,
        PHONE,
        KEY,
        "919000000001",
        "Asha",
        "text",
        "Is it in stock?",
        NOW,
        NOW + timedelta(seconds=2),
        profile,
        Conversation.objects.get(),
    )


@pytest.mark.parametrize("mobile", ["9000011122", "09000011122", "0919000011122", 9000011122])
def test_a_number_without_its_countrys_code_is_of_the_projects_country(
    project: Project, mobile: object
) -> None:
    profile = ProfileFactory.create(project=project, phone=PHONE)

    receive(project, inbound("STOP", mobile=mobile))

    message = InboundMessage.objects.get()
    assert (message.phone, message.match_key, message.profile) == (PHONE, KEY, profile)
    assert message.consequence == Consequence.OPTED_OUT


@pytest.mark.parametrize("mobile", ["6561234567", "0000011122"])
def test_where_two_numbers_or_none_may_be_meant_the_digits_stay(
    project: Project, mobile: str
) -> None:
    receive(project, inbound("Hello", mobile=mobile))

    assert InboundMessage.objects.get().phone == f"+{mobile}"


def test_media_keep_their_link_and_caption(project: Project) -> None:
    receive(
        project,
        inbound(
            type="image",
            text=None,
            image={
                "mime_type": "image/jpeg",
                "url": "https://media.example/ab12",
                "signature": "?sig=1",
                "caption": "my roof",
            },
        ),
    )

    message = InboundMessage.objects.get()
    assert (message.type, message.media) == (
        "image",
        {
            "type": "image",
            "url": "https://media.example/ab12?sig=1",
            "mime_type": "image/jpeg",
            "caption": "my roof",
            "filename": None,
        },
    )


@pytest.mark.parametrize("apart", [True, False])
def test_the_same_message_twice_is_stored_once(project: Project, apart: bool) -> None:
    if apart:
        receive(project, inbound())
        receive(project, inbound(), at=NOW + timedelta(minutes=5))
    else:
        receive(project, inbound(), inbound())

    assert InboundMessage.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Hello?"},
        {"mobile": "919000011123"},
        {"waNumber": "919000000009"},
        {"timestamp": "1772359201000"},
    ],
)
def test_another_text_phone_number_or_time_is_another_message(
    project: Project, other: dict[str, str]
) -> None:
    receive(project, inbound(), inbound(**other))

    assert InboundMessage.objects.count() == 2


def test_the_same_message_to_two_projects_is_two(project: Project) -> None:
    receive(project, inbound())
    receive(ProjectFactory.create(), inbound())

    assert InboundMessage.objects.count() == 2


def test_a_message_from_nobody_stays_with_its_callback_which_says_so(project: Project) -> None:
    receipt = receive(project, inbound(mobile=""))

    receipt.refresh_from_db()
    assert (InboundMessage.objects.count(), receipt.state, receipt.rejected) == (
        0,
        ReceiptState.NOT_UNDERSTOOD,
        [{"index": 0, "reason": NOBODY}],
    )


# Windows ------------------------------------------------------------------------------------------


def test_an_inbound_message_opens_the_window_for_a_day(project: Project) -> None:
    receive(project, inbound(), at=NOW + timedelta(minutes=1))

    conversation = Conversation.objects.get()
    assert (
        conversation.phone,
        conversation.name,
        conversation.last_inbound_at,
        conversation.window_until,
    ) == (PHONE, "Asha", NOW, NOW + timedelta(hours=24))


def test_a_clock_in_the_future_opens_it_no_longer(project: Project) -> None:
    receive(project, inbound(), at=NOW - timedelta(hours=3))

    assert Conversation.objects.get().window_until == NOW + timedelta(hours=21)


def test_a_late_message_never_shortens_a_window(project: Project) -> None:
    later = NOW + timedelta(hours=5)
    ConversationFactory.create(project=project, phone=PHONE, last_inbound_at=later)

    receive(project, inbound(), at=later)

    conversation = Conversation.objects.get()
    assert (conversation.last_inbound_at, conversation.window_until) == (
        later,
        later + timedelta(hours=24),
    )


def test_whatsapps_spellings_of_a_phone_share_a_conversation_and_a_profile(
    project: Project,
) -> None:
    profile = ProfileFactory.create(project=project, phone="+5511987654321", match_key=551187654321)

    receive(project, inbound(mobile="551187654321"), inbound("Oi", mobile="5511987654321"))

    assert Conversation.objects.count() == 1
    assert {message.profile for message in InboundMessage.objects.all()} == {profile}


# Replies ------------------------------------------------------------------------------------------


@pytest.fixture
def campaign_message(project: Project) -> Message:
    run = RunFactory.create(campaign__project=project)
    TallyFactory.create(run=run, name="sent", n=1)
    return MessageFactory.create(
        run=run, phone=PHONE, state=State.SENT, sent_at=NOW - timedelta(hours=1)
    )


def test_a_reply_is_credited_to_the_campaign_message_before_it(
    project: Project, campaign_message: Message
) -> None:
    receive(project, inbound("Yes " * 200))

    message = InboundMessage.objects.get()
    event = Event.objects.get()
    campaign_message.refresh_from_db()
    assert message.answers == campaign_message
    assert campaign_message.replied_at == NOW
    assert (event.name, event.dedupe, event.message) == (
        EventName.REPLIED,
        message.pk,
        campaign_message,
    )
    assert event.properties == {
        "Campaign id": campaign_message.campaign_id,
        "Campaign name": campaign_message.campaign.name,
        "Campaign type": "WhatsApp",
        "Provider": "Gupshup",
        "Channel": "WhatsApp",
        "Incoming Message Type": "text",
        "Incoming text": ("Yes " * 200)[:512],
        "Destination WABA number": "919000000001",
    }
    assert tallied(campaign_message.run) == recount(campaign_message.run)


@pytest.mark.parametrize("named", ["5145722132009541678-{id}-1", "{id}-1"])
def test_the_message_that_was_answered_is_found_by_its_id(
    project: Project, campaign_message: Message, named: str
) -> None:
    MessageFactory.create(
        run=RunFactory.create(campaign=campaign_message.campaign, number=2),
        phone=PHONE,
        state=State.SENT,
        sent_at=NOW - timedelta(minutes=1),
    )
    first, _, second = named.format(id=campaign_message.pk).rpartition("5145722132009541678-")
    reply = {"replyId": "5145722132009541678" if _ else None, "messageId": second or first}

    receive(project, inbound(**reply))

    assert InboundMessage.objects.get().answers == campaign_message


def test_a_reply_to_another_kind_of_message_is_nobodys_reply(project: Project) -> None:
    MessageFactory.create(
        run=None,
        project=project,
        kind=MessageKind.TEST,
        phone=PHONE,
        state=State.SENT,
        sent_at=NOW - timedelta(minutes=1),
    )

    receive(project, inbound())

    assert (InboundMessage.objects.get().answers, Event.objects.count()) == (None, 0)
