"""Who of those that wrote waits to be read: marks for the whole team, not for each person of it."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, F, Max

from callbacks.models import InboundMessage
from providers.models import Conversation, Project

MOST_UNREAD = 99


def unread_conversations(project: Project) -> int:
    """At most MOST_UNREAD + 1."""
    rows = Conversation.objects.filter(project=project, is_unread=True)
    return len(rows.values_list("pk")[: MOST_UNREAD + 1])


def unread_of(conversations: Iterable[Conversation]) -> dict[int, int]:
    """Conversation → how many inbound messages nobody has seen, at most MOST_UNREAD + 1 each."""
    ids = [conversation.pk for conversation in conversations if conversation.is_unread]
    rows = (
        InboundMessage.objects.filter(conversation__in=ids)
        .filter(pk__gt=F("conversation__seen_up_to"))
        .values_list("conversation")
        .annotate(Count("pk"))
    )
    return {pk: min(count, MOST_UNREAD + 1) for pk, count in rows if pk is not None}


def unread_words(count: int) -> str:
    """Empty for none."""
    if count > MOST_UNREAD:
        return f"{MOST_UNREAD}+"
    return f"{count}" if count else ""


@transaction.atomic
def mark_seen(conversation: Conversation, *, up_to: int) -> None:
    """Everything up to that inbound message has been seen; never the other way round.

    With the row held: whoever writes meanwhile waits for it, and is unread afterwards.
    """
    held = Conversation.objects.select_for_update().filter(pk=conversation.pk).first()
    if held is None or not held.is_unread:
        return
    talk = InboundMessage.objects.filter(conversation=held)
    newest = talk.filter(pk__lte=up_to).aggregate(pk=Max("pk"))["pk"] or 0
    held.seen_up_to = max(newest, held.seen_up_to)
    held.is_unread = talk.filter(pk__gt=held.seen_up_to).exists()
    held.save(update_fields=["seen_up_to", "is_unread"])


@transaction.atomic
def mark_unread(conversation: Conversation) -> None:
    """The newest message waits again, for somebody else or for later."""
    held = Conversation.objects.select_for_update().filter(pk=conversation.pk).first()
    newest = InboundMessage.objects.filter(conversation=conversation).aggregate(pk=Max("pk"))["pk"]
    if held is None or newest is None:
        return
    held.seen_up_to, held.is_unread = min(held.seen_up_to, newest - 1), True
    held.save(update_fields=["seen_up_to", "is_unread"])


def next_unread(conversation: Conversation) -> Conversation | None:
    """The one that wrote last, of the others that wait."""
    rows = Conversation.objects.filter(project=conversation.project_id, is_unread=True)
    return rows.exclude(pk=conversation.pk).order_by("-last_inbound_at").first()
