"""Messages of any kind but a campaign's, each to one phone: its row and its place in the outbox."""

from collections.abc import Mapping, Sequence

from campaigns.hints import wake_sender
from campaigns.models import Lane, Message, MessageKind, Outbox
from providers.models import Project
from templates_app.models import TemplateVersion


def enqueue(
    project: Project,
    *,
    kind: MessageKind,
    phone: str,
    match_key: int,
    text: str,
    profile_id: int | None = None,
) -> Message:
    """A free-form text through the two-way account, ahead of every campaign.

    Both rows belong to the caller's transaction: what is rolled back was never to be sent.
    `phone` is E.164 with its plus.
    """
    message = Message(kind=kind, phone=phone, send_key=match_key, content={"text": text})
    message.profile_id = profile_id
    return _put(project, message)


def enqueue_template(
    project: Project,
    *,
    kind: MessageKind,
    phone: str,
    match_key: int,
    version: TemplateVersion,
    values: Mapping[str, object],
    person: Mapping[str, object],
    profile_id: int | None = None,
    lane: Lane = Lane.URGENT,
) -> Message:
    """A template through the HSM account, ahead of every campaign; as `enqueue`.

    `values` are a variant's: slot key → {"text": …, "fallback": …}; `person` is
    {"profile": {"name": …, …}}, whose data fill them.
    """
    content = {"version": version.pk, "values": dict(values), "person": dict(person)}
    message = Message(kind=kind, phone=phone, send_key=match_key, content=content)
    message.profile_id = profile_id
    return _put(project, message, lane)


def put_all(project: Project, messages: Sequence[Message], *, lane: Lane) -> None:
    """New ones, by two statements however many they are."""
    if not messages:
        return
    for message in messages:
        message.project = project
    Message.objects.bulk_create(messages)
    rows = (Outbox(message=message, project=project, lane=lane) for message in messages)
    Outbox.objects.bulk_create(rows)
    wake_sender()


def _put(project: Project, message: Message, lane: Lane = Lane.URGENT) -> Message:
    put_all(project, [message], lane=lane)
    return message
