from datetime import timedelta

import pytest
from django.utils import timezone

from callbacks.models import Consequence, InboundMessage
from callbacks.receipts import processing
from campaigns.models import Lane, Message, MessageKind, Outbox, State
from providers.models import Conversation, Project, Provider
from tests.callbacks.posting import inbound
from tests.factories import ProfileFactory, ProjectFactory, ProviderFactory, ReceiptFactory

TEXT = "Thanks for writing! Our shop is at https://shop.example"


@pytest.fixture
def provider(project: Project) -> Provider:
    return ProviderFactory.create(
        project=project, auto_reply_enabled=True, auto_reply_text=TEXT, number="+919000000001"
    )


def hear(project: Project, text: str = "Hello", **fields: object) -> str:
    """What became of it."""
    stamp = {"timestamp": str(int(timezone.now().timestamp() * 1000))}
    receipt = ReceiptFactory.create(project=project, payload=inbound(text, **(stamp | fields)))
    processing.drain()
    return InboundMessage.objects.get(receipt=receipt).consequence


def test_a_stranger_gets_the_auto_reply_ahead_of_every_campaign(provider: Provider) -> None:
    assert hear(provider.project) == Consequence.AUTO_REPLIED

    reply = Message.objects.get()
    assert (reply.kind, reply.phone, reply.send_key, reply.content, reply.state) == (
        MessageKind.AUTO_REPLY,
        "+919000011122",
        919000011122,
        {"text": TEXT},
        State.QUEUED,
    )
    assert InboundMessage.objects.get().reply_message == reply
    assert Outbox.objects.get().lane == Lane.URGENT


def test_who_is_among_the_profiles_gets_none(provider: Provider) -> None:
    ProfileFactory.create(project=provider.project, phone="+919000011122")

    assert hear(provider.project) == Consequence.HELD_KNOWN
    assert not Message.objects.exists()


def test_a_profile_of_another_project_is_a_stranger_here(provider: Provider) -> None:
    ProfileFactory.create(project=ProjectFactory.create(), phone="+919000011122")

    assert hear(provider.project) == Consequence.AUTO_REPLIED


@pytest.mark.parametrize("fields", [{"auto_reply_enabled": False}, {"auto_reply_text": " "}])
def test_none_goes_out_while_it_is_switched_off(
    provider: Provider, fields: dict[str, object]
) -> None:
    Provider.objects.update(**fields)

    assert hear(provider.project) == Consequence.HELD_OFF


def test_none_goes_out_without_a_provider(project: Project) -> None:
    assert hear(project) == Consequence.HELD_OFF


@pytest.mark.parametrize(
    ("fields", "consequence"),
    [
        ({"mobile": "919000000001"}, Consequence.HELD_OWN),
        ({"type": "reaction", "reaction": {"emoji": "👍"}}, Consequence.HELD_TYPE),
        ({"timestamp": "1767000000000"}, Consequence.HELD_OLD),
        ({"mobile": "IN.134912086553027"}, Consequence.HELD_NO_PHONE),
    ],
)
def test_none_goes_to_the_own_number_a_reaction_old_messages_and_nobody(
    provider: Provider, fields: dict[str, object], consequence: Consequence
) -> None:
    assert hear(provider.project, **fields) == consequence
    assert not Message.objects.exists()


def test_the_next_one_waits_for_the_pause(provider: Provider) -> None:
    heard = [hear(provider.project), hear(provider.project, "Anybody there?")]
    Conversation.objects.update(auto_replied_at=timezone.now() - timedelta(minutes=61))
    heard.append(hear(provider.project, "Hello again"))

    assert heard == [
        Consequence.AUTO_REPLIED,
        Consequence.HELD_PAUSE,
        Consequence.AUTO_REPLIED,
    ]
    assert Conversation.objects.get().auto_replies_today == 2


def test_a_day_has_a_limit_and_the_next_day_begins_anew(provider: Provider) -> None:
    project = provider.project
    project.auto_reply_pause_minutes = 0
    project.auto_reply_daily_limit = 2
    project.save()
    heard = [hear(project, str(n)) for n in range(3)]
    yesterday = timezone.now() - timedelta(days=1)
    Conversation.objects.update(auto_replies_on=yesterday.date(), auto_replied_at=yesterday)
    heard.append(hear(project, "good morning"))

    assert heard == [
        Consequence.AUTO_REPLIED,
        Consequence.AUTO_REPLIED,
        Consequence.HELD_DAILY,
        Consequence.AUTO_REPLIED,
    ]
    assert Conversation.objects.get().auto_replies_today == 1


def test_the_same_text_again_and_again_is_a_machine(provider: Provider) -> None:
    project = provider.project
    project.auto_reply_pause_minutes = 0
    project.auto_reply_daily_limit = 100
    project.save()
    now = int(timezone.now().timestamp() * 1000)

    heard = [hear(project, "I am a robot", timestamp=str(now - n)) for n in range(4)]

    assert heard == [Consequence.AUTO_REPLIED] * 2 + [Consequence.HELD_REPEATED] * 2
    assert hear(project, "No, I am a person") == Consequence.AUTO_REPLIED
    assert hear(project, "I am a robot", mobile="919000011133") == Consequence.AUTO_REPLIED


def test_none_goes_to_who_opted_out(provider: Provider) -> None:
    assert hear(provider.project, "STOP") == Consequence.OPTED_OUT

    assert hear(provider.project, "Hello") == Consequence.HELD_BLOCKED
    assert list(Message.objects.values_list("kind", flat=True)) == [MessageKind.CONFIRMATION]


def test_several_messages_in_one_batch_get_one_answer(provider: Provider) -> None:
    stamp = str(int(timezone.now().timestamp() * 1000))
    for text in ("Hello", "Are you", "open today?"):
        payload = inbound(text, timestamp=stamp)
        ReceiptFactory.create(project=provider.project, payload=payload)

    processing.drain()

    assert Message.objects.count() == 1


def test_the_same_message_twice_gets_one_answer(provider: Provider) -> None:
    project = provider.project
    project.auto_reply_pause_minutes = 0
    project.save()
    hello = inbound(timestamp=str(int(timezone.now().timestamp() * 1000)))
    for _ in range(2):
        ReceiptFactory.create(project=project, payload=hello)
        processing.drain()

    assert Message.objects.count() == 1
