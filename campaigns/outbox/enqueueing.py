"""Messages of any kind but a campaign's, each to one phone: its row and its place in the outbox."""

from collections.abc import Mapping, Sequence
from json import dumps
from typing import Any

from campaigns.hints import wake_sender
from campaigns.ledger.array_texts import numbers, some_numbers, texts
from campaigns.ledger.prepared import prepared
from campaigns.models import Lane, Message, MessageKind, OutboxState, State
from providers.models import Project
from templates_app.models import TemplateVersion

_PUT = f"""
WITH given AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('campaigns_message', 'id')) AS id, told.*
    FROM unnest(%(kinds)s::int[], %(phones)s::text[], %(send_keys)s::bigint[],
        %(profiles)s::bigint[], %(contents)s::jsonb[])
        WITH ORDINALITY AS told (kind, phone, send_key, profile_id, content, n)
),
message AS (
    INSERT INTO campaigns_message (id, project_id, kind, phone, send_key, profile_id, content,
        state, reason, code, detail, attempt, external_id)
    SELECT id, %(project)s, kind, phone, send_key, profile_id, content, {State.QUEUED:d}, '', '',
        '', 0, ''
    FROM given ORDER BY n
),
place AS (
    INSERT INTO campaigns_outbox (message_id, project_id, lane, state, attempt)
    SELECT id, %(project)s, %(lane)s, {OutboxState.READY:d}, 0 FROM given ORDER BY n
){{also}}
SELECT id FROM given ORDER BY n
"""


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


def put_all(
    project: Project,
    messages: Sequence[Message],
    *,
    lane: Lane,
    also: str = "",
    **values: Any,
) -> None:
    """New ones, by one statement however many they are. `also` is SQL that is done with it, once
    for the rows of `given`, which has the messages' ids; `values` are its parameters."""
    if not messages:
        return
    statement = _PUT.format(also=f", also AS ({also})" if also else "")
    given = {**values, "project": project.pk, "lane": lane.value, **_columns(messages)}
    for message, (number,) in zip(messages, prepared(statement, given), strict=True):
        message.pk, message.project = number, project
        message._state.adding = False
    wake_sender()


def _columns(messages: Sequence[Message]) -> dict[str, Any]:
    return {
        "kinds": numbers(message.kind for message in messages),
        "phones": texts(message.phone for message in messages),
        "send_keys": some_numbers(message.send_key for message in messages),
        "profiles": some_numbers(message.profile_id for message in messages),
        "contents": texts(dumps(message.content) for message in messages),
    }


def _put(project: Project, message: Message, lane: Lane = Lane.URGENT) -> Message:
    put_all(project, [message], lane=lane)
    return message
