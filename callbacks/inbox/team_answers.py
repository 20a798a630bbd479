"""Answering somebody from the inbox: free text while the window is open, a template when it is not.

Both are ordinary messages, which go out ahead of every campaign.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from callbacks.inbox.timeline import REPEATABLE, is_repeatable
from campaigns.audience.subscriptions import has_stopped_marketing, is_blocked
from campaigns.models import Message, MessageKind, Profile
from campaigns.outbox.enqueueing import enqueue, enqueue_template
from campaigns.planning.previewing import person_of
from providers.connection.connecting import CONNECT_FIRST, is_connected
from providers.gateway.requests import LONGEST_TEXT
from providers.models import Conversation
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from templates_app.kinds.preview import Preview
from templates_app.models import Category, Status, Template, TemplateVersion
from templates_app.rendering.checking import check_values, with_label
from templates_app.rendering.variants import (
    NOBODY,
    UnusableValueError,
    prepare,
    preview_as_written,
    slots_of,
)
from templates_app.rules.problems import errors_in

# The same text within that time is a button pressed twice.
PRESSED_TWICE = timedelta(seconds=10)
TOO_LATE = (
    "The 24 hours since this person's last message are over. Only a template can be sent now; your "
    "text was not."
)


class AnswerRefusedError(Refusal):
    """Why this answer is not sent, in words for whoever wrote it."""

    code = "answer.refused"


@dataclass(frozen=True, slots=True)
class Draft:
    """A template with values, as the person would get it; `problems` keep it from being sent."""

    preview: Preview
    problems: list[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """`is_repeated`: it was on its way a moment ago, and nothing more is sent."""

    message: Message
    is_repeated: bool = False


@transaction.atomic
def answer_with_text(conversation: Conversation, text: str, *, at: datetime, by: Actor) -> Answer:
    """Raises AnswerRefusedError. The window is looked at once more, with the row held."""
    _check_has_phone(conversation)
    _check_connected(conversation)
    _check_fits(text)
    held = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if held.window_until is None or held.window_until <= at:
        raise AnswerRefusedError(TOO_LATE)
    if known := _sent_just_now(held, {"text": text.strip()}):
        return Answer(known, is_repeated=True)
    _audit(held, by=by)
    message = enqueue(
        held.project,
        kind=MessageKind.REPLY,
        phone=held.phone,
        match_key=held.match_key,
        text=text.strip(),
        profile_id=_profile_id(held),
    )
    return Answer(message)


@transaction.atomic
def answer_with_template(
    conversation: Conversation, template: Template, values: Mapping[str, object], *, by: Actor
) -> Answer:
    """`values` as a variant's. Raises AnswerRefusedError."""
    _check_has_phone(conversation)
    _check_connected(conversation)
    _check_not_blocked(conversation)
    _check_takes(conversation, template)
    held = Conversation.objects.select_for_update().get(pk=conversation.pk)
    version = _approved_version(template)
    profile = _profile(held)
    person = person_of(profile) if profile else NOBODY
    if problems := draft_of(held, version, values).problems:
        raise AnswerRefusedError(" ".join(problems))
    content = {"version": version.pk, "values": dict(values), "person": dict(person)}
    if known := _sent_just_now(held, content):
        return Answer(known, is_repeated=True)
    _audit(held, by=by)
    message = enqueue_template(
        held.project,
        kind=MessageKind.REPLY,
        phone=held.phone,
        match_key=held.match_key,
        version=version,
        values=values,
        person=person,
        profile_id=profile.pk if profile else None,
    )
    return Answer(message)


def _approved_version(template: Template) -> TemplateVersion:
    """Its row is held until the answer is written."""
    stored = Template.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if stored.status != Status.APPROVED or stored.current is None:
        raise AnswerRefusedError("This template is not approved any more: choose another one.")
    return stored.current


def draft_of(
    conversation: Conversation, version: TemplateVersion, values: Mapping[str, object]
) -> Draft:
    profile = _profile(conversation)
    person = person_of(profile) if profile else NOBODY
    slots = slots_of(version)
    problems = [with_label(each, slots) for each in errors_in(check_values(version, values))]
    if problems:
        return Draft(preview_as_written(version, values, person), problems)
    now = timezone.now().timestamp()
    prepared = prepare(version, values)
    try:
        prepared.request(person=person, phone=conversation.phone, msg_id="", extra="", now=now)
    except UnusableValueError as unusable:
        problems = [prepared.why_not(unusable)]
    return Draft(prepared.preview(person, now=now), problems)


@transaction.atomic
def repeat(conversation: Conversation, message: Message, *, at: datetime, by: Actor) -> Answer:
    """Sends an answer that did not arrive once more. Raises AnswerRefusedError."""
    held = Conversation.objects.select_for_update().get(pk=conversation.pk)
    content = message.content or {}
    again = _answers(held).filter(content=content, pk__gt=message.pk)
    if again.exists() or not is_repeatable(message):
        raise AnswerRefusedError("This was sent once more already.", code="answer.repeated_already")
    if "version" not in content:
        return answer_with_text(held, str(content.get("text", "")), at=at, by=by)
    template = Template.objects.filter(current=content["version"]).first()
    if template is None:
        raise AnswerRefusedError("This template was changed since: choose it anew below.")
    return answer_with_template(held, template, content["values"], by=by)


def _audit(conversation: Conversation, *, by: Actor) -> None:
    project = conversation.project
    auditing.record("conversation.answered", by=by, project=project, target=conversation)


def _answers(conversation: Conversation) -> QuerySet[Message]:
    return Message.objects.filter(
        project=conversation.project_id,
        send_key=conversation.match_key,
        run=None,
        kind=MessageKind.REPLY,
    )


def _sent_just_now(held: Conversation, content: Mapping[str, object]) -> Message | None:
    """The same answer, where it went out a moment ago. Needs the row held: of two clicks at once
    the second one sees it."""
    recent = _answers(held).filter(content=content, created_at__gt=Now() - PRESSED_TWICE)
    return recent.exclude(state__in=REPEATABLE).order_by("pk").last()


def _check_fits(text: str) -> None:
    if not text.strip():
        raise AnswerRefusedError("Write something first.")
    if len(text) > LONGEST_TEXT:
        raise AnswerRefusedError(f"At most {LONGEST_TEXT:,} characters fit into one message.")


def _check_has_phone(conversation: Conversation) -> None:
    if not conversation.phone:
        raise AnswerRefusedError(
            "WhatsApp keeps this person's number back, and Gupshup sends to numbers only. You can "
            "answer as soon as they write with their number."
        )


def _check_connected(conversation: Conversation) -> None:
    if not is_connected(conversation.project_id):
        raise AnswerRefusedError(CONNECT_FIRST)


def _check_not_blocked(conversation: Conversation) -> None:
    if is_blocked(conversation.project, conversation.match_key):
        raise AnswerRefusedError("This person has opted out: no template may be sent to them.")


def _check_takes(conversation: Conversation, template: Template) -> None:
    is_marketing = template.category == Category.MARKETING
    if is_marketing and has_stopped_marketing(conversation.project, conversation.match_key):
        raise AnswerRefusedError(
            "This person stopped marketing from you in WhatsApp. Choose a utility template."
        )


def _profile(conversation: Conversation) -> Profile | None:
    rows = Profile.objects.filter(project=conversation.project_id, match_key=conversation.match_key)
    return rows.order_by("pk").first()


def _profile_id(conversation: Conversation) -> int | None:
    profile = _profile(conversation)
    return profile.pk if profile else None
