"""Which member of the team wrote an answer: as the audit log has it.

Whoever answers holds the conversation's row, and writes the entry just before the message. So the
last entry before an answer is its own.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from campaigns.models import Message, MessageKind
from providers.models import AuditEntry, Conversation
from providers.watch.actors import Actor

ANSWERED = "conversation.answered"
# An entry is older than its message by a moment; one that is older still belongs to another.
AT_MOST = timedelta(minutes=1)


def authors_of(messages: Iterable[Message]) -> dict[int, str]:
    """By the messages' ids; nothing of what no member wrote."""
    answers = [m for m in messages if m.kind == MessageKind.REPLY]
    if not answers:
        return {}
    conversations = {
        (one.project_id, int(one.match_key)): str(one.pk) for one in _conversations_of(answers)
    }
    entries = _entries_of(conversations.values(), answers)
    found: dict[int, str] = {}
    for answer in answers:
        told = entries[conversations.get((answer.project_id, answer.send_key or 0), "")]
        place = bisect_right(told, answer.created_at, key=lambda entry: entry.at)
        if place and answer.created_at - told[place - 1].at < AT_MOST:
            found[answer.pk] = Actor.of(told[place - 1]).name
    return found


def _conversations_of(answers: Iterable[Message]) -> Iterable[Conversation]:
    keys = {(answer.project_id, answer.send_key) for answer in answers}
    same = Q()
    for project_id, send_key in keys:
        same |= Q(project=project_id, match_key=send_key)
    return Conversation.objects.filter(same)


def _entries_of(
    conversations: Iterable[str], answers: list[Message]
) -> defaultdict[str, list[AuditEntry]]:
    times = [answer.created_at for answer in answers]
    entries = AuditEntry.objects.filter(
        target_kind=Conversation._meta.label_lower,
        target_id__in=list(conversations),
        action=ANSWERED,
        at__range=(min(times) - AT_MOST, max(times)),
    )
    told = defaultdict[str, list[AuditEntry]](list)
    for entry in entries.select_related("by", "key").order_by("at"):
        told[entry.target_id].append(entry)
    return told
