"""Answering somebody from the inbox: free text while the window is open, a template when it is not.

Both are ordinary messages, which go out ahead of every campaign.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from campaigns.audience.subscriptions import is_blocked
from campaigns.enqueueing import enqueue, enqueue_template
from campaigns.models import Message, MessageKind, Profile
from campaigns.previewing import person_of
from providers.models import Conversation, Provider
from templates_app.models import Status, Template
from templates_app.rendering import NOBODY

LONGEST_TEXT = 4096


class AnswerRefusedError(Exception):
    """Why this answer is not sent, in words for whoever wrote it."""


@transaction.atomic
def answer_with_text(conversation: Conversation, text: str, *, at: datetime) -> Message:
    """Raises AnswerRefusedError. The window is looked at once more, with the row held."""
    _check_has_phone(conversation)
    _check_connected(conversation)
    if not text.strip():
        raise AnswerRefusedError("Write something first.")
    if len(text) > LONGEST_TEXT:
        raise AnswerRefusedError(f"At most {LONGEST_TEXT:,} characters fit into one message.")
    held = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if held.window_until is None or held.window_until <= at:
        raise AnswerRefusedError(
            "The 24 hours since this person's last message are over. Only a template can be sent "
            "now; your text was not."
        )
    return enqueue(
        held.project,
        kind=MessageKind.REPLY,
        phone=held.phone,
        match_key=held.match_key,
        text=text.strip(),
        profile_id=_profile_id(held),
    )


@transaction.atomic
def answer_with_template(
    conversation: Conversation, template: Template, values: Mapping[str, object]
) -> Message:
    """`values` as a variant's. Raises AnswerRefusedError."""
    _check_has_phone(conversation)
    _check_connected(conversation)
    _check_not_blocked(conversation)
    stored = Template.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if stored.status != Status.APPROVED or stored.current is None:
        raise AnswerRefusedError("This template is not approved any more: choose another one.")
    profile = _profile(conversation)
    return enqueue_template(
        conversation.project,
        kind=MessageKind.REPLY,
        phone=conversation.phone,
        match_key=conversation.match_key,
        version=stored.current,
        values=values,
        person=person_of(profile) if profile else NOBODY,
        profile_id=profile.pk if profile else None,
    )


def _check_has_phone(conversation: Conversation) -> None:
    if not conversation.phone:
        raise AnswerRefusedError(
            "WhatsApp keeps this person's number back, and Gupshup sends to numbers only. You can "
            "answer as soon as they write with their number."
        )


def _check_connected(conversation: Conversation) -> None:
    if not Provider.objects.filter(project=conversation.project_id).exists():
        raise AnswerRefusedError("Connect Gupshup first: this project has no provider yet.")


def _check_not_blocked(conversation: Conversation) -> None:
    if is_blocked(conversation.project, conversation.match_key):
        raise AnswerRefusedError("This person has opted out: no template may be sent to them.")


def _profile(conversation: Conversation) -> Profile | None:
    rows = Profile.objects.filter(project=conversation.project_id, match_key=conversation.match_key)
    return rows.order_by("pk").first()


def _profile_id(conversation: Conversation) -> int | None:
    profile = _profile(conversation)
    return profile.pk if profile else None
