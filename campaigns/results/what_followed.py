"""What people did after a campaign besides what it was for: they left, or wrote.

Both are found from what happened, of which there is little beside the messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.models import OWN_HAND, Campaign, EventName, Run
from campaigns.results.numbers import LEFT_WITHIN

# Looked at, from the newest on, so that no page waits for them.
MOST_LEFT = 10_000
MOST_REPLIES = 300
SHOWN = 5
LONGEST = 140
# What somebody sent who wrote nothing with it.
WITHOUT_WORDS = {
    "image": "A picture",
    "video": "A video",
    "audio": "A recording",
    "voice": "A recording",
    "document": "A file",
    "sticker": "A sticker",
    "location": "A place",
    "contacts": "Contacts",
    "order": "An order",
    "interactive": "A form or a choice",
    "reaction": "A reaction",
}
# Of a second try's people their first message does not count.
_LEFT = """
SELECT count(DISTINCT m.id), (SELECT count(*) FROM left_by) FROM left_by l
JOIN campaigns_message m ON m.project_id = %(project)s AND m.send_key = l.match_key
    AND m.run_id = ANY(%(runs)s) AND m.sent_at <= l.at AND m.sent_at > l.at - %(within)s
WHERE m.run_id <> %(before)s OR NOT EXISTS (
    SELECT FROM campaigns_message later
    WHERE later.run_id = %(again)s AND later.profile_id = m.profile_id)
"""
_LEFT_BY = """
WITH left_by AS MATERIALIZED (
    SELECT match_key, at FROM campaigns_subscriptionchange
    WHERE project_id = %(project)s AND at >= %(since)s AND value
        AND at < COALESCE(%(until)s::timestamptz, 'infinity')
        AND source IN ('{}', '{}', '{}') AND match_key IS NOT NULL
    ORDER BY at DESC LIMIT %(most)s
)
""".format(*OWN_HAND)
_REPLIES = f"""
SELECT m.id, p.name, m.phone, replied.text, replied.type, replied.at, c.id FROM (
    SELECT e.message_id, e.at, COALESCE(e.properties->>'Incoming text', '') AS text,
        lower(e.properties->>'Incoming Message Type') AS type
    FROM campaigns_event e
    WHERE e.project_id = %(project)s AND e.name = '{EventName.REPLIED}' AND e.at >= %(since)s
    ORDER BY e.at DESC LIMIT %(most)s
) AS replied
JOIN campaigns_message m ON m.id = replied.message_id AND m.run_id = ANY(%(runs)s)
LEFT JOIN campaigns_profile p ON p.id = m.profile_id
LEFT JOIN providers_conversation c
    ON c.project_id = m.project_id AND c.match_key = m.send_key
ORDER BY replied.at DESC LIMIT %(shown)s
"""


@dataclass(frozen=True, slots=True)
class Left:
    """`is_cut`: there are so many in the project that older ones were not looked at."""

    people: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`conversation` is its number in the inbox, where it is still there."""

    message: int
    who: str
    text: str
    at: datetime
    conversation: int | None


def left_after(campaign: Campaign, runs: Sequence[Run]) -> Left:
    """By a word, a button, or in WhatsApp itself, within a day of being sent it. One query."""
    if not runs:
        return Left(0, is_cut=False)
    retry = next((run for run in runs if run.retry_of_id), None)
    given = {
        **_of(campaign, runs),
        "until": _until(runs),
        "within": LEFT_WITHIN,
        "most": MOST_LEFT,
        "before": (retry.retry_of_id if retry else 0) or 0,
        "again": retry.pk if retry else 0,
    }
    [(people, looked_at)] = _rows(_LEFT_BY + _LEFT, given)
    return Left(people, is_cut=looked_at == MOST_LEFT)


def newest_answers(campaign: Campaign, runs: Sequence[Run]) -> list[Answer]:
    """One query."""
    if not runs:
        return []
    given = {**_of(campaign, runs), "most": MOST_REPLIES, "shown": SHOWN}
    return [
        Answer(pk, name or phone or "Somebody", text[:LONGEST] or _told(type_), at, conversation)
        for pk, name, phone, text, type_, at, conversation in _rows(_REPLIES, given)
    ]


def _told(type_: str | None) -> str:
    return WITHOUT_WORDS.get(type_ or "", "Something without words")


def _of(campaign: Campaign, runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "project": campaign.project_id,
        "runs": [run.pk for run in runs],
        "since": min(run.started_at for run in runs),
    }


def _until(runs: Sequence[Run]) -> datetime | None:
    """After the last of them has ended nothing is sent."""
    ends = [run.finished_at for run in runs]
    return max(end for end in ends if end) + LEFT_WITHIN if all(ends) else None


def _rows(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
