"""People whose number WhatsApp keeps back: told apart by its id of theirs for this business."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.utils import timezone

from callbacks.inbox.team_answers import AnswerRefusedError, answer_with_text
from callbacks.models import Consequence, InboundMessage
from callbacks.receipts import processing
from campaigns.audience.subscriptions import is_blocked, words_of_block
from campaigns.models import Message, MessageKind
from providers.models import Conversation, Project, Provider
from providers.phones.numbers import key_of_person_id
from providers.watch.actors import SYSTEM
from tests.callbacks.posting import inbound
from tests.factories import ProfileFactory, ProjectFactory, ProviderFactory, ReceiptFactory

ASHA, RAVI = "IN.1A2b3C4d5E6f", "IN.9Z8y7X6w"
PHONE, KEY = "+919000011122", 919000011122
WITHOUT = {"mobile": None, "user_id": ASHA}


@pytest.fixture
def provider(project: Project) -> Provider:
    return ProviderFactory.create(
        project=project, auto_reply_enabled=True, auto_reply_text="Thanks!", number="+919000000001"
    )


def hear(project: Project, *told: tuple[str, Mapping[str, object]]) -> None:
    """All in one batch."""
    stamp = str(int(timezone.now().timestamp() * 1000))
    for text, fields in told:
        payload = inbound(text, **({"timestamp": stamp} | fields))
        ReceiptFactory.create(project=project, payload=payload)
    processing.drain()


@pytest.mark.parametrize(
    "fields", [{"mobile": None, "user_id": ASHA}, {"mobile": "", "userId": ASHA}, {"mobile": ASHA}]
)
def test_somebody_without_a_number_has_a_conversation(
    provider: Provider, fields: dict[str, object]
) -> None:
    hear(provider.project, ("Hello", fields), ("Are you open?", fields))

    conversation = Conversation.objects.get()
    assert (conversation.phone, conversation.person_id, conversation.name) == ("", ASHA, "Asha")
    assert conversation.match_key == key_of_person_id(ASHA) < 0
    assert (
        list(
            InboundMessage.objects.order_by("id").values_list(
                "phone", "match_key", "person_id", "conversation", "consequence"
            )
        )
        == [("", None, ASHA, conversation.pk, Consequence.HELD_NO_PHONE)] * 2
    )
    assert not Message.objects.exists()


def test_the_same_words_of_two_people_without_a_number_are_two_messages(project: Project) -> None:
    hear(project, ("Hello", WITHOUT), ("Hello", WITHOUT | {"user_id": RAVI}), ("Hello", WITHOUT))

    assert sorted(InboundMessage.objects.values_list("person_id", flat=True)) == [ASHA, RAVI]
    assert Conversation.objects.count() == 2


def test_nobody_can_be_answered_without_a_number(provider: Provider) -> None:
    hear(provider.project, ("Hello", WITHOUT))

    with pytest.raises(AnswerRefusedError, match="keeps this person's number back"):
        answer_with_text(Conversation.objects.get(), "Hello!", at=timezone.now(), by=SYSTEM)
    assert not Message.objects.exists()


@pytest.mark.parametrize("at_once", [True, False])
def test_who_wrote_with_a_number_once_is_recognized_without_it(
    provider: Provider, at_once: bool
) -> None:
    profile = ProfileFactory.create(project=provider.project, phone=PHONE)
    told = [("Hello", {"user_id": ASHA}), ("And tomorrow?", WITHOUT)]
    for batch in [told] if at_once else [[one] for one in told]:
        hear(provider.project, *batch)

    conversation = Conversation.objects.get()
    assert (conversation.phone, conversation.person_id) == (PHONE, ASHA)
    assert set(
        InboundMessage.objects.values_list("phone", "conversation", "profile", "consequence")
    ) == {(PHONE, conversation.pk, profile.pk, Consequence.HELD_KNOWN)}


def test_a_number_is_known_in_its_own_project_only(project: Project) -> None:
    hear(project, ("Hello", {"user_id": ASHA}))
    hear(other := ProjectFactory.create(), ("Hello", WITHOUT))

    assert Conversation.objects.get(project=other).phone == ""


def test_what_was_written_before_the_number_was_told_joins_its_conversation(
    provider: Provider,
) -> None:
    hear(provider.project, ("First", WITHOUT))
    hear(provider.project, ("Second", {"user_id": ASHA}))

    conversation = Conversation.objects.get()
    assert (conversation.phone, conversation.match_key) == (PHONE, KEY)
    assert list(
        InboundMessage.objects.order_by("id").values_list("text", "conversation", "consequence")
    ) == [
        ("First", conversation.pk, Consequence.HELD_NO_PHONE),
        ("Second", conversation.pk, Consequence.AUTO_REPLIED),
    ]


def test_a_stop_without_a_number_counts_as_soon_as_the_number_is_told(provider: Provider) -> None:
    hear(provider.project, ("STOP", WITHOUT))
    assert InboundMessage.objects.get().consequence == Consequence.OPTED_OUT
    assert not Message.objects.exists()

    hear(provider.project, ("It is me again", {"user_id": ASHA}))

    assert is_blocked(provider.project, KEY)
    assert words_of_block(provider.project, KEY) == "STOP"
    assert InboundMessage.objects.latest("pk").consequence == Consequence.HELD_BLOCKED
    assert not Message.objects.exists()


@pytest.mark.parametrize("is_last", [True, False])
def test_a_stop_without_a_number_counts_from_when_it_was_said(
    provider: Provider, is_last: bool
) -> None:
    """The phone, not known to be the same person's, was heard meanwhile."""
    now = timezone.now()
    earlier, later = (str(int((now - timedelta(minutes=m)).timestamp() * 1000)) for m in (20, 10))
    stop, start = (later, earlier) if is_last else (earlier, later)
    hear(provider.project, ("STOP", WITHOUT | {"timestamp": stop}))
    hear(provider.project, ("START", {"timestamp": start}))

    hear(provider.project, ("It is me again", {"user_id": ASHA}))

    assert is_blocked(provider.project, KEY) is is_last


def test_a_stop_of_a_recognized_person_blocks_the_number_at_once(provider: Provider) -> None:
    hear(provider.project, ("Hello", {"user_id": ASHA}))
    hear(provider.project, ("Stop!", WITHOUT))

    assert is_blocked(provider.project, KEY)
    assert list(Message.objects.order_by("id").values_list("kind", "phone")) == [
        (MessageKind.AUTO_REPLY, PHONE),
        (MessageKind.CONFIRMATION, PHONE),
    ]
