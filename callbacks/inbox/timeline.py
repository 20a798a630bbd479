"""A conversation as people read it: what both sides wrote, in one line of time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.text import Truncator

from callbacks.inbox.saying import came_from, said
from callbacks.models import Consequence, InboundMessage
from campaigns.gates.base import Explanation
from campaigns.gates.explaining import explain_message, retried_among
from campaigns.gates.registry import reasons_by_lot
from campaigns.models import Message, MessageKind, State
from campaigns.results.what_was_sent import READ_FIRST, Sent, what_was_sent
from campaigns.results.who_wrote import authors_of
from providers.models import Conversation
from templates_app.wording.markup import to_html

MOST_LINES = 50
SNIPPET = 120  # characters
REPEATABLE = (State.SUPPRESSED, State.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message. `theirs` where the customer wrote it; then `inbound`, else `message` is set.

    `sent` is what they got of ours, where it can still be shown. `problem` says why it did not
    arrive; where `can_repeat` the same may be sent once more.
    """

    at: datetime
    text: str
    theirs: bool
    detail: str = ""
    problem: Explanation | None = None
    can_repeat: bool = False
    inbound: InboundMessage | None = None
    message: Message | None = None
    sent: Sent | None = None

    @property
    def words(self) -> SafeString:
        """As WhatsApp formats them."""
        return to_html(self.text)


@dataclass(frozen=True, slots=True)
class Timeline:
    """`older` is the time before which there is more, or None."""

    lines: list[Line]
    older: datetime | None

    @property
    def newest_inbound(self) -> int:
        return max((line.inbound.pk for line in self.lines if line.inbound), default=0)


def timeline_of(conversation: Conversation, *, before: datetime | None = None) -> Timeline:
    """The newest messages, or those before a time; oldest first."""
    theirs = InboundMessage.objects.filter(conversation=conversation).order_by("-id")
    ours = Message.objects.filter(
        project=conversation.project_id, send_key=conversation.match_key
    ).select_related(*READ_FIRST)
    ours = ours.exclude(reason__in=reasons_by_lot()).order_by("-id")
    if before is not None:
        theirs, ours = theirs.filter(received_at__lt=before), ours.filter(created_at__lt=before)
    found = [*map(_their_line, theirs[: MOST_LINES + 1]), *_our_lines(ours[: MOST_LINES + 1])]
    found.sort(key=lambda line: line.at, reverse=True)
    lines = found[:MOST_LINES]
    older = lines[-1].at if len(found) > MOST_LINES else None
    return Timeline(lines[::-1], older)


def _their_line(inbound: InboundMessage) -> Line:
    consequence = Consequence(inbound.consequence or "")
    return Line(
        at=inbound.received_at,
        text=said(inbound),
        theirs=True,
        detail=" · ".join(
            filter(None, (came_from(inbound), str(consequence.label) if consequence else ""))
        ),
        inbound=inbound,
    )


def _our_lines(newest_first: Iterable[Message]) -> Iterator[Line]:
    messages = list(newest_first)
    sent, authors = what_was_sent(messages), authors_of(messages)
    retried = retried_among(m.campaign_id for m in messages if m.reason and m.campaign_id)
    said_later: list[object] = []
    for message in messages:
        is_last_try = message.content not in said_later
        yield _our_line(
            message,
            sent.get(message.pk),
            author=authors.get(message.pk, ""),
            problem=explain_message(message, retried=retried),
            is_last_try=is_last_try,
        )
        said_later.append(message.content)


def _our_line(
    message: Message,
    sent: Sent | None,
    *,
    author: str,
    problem: Explanation | None,
    is_last_try: bool,
) -> Line:
    what = f"{message.get_kind_display()}: {message.campaign}" if message.campaign else ""
    what = what or (f"{author}'s reply" if author else str(message.get_kind_display()))
    return Line(
        at=message.created_at,
        text=sent.preview.body if sent else "A message that can't be shown any more",
        theirs=False,
        detail=f"{what} · {State(message.state).label}",
        problem=problem,
        can_repeat=is_last_try and is_repeatable(message),
        message=message,
        sent=sent,
    )


def is_repeatable(message: Message) -> bool:
    """An answer that certainly did not arrive."""
    return message.kind == MessageKind.REPLY and message.state in REPEATABLE


@dataclass(frozen=True, slots=True)
class Latest:
    """The beginning of what was said last; `by_us` where it is an answer of the team."""

    text: str
    by_us: bool = False


def latest_of(conversations: Sequence[Conversation]) -> dict[int, Latest]:
    """Conversation → its last message. Auto-replies and campaigns are no answer."""
    inbound = (
        InboundMessage.objects.filter(conversation__in=[c.pk for c in conversations])
        .order_by("conversation", "-id")
        .distinct("conversation")
    )
    last = {row.conversation_id: row for row in inbound}
    answers = _last_answers(conversations)
    found: dict[int, Latest] = {}
    for conversation in conversations:
        theirs, ours = last.get(conversation.pk), answers.get(conversation.match_key)
        if ours and (theirs is None or ours.created_at > theirs.received_at):
            text = (ours.content or {}).get("text") or "a template"
            found[conversation.pk] = Latest(Truncator(text).chars(SNIPPET), by_us=True)
        elif theirs:
            found[conversation.pk] = Latest(Truncator(said(theirs)).chars(SNIPPET))
    return found


def _last_answers(conversations: Sequence[Conversation]) -> dict[int | None, Message]:
    rows = Message.objects.filter(
        project__in={c.project_id for c in conversations},
        send_key__in=[c.match_key for c in conversations],
        run=None,
        kind=MessageKind.REPLY,
    )
    newest = rows.order_by("send_key", "-id").distinct("send_key")
    return {row.send_key: row for row in newest.only("send_key", "created_at", "content")}


def left_of(conversation: Conversation, *, at: datetime) -> timedelta | None:
    """How long free-form messages may still be sent; None when the window is shut."""
    until = conversation.window_until
    return until - at if until is not None and until > at else None


def time_left_words(left: timedelta) -> str:
    minutes = int(left.total_seconds() // 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if minutes else "less than a minute"
