"""Who wrote to us becomes a profile."""

from django.db import transaction

from callbacks.models import InboundMessage
from campaigns.audience.adding import add_person
from campaigns.models import Profile
from providers.models import Conversation
from providers.watch.actors import Actor


@transaction.atomic
def add_sender(conversation: Conversation, *, by: Actor) -> Profile:
    """One that has the phone already, else a new one; what they wrote is theirs from now on."""
    profile = add_person(
        conversation.project,
        phone=conversation.phone,
        match_key=conversation.match_key,
        name=conversation.name,
        by=by,
    )
    talk = InboundMessage.objects.filter(conversation=conversation, profile=None)
    talk.update(profile=profile)
    return profile
