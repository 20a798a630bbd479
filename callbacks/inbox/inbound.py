"""What customers wrote: stored once, their window opened, credited as a reply, and answered.

All in the caller's transaction, so that a crash neither loses an answer nor doubles it.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict

from callbacks.inbox.auto_replies import answer
from callbacks.inbox.conversations import Heard, open_windows
from callbacks.inbox.keywords import obey, read_keyword
from callbacks.inbox.preferences import obey_preferences
from callbacks.inbox.recognizing import join_earlier_talk, recognize
from callbacks.models import FileState, InboundMessage
from callbacks.parsers import Arrived, Inbound
from campaigns.audience.erasing.stops import recall_stops
from campaigns.feedback.matching import Trace, find
from campaigns.feedback.replies import Reply, credit
from campaigns.models import Profile
from providers.models import Conversation, Project
from providers.phones.national import in_full, is_national
from providers.phones.numbers import match_key

LONGEST_EVENT_TEXT = 512
PROFILE_KEYS = ("project_id", "match_key")


def receive(received: Collection[Arrived[Inbound]]) -> None:
    """A message that came before changes nothing, and a notice is only kept."""
    phones = _phones_of(received)
    messages = _new([_message(one, phone) for one, phone in zip(received, phones, strict=True)])
    if not messages:
        return
    recognize(messages)
    _connect(messages)
    InboundMessage.objects.bulk_create(messages)
    _recall_stops(messages)
    obey_preferences(messages)
    if said := [message for message in messages if not message.is_notice]:
        _answer(said)


def _recall_stops(messages: Collection[InboundMessage]) -> None:
    """Of people who were erased and write again; what they write now counts more."""
    for project_id in {message.project_id for message in messages}:
        theirs = (m.match_key for m in messages if m.project_id == project_id and m.match_key)
        recall_stops(project_id, theirs)


def _answer(messages: list[InboundMessage]) -> None:
    join_earlier_talk(messages)
    _credit(messages)
    projects = Project.objects.select_related("provider").in_bulk({m.project_id for m in messages})
    for message in sorted(messages, key=lambda message: message.heard_at):
        _react(projects[message.project_id], message)
    InboundMessage.objects.bulk_update(messages, ["answers", "consequence", "reply_message"])


def _phones_of(received: Collection[Arrived[Inbound]]) -> list[str | None]:
    """Digits in full: one that came without its country's code is of the project's country."""
    phones = [one.fact.phone for one in received]
    if not any(phone and is_national(phone) for phone in phones):
        return phones
    projects = Project.objects.filter(pk__in={one.project_id for one in received})
    countries = dict(projects.values_list("pk", "default_country"))
    return [
        phone and in_full(phone, default_country=countries[one.project_id])
        for one, phone in zip(received, phones, strict=True)
    ]


def _message(one: Arrived[Inbound], phone: str | None) -> InboundMessage:
    fact = one.fact
    return InboundMessage(
        project_id=one.project_id,
        receipt_id=one.receipt_id,
        phone=f"+{phone}" if phone else "",
        match_key=match_key(phone) if phone else None,
        person_id=fact.person_id or "",
        wa_number=fact.wa_number or "",
        name=fact.name or "",
        type=fact.type,
        text=fact.text or "",
        payload=fact.payload or "",
        media=asdict(fact.media) if fact.media else None,
        location=asdict(fact.location) if fact.location else None,
        referral=asdict(fact.referral) if fact.referral else None,
        reply_to=fact.reply_to or "",
        at=fact.at,
        received_at=one.received_at,
        digest=_digest(fact),
        file_state=FileState.WANTED if fact.media and fact.media.url else FileState.NONE,
    )


def _digest(fact: Inbound) -> bytes:
    """Gupshup gives inbound messages no id of their own. A media link is signed anew each time."""
    media = fact.media and (fact.media.type, (fact.media.url or "").partition("?")[0])
    place = fact.location and (fact.location.latitude, fact.location.longitude)
    content = (fact.type, fact.text, fact.payload, media, place)
    told = (fact.phone or fact.person_id, fact.wa_number, fact.at.isoformat(), content)
    return hashlib.sha256(json.dumps(told).encode()).digest()


def _new(messages: list[InboundMessage]) -> list[InboundMessage]:
    """In the order in which they were written, which is that of their numbers, then. Workers with
    the same messages wait in one line: for their conversations first, by keys (`open_windows`)."""
    by_key = {(m.project_id, bytes(m.digest)): m for m in reversed(messages)}
    known = InboundMessage.objects.filter(
        project__in={project for project, _ in by_key},
        digest__in=[digest for _, digest in by_key],
    ).values_list("project_id", "digest")
    for project_id, digest in known:
        by_key.pop((project_id, bytes(digest)), None)
    return sorted(by_key.values(), key=lambda m: (m.at, m.receipt_id))


def _connect(messages: list[InboundMessage]) -> None:
    """With their conversations, and the first of the profiles with that phone. A notice begins no
    conversation."""
    said = [m for m in messages if not m.is_notice]
    conversations = _begun([m for m in messages if m.is_notice])
    conversations |= open_windows([_heard(m, m.person_key) for m in said if m.person_key])
    profiles = _profiles(messages)
    for message in messages:
        if message.person_key:
            key = (message.project_id, message.person_key)
            message.conversation_id = conversations.get(key)
            message.profile_id = profiles.get(key)


def _begun(notices: list[InboundMessage]) -> dict[tuple[int, int], int]:
    if not notices:
        return {}
    rows = Conversation.objects.filter(
        project__in={notice.project_id for notice in notices},
        match_key__in={notice.person_key for notice in notices if notice.person_key},
    )
    return {(row.project_id, row.match_key): row.pk for row in rows.only("project_id", "match_key")}


def _heard(message: InboundMessage, key: int) -> Heard:
    return Heard(
        project_id=message.project_id,
        match_key=key,
        phone=message.phone,
        person_id=message.person_id,
        name=message.name,
        at=message.heard_at,
    )


def _profiles(messages: list[InboundMessage]) -> dict[tuple[int, int], int]:
    rows = Profile.objects.filter(
        project__in={message.project_id for message in messages},
        match_key__in={message.match_key for message in messages if message.match_key},
    ).order_by("-id")
    return {(row.project_id, row.match_key or 0): row.pk for row in rows.only(*PROFILE_KEYS)}


def _credit(messages: list[InboundMessage]) -> None:
    named = find([_named(message) for message in messages])
    replies = [
        Reply(
            project_id=message.project_id,
            inbound_id=message.pk,
            match_key=message.match_key or 0,
            at=message.heard_at,
            named=to,
            properties=_properties(message),
            source=message.receipt_id,
        )
        for message, to in zip(messages, named, strict=True)
    ]
    credited = credit(replies)
    for message in messages:
        message.answers_id = credited.get(message.pk)


def _named(message: InboundMessage) -> Trace:
    """What the customer answered: our message's external id, or the half of it that we gave."""
    reference = message.reply_to or None
    return Trace(project_id=message.project_id, msg_id=reference, external_id=reference)


def _properties(message: InboundMessage) -> dict[str, object]:
    media, place = message.media or {}, message.location or {}
    properties = {
        "Channel": "WhatsApp",
        "Incoming Message Type": message.type,
        "Incoming text": message.text[:LONGEST_EVENT_TEXT],
        "Incoming Media URL": media.get("url"),
        "Destination WABA number": message.wa_number,
        "Lat": place.get("latitude"),
        "Long": place.get("longitude"),
    }
    return {name: value for name, value in properties.items() if value not in (None, "")}


def _react(project: Project, message: InboundMessage) -> None:
    """A word of the project's lists settles it; all else may be worth an auto-reply."""
    wish = read_keyword(project, message) if message.person_key else None
    if wish:
        obey(project, message, wish)
    message.consequence = wish or answer(project, message)
