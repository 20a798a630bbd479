"""Clicks on the links of messages: each distinct one is an event, a person's first one a time."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from campaigns.feedback.which_button import buttons_of
from campaigns.ledger.events import HEARD, PROPERTIES
from campaigns.ledger.tallies import LINK, LINK_PEOPLE, count_times, quarter_of
from campaigns.models import BUTTON, EventName
from campaigns.running.entering_by_messages import hear


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """`url` is the target, `short_url` what was in the message; both as Gupshup printed them.

    `printed_at` is the time that Gupshup gave, whatever its clock: part of the click's identity.
    `source` is the number of the callback that it came in.
    """

    project_id: int
    message_id: int
    url: str
    short_url: str
    user_agent: str
    at: datetime
    printed_at: datetime
    source: int | None = None

    @property
    def dedupe(self) -> int:
        """63 bits that are the same for the same click: message, target, time and user agent."""
        parts = (str(self.message_id), self.url, self.printed_at.isoformat(), self.user_agent)
        digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 1


APPLY = f"""
WITH clicks AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(projects)s::bigint[], %(dedupes)s::bigint[],
        %(times)s::timestamptz[], %(urls)s::text[], %(short_urls)s::text[],
        %(sources)s::bigint[], %(buttons)s::text[])
        AS c (id, project_id, dedupe, at, url, short_url, source, button)
),
held AS MATERIALIZED (
    SELECT m.id, m.project_id, m.profile_id, m.run_id, m.kind, m.campaign_id, m.variant_id,
        m.clicked_at
    FROM (SELECT DISTINCT id, project_id FROM clicks) AS clicked
    JOIN campaigns_message m ON m.id = clicked.id AND m.project_id = clicked.project_id
    ORDER BY m.id
    FOR NO KEY UPDATE OF m
),
written AS (
    INSERT INTO campaigns_event
        (project_id, profile_id, message_id, name, at, properties, dedupe, source)
    SELECT m.project_id, m.profile_id, m.id, '{EventName.CLICKED}', clicks.at,
        {PROPERTIES} || jsonb_build_object(
            'wzrk_c2a', clicks.url, 'wzrk_c2a_short_url', clicks.short_url)
            || CASE WHEN clicks.button = '' THEN '{{}}'::jsonb
                ELSE jsonb_build_object('{BUTTON}', clicks.button) END,
        clicks.dedupe, clicks.source
    FROM clicks
    JOIN held m ON m.id = clicks.id AND m.project_id = clicks.project_id
    LEFT JOIN campaigns_campaign c ON c.id = m.campaign_id
    LEFT JOIN campaigns_variant v ON v.id = m.variant_id
    ORDER BY m.id, clicks.at
    ON CONFLICT (message_id, name, dedupe) DO NOTHING
    RETURNING id, project_id, message_id, at, properties->>'{BUTTON}' AS button
),
moves AS (
    UPDATE campaigns_message m SET clicked_at = LEAST(held.clicked_at, firsts.at)
    FROM held JOIN (
        SELECT message_id, min(at) AS at FROM written GROUP BY message_id
    ) AS firsts ON firsts.message_id = held.id
    WHERE m.id = held.id
    RETURNING m.run_id, m.variant_id AS of_variant, held.clicked_at AS was_clicked_at, m.clicked_at
),
clicked AS ({count_times(clicked=("was_clicked_at", "clicked_at"))}),
counted AS (
INSERT INTO campaigns_tally (run_id, variant_id, name, quarter, n)
SELECT held.run_id, held.variant_id, 'clicks', {quarter_of("written.at")}, count(*)
FROM written JOIN held ON held.id = written.message_id
WHERE held.run_id IS NOT NULL GROUP BY 1, 2, 4
),
by_button AS (
INSERT INTO campaigns_tally (run_id, variant_id, name, n)
SELECT held.run_id, held.variant_id, told.name || clicked.button, sum(told.n)
FROM (
    SELECT w.message_id, w.button, count(*) AS times, NOT EXISTS (
        SELECT FROM campaigns_event e WHERE e.message_id = w.message_id
            AND e.name = '{EventName.CLICKED}' AND e.properties->>'{BUTTON}' = w.button) AS is_first
    FROM written w WHERE w.button IS NOT NULL GROUP BY w.message_id, w.button
) AS clicked
JOIN held ON held.id = clicked.message_id
CROSS JOIN LATERAL (VALUES ('{LINK}', clicked.times), ('{LINK_PEOPLE}', clicked.is_first::int))
    AS told (name, n)
WHERE held.run_id IS NOT NULL AND told.n > 0 GROUP BY 1, 2, 3
)
SELECT {HEARD}
"""


def apply_clicks(clicks: Sequence[Click]) -> None:
    """In the caller's transaction; clicks that are known already change nothing."""
    if not clicks:
        return
    buttons = buttons_of([(c.message_id, c.url) for c in clicks])
    columns: dict[str, list[object]] = {
        "ids": [c.message_id for c in clicks],
        "projects": [c.project_id for c in clicks],
        "dedupes": [c.dedupe for c in clicks],
        "times": [c.at for c in clicks],
        "urls": [c.url for c in clicks],
        "short_urls": [c.short_url for c in clicks],
        "sources": [c.source for c in clicks],
        "buttons": list(buttons),
    }
    with connection.cursor() as cursor:
        cursor.execute(APPLY, columns)
        (heard,) = cursor.fetchone()
    hear(heard)
