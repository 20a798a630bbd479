"""Answers that go out by themselves, written with the inbound message that they answer."""

from datetime import datetime

from django.utils import timezone

from callbacks.inbox.conversations import WINDOW
from callbacks.models import InboundMessage
from campaigns.models import MessageKind
from campaigns.outbox.enqueueing import enqueue
from providers.models import Project, Provider


def provider_of(project: Project) -> Provider | None:
    return getattr(project, "provider", None)


def is_too_old(inbound: InboundMessage, *, at: datetime) -> bool:
    """Its window is shut again: free text would be refused."""
    return inbound.heard_at + WINDOW <= at


def reply(project: Project, inbound: InboundMessage, *, kind: MessageKind, text: str) -> None:
    """Nothing where there is no text, phone, connection or open window."""
    if not text.strip() or not inbound.phone or provider_of(project) is None:
        return
    if is_too_old(inbound, at=timezone.now()):
        return
    inbound.reply_message = enqueue(
        project,
        kind=kind,
        phone=inbound.phone,
        match_key=inbound.match_key or 0,
        text=text,
        profile_id=inbound.profile_id,
    )
