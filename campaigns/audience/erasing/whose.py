"""Whose rows an erasure is about: of some profiles their phones, our messages to them, their talk.

A phone that another profile of the project has, too, is not theirs alone: what is kept of the phone
stays with the other one.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from providers.models import Conversation

# Runs are few, and each finds its people by key; LATERAL and OFFSET hold the planner to that. What
# was not of a campaign has left an event, or is found by its phone.
BY_PROFILE = """
SELECT m.id, m.send_key FROM campaigns_campaign c JOIN campaigns_run r ON r.campaign_id = c.id
CROSS JOIN LATERAL (
    SELECT id, send_key FROM campaigns_message
    WHERE run_id = r.id AND run_id IS NOT NULL AND profile_id = ANY(%(profiles)s::bigint[]) OFFSET 0
) m WHERE c.project_id = %(project)s
UNION
SELECT m.id, m.send_key FROM campaigns_event e JOIN campaigns_message m ON m.id = e.message_id
WHERE e.profile_id = ANY(%(profiles)s::bigint[]) AND m.profile_id = ANY(%(profiles)s::bigint[])
"""
BY_PHONE = """
SELECT id FROM campaigns_message
WHERE project_id = %(project)s AND send_key = ANY(%(all_keys)s::bigint[])
    AND (profile_id = ANY(%(profiles)s::bigint[])
        OR profile_id IS NULL AND send_key = ANY(%(keys)s::bigint[]))
"""
PHONES = """
SELECT match_key FROM campaigns_profile
WHERE id = ANY(%(profiles)s::bigint[]) AND project_id = %(project)s AND match_key IS NOT NULL
"""
SHARED = """
SELECT match_key FROM campaigns_profile
WHERE match_key = ANY(%(all_keys)s::bigint[]) AND project_id = %(project)s
    AND id <> ALL(%(profiles)s::bigint[])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    project: int
    profiles: list[int]
    keys: list[int]
    conversations: list[int]
    messages: list[int]

    @property
    def parameters(self) -> dict[str, Any]:
        return asdict(self)


def whose(project_id: int, profiles: Collection[int]) -> Whose:
    """Of people of this project. They may be gone already: what is left of them is found by id."""
    known: dict[str, Any] = {"project": project_id, "profiles": sorted(profiles)}
    sent = _rows(BY_PROFILE, known)
    keys = {key for _, key in sent if key is not None} | set(_first(PHONES, known))
    known["all_keys"] = sorted(keys)
    known["keys"] = sorted(keys.difference(_first(SHARED, known)))
    messages = {number for number, _ in sent} | set(_first(BY_PHONE, known))
    talks = Conversation.objects.filter(project=project_id, match_key__in=known["keys"])
    return Whose(
        project=project_id,
        profiles=known["profiles"],
        keys=known["keys"],
        conversations=sorted(talks.values_list("pk", flat=True)),
        messages=sorted(messages),
    )


def _first(statement: str, known: dict[str, Any]) -> Iterable[int]:
    return [row[0] for row in _rows(statement, known)]


def _rows(statement: str, known: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, known)
        rows: list[Any] = cursor.fetchall()
        return rows
