"""What WhatsApp tells of somebody is kept, and answered by nothing: nobody has said anything."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from callbacks.models import NOTICES, Consequence, InboundMessage
from callbacks.receipts import processing
from campaigns.models import Event, EventName, Message, State
from providers.models import Conversation, Project
from tests.callbacks.posting import inbound
from tests.factories import (
    ConversationFactory,
    MessageFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
)

PHONE, KEY = "+919000011122", 919000011122


@pytest.fixture
def project(project: Project) -> Project:
    """Would auto-reply to anybody."""
    ProviderFactory.create(
        project=project, auto_reply_enabled=True, auto_reply_text="We don't know you yet."
    )
    return project


def tell(project: Project, type_: str, **fields: object) -> InboundMessage:
    stamp = str(int(timezone.now().timestamp() * 1000))
    callback = inbound("", type=type_, timestamp=stamp, **fields)
    ReceiptFactory.create(project=project, payload=callback)
    processing.drain()
    return InboundMessage.objects.get(type=type_)


@pytest.mark.parametrize("type_", [*sorted(NOTICES), "SYSTEM"])
def test_a_notice_opens_no_window_and_gets_no_answer(project: Project, type_: str) -> None:
    notice = tell(project, type_, **{type_: {"body": "Asha changed her number"}})

    assert notice.consequence == Consequence.NONE
    assert json.loads(notice.payload) == {"body": "Asha changed her number"}
    assert not Conversation.objects.exists()
    assert not Message.objects.exists()


def test_a_notice_stands_in_the_conversation_that_there_is_and_changes_nothing_of_it(
    project: Project,
) -> None:
    ended = timezone.now() - timedelta(days=2)
    talk = ConversationFactory.create(
        project=project, phone=PHONE, match_key=KEY, window_until=ended, is_unread=False
    )

    notice = tell(project, "revoke", revoke={"original_message_id": "wamid.1"})

    assert notice.conversation == talk
    talk.refresh_from_db()
    assert (talk.window_until, talk.is_unread) == (ended, False)


def test_a_notice_is_no_reply_to_a_campaign(project: Project) -> None:
    MessageFactory.create(
        project=project,
        run=RunFactory.create(campaign__project=project),
        phone=PHONE,
        send_key=KEY,
        state=State.READ,
        sent_at=timezone.now() - timedelta(hours=1),
    )

    assert tell(project, "system", system={"new_wa_id": "919000011133"}).answers is None
    assert not Event.objects.filter(name=EventName.REPLIED).exists()


def test_a_reaction_still_opens_the_window(project: Project) -> None:
    tell(project, "reaction", reaction={"emoji": "👍"})

    assert Conversation.objects.get().window_until > timezone.now() + timedelta(hours=23)
