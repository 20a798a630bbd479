"""The 24 hours in which free-form messages may be sent to a phone: each inbound message opens them.

They count from the earlier of the message's own time and its receipt's, so that a clock in the
future never keeps a window open longer than WhatsApp does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

WINDOW = timedelta(hours=24)

# In the order of their keys, so that two workers never wait for each other.
OPEN = f"""
INSERT INTO providers_conversation
    (project_id, match_key, phone, person_id, name, last_inbound_at, window_until, is_unread,
    auto_replies_today)
SELECT DISTINCT ON (project_id, match_key) project_id, match_key, phone,
    person_id, name, at, at + interval '{WINDOW.total_seconds()} seconds', true, 0
FROM unnest(%(projects)s::bigint[], %(keys)s::bigint[], %(phones)s::text[],
    %(person_ids)s::text[], %(names)s::text[], %(times)s::timestamptz[])
    AS c (project_id, match_key, phone, person_id, name, at)
ORDER BY project_id, match_key, at DESC
ON CONFLICT (project_id, match_key) DO UPDATE SET
    phone = excluded.phone,
    person_id = COALESCE(NULLIF(excluded.person_id, ''), providers_conversation.person_id),
    name = COALESCE(NULLIF(excluded.name, ''), providers_conversation.name),
    last_inbound_at = GREATEST(providers_conversation.last_inbound_at, excluded.last_inbound_at),
    window_until = GREATEST(providers_conversation.window_until, excluded.window_until),
    is_unread = true
RETURNING project_id, match_key, id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """That somebody wrote. `phone` is E.164, or empty; `at` as the module says."""

    project_id: int
    match_key: int
    phone: str
    person_id: str
    name: str
    at: datetime


def open_windows(heard: Sequence[Heard]) -> dict[tuple[int, int], int]:
    """Opens or extends: (project, match key) → conversation. Never shortens a window."""
    if not heard:
        return {}
    columns: dict[str, list[object]] = {
        "projects": [h.project_id for h in heard],
        "keys": [h.match_key for h in heard],
        "phones": [h.phone for h in heard],
        "person_ids": [h.person_id for h in heard],
        "names": [h.name for h in heard],
        "times": [h.at for h in heard],
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN, columns)
        return {(project, key): id_ for project, key, id_ in cursor.fetchall()}
