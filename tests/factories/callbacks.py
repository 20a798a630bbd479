"""What Gupshup posted."""

import hashlib
import json

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from callbacks.models import InboundMessage, ParkedFact, Receipt
from tests.factories.providers import ConversationFactory, ProjectFactory


class ReceiptFactory(DjangoModelFactory[Receipt]):
    """An inbound text, not yet processed. `payload=…` is posted as JSON."""

    class Meta:
        model = Receipt
        exclude = ["payload"]

    payload = factory.LazyFunction(
        lambda: {
            "waNumber": "919000000001",
            "mobile": "919000000002",
            "name": "Asha",
            "text": "Hello",
            "type": "text",
            "timestamp": "1658261071000",
        }
    )
    project = factory.SubFactory(ProjectFactory)
    received_at = factory.LazyFunction(timezone.now)
    endpoint = "response"
    method = "POST"
    content_type = "application/json"
    body = factory.LazyAttribute(lambda receipt: json.dumps(receipt.payload).encode())


class InboundMessageFactory(DjangoModelFactory[InboundMessage]):
    class Meta:
        model = InboundMessage

    project = factory.SubFactory(ProjectFactory)
    receipt = factory.SubFactory(ReceiptFactory, project=factory.SelfAttribute("..project"))
    conversation = factory.SubFactory(
        ConversationFactory, project=factory.SelfAttribute("..project")
    )
    phone = factory.SelfAttribute("conversation.phone")
    match_key = factory.SelfAttribute("conversation.match_key")
    type = "text"
    text = factory.Sequence(lambda n: f"Hello {n}")
    at = factory.LazyFunction(timezone.now)
    received_at = factory.SelfAttribute("at")
    digest = factory.LazyAttribute(
        lambda row: hashlib.sha256(f"{row.phone}{row.at}{row.text}".encode()).digest()
    )


class ParkedFactFactory(DjangoModelFactory[ParkedFact]):
    class Meta:
        model = ParkedFact

    project = factory.SubFactory(ProjectFactory)
    receipt = factory.SubFactory(ReceiptFactory, project=factory.SelfAttribute("..project"))
    fact = factory.LazyFunction(lambda: {"kind": "delivery"})
    external_id = factory.Sequence(lambda n: f"4687162516402{n:06d}")
    due_at = factory.LazyFunction(timezone.now)
