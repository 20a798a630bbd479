"""A conversation as people read it: what both sides wrote, in one line of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.utils.text import Truncator

from callbacks.models import Consequence, InboundMessage
from campaigns.models import Message, State
from campaigns.telling import text_of
from providers.models import Conversation, Project

MOST_LINES = 50
MOST_UNREAD = 99
SNIPPET = 80  # characters
HAS_CONTENT = {"text", "button", "interactive"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message. `theirs` where the customer wrote it; then `inbound`, else `message` is set."""

    at: datetime
    text: str
    theirs: bool
    detail: str = ""
    inbound: InboundMessage | None = None
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """`older` is the time before which there is more, or None."""

    lines: list[Line]
    older: datetime | None


def thread_of(conversation: Conversation, *, before: datetime | None = None) -> Thread:
    """The newest messages, or those before a time; oldest first."""
    theirs = InboundMessage.objects.filter(conversation=conversation).order_by("-id")
    ours = Message.objects.filter(
        project=conversation.project_id, send_key=conversation.match_key
    ).select_related("campaign", "variant__version__template", "outbox")
    ours = ours.order_by("-id")
    if before is not None:
        theirs, ours = theirs.filter(received_at__lt=before), ours.filter(created_at__lt=before)
    found = [
        *map(_their_line, theirs[: MOST_LINES + 1]),
        *map(_our_line, ours[: MOST_LINES + 1]),
    ]
    found.sort(key=lambda line: line.at, reverse=True)
    lines = found[:MOST_LINES]
    older = lines[-1].at if len(found) > MOST_LINES else None
    return Thread(lines[::-1], older)


def _their_line(inbound: InboundMessage) -> Line:
    consequence = Consequence(inbound.consequence or "")
    return Line(
        at=inbound.received_at,
        text=said(inbound),
        theirs=True,
        detail=str(consequence.label) if consequence else "",
        inbound=inbound,
    )


def _our_line(message: Message) -> Line:
    preview = text_of(message)
    what = f"{message.get_kind_display()}: {message.campaign}" if message.campaign else ""
    return Line(
        at=message.created_at,
        text=preview.body if preview else "A message that can't be shown any more",
        theirs=False,
        detail=" · ".join(filter(None, (what or message.get_kind_display(), _state(message)))),
        message=message,
    )


def _state(message: Message) -> str:
    state = State(message.state)
    return str(state.label) if message.reason == "" else f"{state.label} ({message.reason})"


def said(inbound: InboundMessage) -> str:
    """Its words, or what it is."""
    media = inbound.media or {}
    words = inbound.text or media.get("caption") or media.get("filename") or ""
    if words and inbound.type in HAS_CONTENT:
        return words
    return f"[{inbound.type}] {words}".strip()


def unread_of(conversations: Iterable[Conversation]) -> dict[int, int]:
    """Conversation → how many inbound messages nobody has seen, at most MOST_UNREAD + 1 each."""
    ids = [conversation.pk for conversation in conversations]
    rows = (
        InboundMessage.objects.filter(conversation__in=ids)
        .filter(pk__gt=F("conversation__seen_up_to"))
        .values_list("conversation")
        .annotate(Count("pk"))
    )
    return {pk: min(count, MOST_UNREAD + 1) for pk, count in rows if pk is not None}


def snippets_of(conversations: Sequence[Conversation]) -> dict[int, str]:
    """Conversation → the beginning of the last message that came in it."""
    ids = [conversation.pk for conversation in conversations]
    last = (
        InboundMessage.objects.filter(conversation__in=ids)
        .order_by("conversation", "-id")
        .distinct("conversation")
    )
    return {
        row.conversation_id: Truncator(said(row)).chars(SNIPPET)
        for row in last
        if row.conversation_id is not None
    }


def unread_conversations(project: Project) -> Q:
    """As a filter of conversations: those with something that nobody has seen."""
    newer = InboundMessage.objects.filter(
        project=project, conversation__isnull=False, pk__gt=F("conversation__seen_up_to")
    )
    return Q(pk__in=newer.values("conversation"))


def mark_seen(conversation: Conversation, lines: Iterable[Line]) -> None:
    """What is on the page has been seen; never the other way round."""
    newest = max((line.inbound.pk for line in lines if line.inbound), default=0)
    Conversation.objects.filter(pk=conversation.pk, seen_up_to__lt=newest).update(seen_up_to=newest)


def left_of(conversation: Conversation, *, at: datetime) -> timedelta | None:
    """How long free-form messages may still be sent; None when the window is shut."""
    until = conversation.window_until
    return until - at if until is not None and until > at else None


def in_words(left: timedelta) -> str:
    minutes = int(left.total_seconds() // 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if minutes else "less than a minute"
