"""Numbers that WhatsApp spells in another way than people do: one person, whatever comes back."""

from dataclasses import dataclass

import pytest
from django.utils import timezone

from callbacks.models import Consequence, InboundMessage
from callbacks.receipts import processing
from campaigns.audience.subscriptions import is_blocked
from campaigns.models import Message, MessageKind, State
from providers.models import Conversation, Project
from providers.phones.numbers import match_key, read_phone
from tests.callbacks.posting import inbound, report
from tests.factories import (
    MessageFactory,
    ProfileFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
)


@dataclass(frozen=True)
class Spelling:
    typed: str  # in the project's file
    country: str
    by_whatsapp: str


SPELLINGS = {
    "Brazil, WhatsApp without the ninth digit": Spelling("11 98765-4321", "BR", "551187654321"),
    "Brazil, the file without it": Spelling("+55 11 8765-4321", "BR", "5511987654321"),
    "Mexico, WhatsApp with the old 1": Spelling("55 1234 5678", "MX", "5215512345678"),
    "Mexico, the file with it": Spelling("+52 1 55 1234 5678", "MX", "525512345678"),
    "Argentina, WhatsApp with the 9": Spelling("+54 11 2345-6789", "AR", "5491123456789"),
    "Argentina, the file with it": Spelling("+54 9 11 2345-6789", "AR", "541123456789"),
}


@pytest.fixture(params=SPELLINGS)
def spelling(request: pytest.FixtureRequest) -> Spelling:
    found: Spelling = SPELLINGS[request.param]
    return found


def hear(project: Project, text: str, spelling: Spelling) -> InboundMessage:
    stamp = str(int(timezone.now().timestamp() * 1000))
    payload = inbound(text, mobile=spelling.by_whatsapp, timestamp=stamp)
    receipt = ReceiptFactory.create(project=project, payload=payload)
    processing.drain()
    return InboundMessage.objects.get(receipt=receipt)


def test_one_person_is_known_credited_reported_and_blocked_in_every_spelling(
    project: Project, spelling: Spelling
) -> None:
    ProviderFactory.create(project=project, auto_reply_enabled=True, auto_reply_text="Thanks!")
    phone = read_phone(spelling.typed, default_country=spelling.country)
    assert match_key(spelling.by_whatsapp) == phone.match_key
    profile = ProfileFactory.create(project=project, phone=phone.e164, match_key=phone.match_key)
    message = MessageFactory.create(
        run=RunFactory.create(campaign__project=project),
        profile=profile,
        phone=phone.e164,
        send_key=phone.match_key,
        state=State.SENT,
        sent_at=timezone.now(),
    )

    delivered = report(message.pk, destAddr=spelling.by_whatsapp)
    ReceiptFactory.create(project=project, payload=delivered)
    hello = hear(project, "Hello", spelling)
    stop = hear(project, "stop", spelling)

    message.refresh_from_db()
    assert (message.state, message.replied_at is not None) == (State.DELIVERED, True)
    assert (hello.profile, hello.answers, hello.consequence) == (
        profile,
        message,
        Consequence.HELD_KNOWN,
    )
    assert stop.consequence == Consequence.OPTED_OUT
    assert is_blocked(project, phone.match_key)
    assert Conversation.objects.get().match_key == phone.match_key
    assert [m.kind for m in Message.objects.exclude(pk=message.pk)] == [MessageKind.CONFIRMATION]
