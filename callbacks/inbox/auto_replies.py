"""The default message to people who write but are nobody's profile: once an hour, a few a day,
and never to a machine that says the same again and again.

Every one that is held back says why, in its inbound message's consequence.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from callbacks.inbox.automatic_answers import is_too_old, provider_of, reply
from callbacks.models import Consequence, InboundMessage
from campaigns.audience.subscriptions import is_blocked
from campaigns.models import MessageKind
from providers.models import Conversation, Project, Provider
from providers.phones.numbers import match_key

# The same text is answered so often within that time, whatever the pause is.
SAME_TEXT_ANSWERED = 2
SAME_TEXT_WITHIN = timedelta(hours=24)

# One statement decides and takes the turn, so that of two workers one wins.
TAKE_TURN = """
UPDATE providers_conversation SET auto_replied_at = %(now)s, auto_replies_on = %(today)s,
    auto_replies_today = 1 +
        CASE WHEN auto_replies_on = %(today)s THEN auto_replies_today ELSE 0 END
WHERE id = %(id)s
    AND (auto_replied_at IS NULL OR auto_replied_at <= %(now)s - %(pause)s * interval '1 minute')
    AND (auto_replies_on IS DISTINCT FROM %(today)s OR auto_replies_today < %(limit)s)
"""


def answer(project: Project, inbound: InboundMessage) -> Consequence:
    """Writes the auto-reply, or says why there is none."""
    now = timezone.now()
    provider = provider_of(project)
    held = (
        _held_back(provider, inbound, at=now)
        or _unwanted(project, inbound, at=now)
        or _out_of_turn(project, inbound, at=now)
    )
    if held or provider is None:
        return held or Consequence.HELD_OFF
    reply(project, inbound, kind=MessageKind.AUTO_REPLY, text=provider.auto_reply_text)
    # At once, so that the next message of the same batch knows.
    InboundMessage.objects.filter(pk=inbound.pk).update(consequence=Consequence.AUTO_REPLIED)
    return Consequence.AUTO_REPLIED


def _held_back(
    provider: Provider | None, inbound: InboundMessage, *, at: datetime
) -> Consequence | None:
    if inbound.match_key is None:
        return Consequence.HELD_NO_PHONE
    if provider is None or not provider.auto_reply_enabled or not provider.auto_reply_text.strip():
        return Consequence.HELD_OFF
    if inbound.match_key == match_key(provider.number):
        return Consequence.HELD_OWN
    if inbound.type == "reaction":
        return Consequence.HELD_TYPE
    if inbound.profile_id is not None:
        return Consequence.HELD_KNOWN
    return Consequence.HELD_OLD if is_too_old(inbound, at=at) else None


def _unwanted(project: Project, inbound: InboundMessage, *, at: datetime) -> Consequence | None:
    """Whoever opted out wants none; whoever repeats itself is likely a machine."""
    if is_blocked(project, inbound.match_key or 0):
        return Consequence.HELD_BLOCKED
    answered = InboundMessage.objects.filter(
        conversation=inbound.conversation_id,
        type=inbound.type,
        text=inbound.text,
        payload=inbound.payload,
        consequence=Consequence.AUTO_REPLIED,
        received_at__gt=at - SAME_TEXT_WITHIN,
    )
    return Consequence.HELD_REPEATED if answered.count() >= SAME_TEXT_ANSWERED else None


def _out_of_turn(project: Project, inbound: InboundMessage, *, at: datetime) -> Consequence | None:
    turn = {
        "id": inbound.conversation_id,
        "now": at,
        "today": at.astimezone(ZoneInfo(project.time_zone)).date(),
        "pause": project.auto_reply_pause_minutes,
        "limit": project.auto_reply_daily_limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE_TURN, turn)
        if cursor.rowcount:
            return None
    conversations = Conversation.objects.filter(inbound_messages=inbound)
    last = conversations.values_list("auto_replied_at", flat=True).get()
    since = at - timedelta(minutes=project.auto_reply_pause_minutes)
    return Consequence.HELD_PAUSE if last and last > since else Consequence.HELD_DAILY
