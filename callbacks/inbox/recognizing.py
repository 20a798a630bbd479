"""One person, now with a phone number and now without: whoever was seen with both is recognized.

WhatsApp keeps the number of some people back and tells an id of theirs for this business instead.
"""

from collections.abc import Sequence

from callbacks.models import InboundMessage
from campaigns.audience.subscriptions import (
    MarketingWish,
    set_block,
    set_marketing,
    words_of_block,
)
from campaigns.models import PhoneBlock, Source
from providers.models import Conversation, Project
from providers.phones.numbers import key_of_person_id


def recognize(messages: Sequence[InboundMessage]) -> None:
    """Gives messages without a phone the one that came with the same id, before or beside them."""
    unknown = [m for m in messages if m.person_id and m.match_key is None]
    if not unknown:
        return
    conversations = Conversation.objects.filter(
        project__in={m.project_id for m in unknown}, person_id__in={m.person_id for m in unknown}
    ).exclude(phone="")
    known = [*conversations.order_by("last_inbound_at"), *(m for m in messages if m.match_key)]
    people = {(one.project_id, one.person_id): one for one in known}
    for message in unknown:
        if one := people.get((message.project_id, message.person_id)):
            message.phone, message.match_key = one.phone, one.match_key


def join_earlier_talk(messages: Sequence[InboundMessage]) -> None:
    """What somebody wrote before the number was told belongs to the phone's conversation, and so
    does a STOP among it."""
    for message in messages:
        if not message.person_id or message.match_key is None:
            continue
        key = key_of_person_id(message.person_id)
        for earlier in Conversation.objects.filter(project=message.project_id, match_key=key):
            InboundMessage.objects.filter(conversation=earlier).update(
                conversation=message.conversation_id
            )
            earlier.delete()
            _keep_block(message, message.match_key, key)


def _keep_block(message: InboundMessage, phone_key: int, person_key: int) -> None:
    """As of the time when they said it: what the phone has said later counts more."""
    project = Project(pk=message.project_id)
    block = PhoneBlock.objects.filter(project=project, match_key=person_key).first()
    if block is None:
        return
    if block.marketing_stopped:
        at = block.marketing_changed_at or message.heard_at
        stop = MarketingWish(project_id=project.pk, match_key=phone_key, stopped=True, at=at)
        set_marketing([stop])
    if block.blocked:
        set_block(
            project,
            phone_key,
            blocked=True,
            source=Source(block.source),
            own_word=block.own_word,
            at=block.changed_at,
            words=words_of_block(project, person_key),
        )
