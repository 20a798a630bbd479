"""One message to one phone, of any kind but a campaign's: its row and its place in the outbox."""

from datetime import datetime

from django.utils import timezone

from campaigns.models import Lane, Message, MessageKind, Outbox
from campaigns.waking import wake_sender
from providers.models import Project


def enqueue(
    project: Project,
    *,
    kind: MessageKind,
    phone: str,
    match_key: int,
    text: str,
    profile_id: int | None = None,
    at: datetime | None = None,
) -> Message:
    """A free-form text through the two-way account, ahead of every campaign.

    Both rows belong to the caller's transaction: what is rolled back was never to be sent.
    `phone` is E.164 with its plus; `at` (default: now) is the message's own time of creation.
    """
    message = Message.objects.create(
        project=project,
        kind=kind,
        phone=phone,
        send_key=match_key,
        profile_id=profile_id,
        content={"text": text},
        created_at=at or timezone.now(),
    )
    Outbox.objects.create(message=message, project=project, lane=Lane.URGENT)
    wake_sender()
    return message
