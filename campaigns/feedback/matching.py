"""Which messages the references in callbacks name. Always within one project: a reference that
came to a project's address never reaches another project's message.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from campaigns.ledger.array_texts import numbers, texts
from campaigns.ledger.correlation import Reference, read_extra, read_msg_id, reference_of

EXISTING = """
SELECT m.id, m.project_id, COALESCE(m.campaign_id, 0) FROM unnest(%s::bigint[]) AS wanted (id)
JOIN campaigns_message m ON m.id = wanted.id
"""
ISSUED = """
SELECT g.project_id, g.external_id, g.message_id
FROM unnest(%s::bigint[], %s::text[]) AS wanted (project_id, external_id)
JOIN campaigns_gatewayid g
    ON g.project_id = wanted.project_id AND g.external_id = wanted.external_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a callback says about the message it is about."""

    project_id: int
    extra: str | None = None
    msg_id: str | None = None
    external_id: str | None = None


def foreign(traces: Sequence[Trace]) -> list[bool]:
    """Which of these, that name no message, are of another system on the same account.

    Such a one carries an extra and nothing of our form; or an extra of our form that names a
    message of this project, but of another campaign than the message's.
    """
    extras = [read_extra(trace.extra) for trace in traces]
    existing = _messages(extras)
    return [
        not _own_id(trace)
        and (
            trace.extra is not None
            if extra is None
            else existing.get(extra.message_id, (None,))[0] == trace.project_id
        )
        for trace, extra in zip(traces, extras, strict=True)
    ]


def find(traces: Sequence[Trace | None]) -> list[int | None]:
    """The message of each trace: by extra, else msg_id, else external id."""
    found: list[int | None] = [None] * len(traces)
    for look_up in (_by_extra, _by_msg_id, _by_external_id):
        missing = [(i, t) for i, t in enumerate(traces) if t is not None and found[i] is None]
        for (i, _), message_id in zip(missing, look_up([t for _, t in missing]), strict=True):
            found[i] = message_id
    return found


def named_by(trace: Trace) -> int | None:
    """The one message that its references name, which may not exist; 0 where they name none, None
    where they name several. An external id is no reference: only its record tells its message."""
    references = (read_extra(trace.extra), _own_id(trace))
    ids = {reference.message_id for reference in references if reference}
    return None if len(ids) > 1 else next(iter(ids), 0)


def attempt_of(message_id: int, trace: Trace) -> int | None:
    """An extra names the message; only a msg_id names the attempt."""
    reference = _own_id(trace)
    return reference.attempt if reference and reference.message_id == message_id else None


def _own_id(trace: Trace) -> Reference | None:
    return read_msg_id(trace.msg_id) or reference_of(trace.external_id)


def _by_extra(traces: Sequence[Trace]) -> list[int | None]:
    return _existing(traces, [read_extra(trace.extra) for trace in traces])


def _by_msg_id(traces: Sequence[Trace]) -> list[int | None]:
    return _existing(traces, [_own_id(trace) for trace in traces])


def _existing(traces: Sequence[Trace], references: Sequence[Reference | None]) -> list[int | None]:
    existing = _messages(references)
    return [
        to.message_id if to and _is_it(trace, to, existing) else None
        for trace, to in zip(traces, references, strict=True)
    ]


def _is_it(trace: Trace, to: Reference, existing: Mapping[int, tuple[int, int]]) -> bool:
    """Other systems write extras of the same form: the campaign has to be the message's, too."""
    project_id, campaign_id = existing.get(to.message_id, (None, None))
    return project_id == trace.project_id and to.campaign_id in (None, 0, campaign_id)


def _messages(references: Iterable[Reference | None]) -> dict[int, tuple[int, int]]:
    """Message → its project and its campaign."""
    ids = {reference.message_id for reference in references if reference}
    rows = _rows(EXISTING, numbers(ids)) if ids else []
    return {message_id: (project_id, campaign_id) for message_id, project_id, campaign_id in rows}


def _by_external_id(traces: Sequence[Trace]) -> list[int | None]:
    named = [(trace.project_id, trace.external_id) for trace in traces if trace.external_id]
    rows = _issued(named) if named else []
    issued = {(project_id, external_id): id_ for project_id, external_id, id_ in rows}
    return [issued.get((trace.project_id, trace.external_id)) for trace in traces]


def _issued(named: Sequence[tuple[int, str]]) -> list[tuple[Any, ...]]:
    return _rows(ISSUED, numbers(key[0] for key in named), texts(key[1] for key in named))


def _rows(statement: str, *columns: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, columns)
        return list(cursor.fetchall())
