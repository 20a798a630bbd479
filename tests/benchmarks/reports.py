"""Sent messages, and the delivery reports about them as Gupshup writes them."""

import json
import random
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django.db import connection

from campaigns.models import EventName, MessageKind, Run, State
from tests.benchmarks.people import make_campaign, make_project

EVENTS = {"SENT": "025", "DELIVERED": "000", "READ": "026"}
EPOCH_MS = 1767225600000  # 2026-01-01

MESSAGES = f"""
WITH made AS (
    INSERT INTO campaigns_message (project_id, kind, campaign_id, run_id, variant_id, profile_id,
        phone, send_key, state, reason, code, detail, attempt, external_id, created_at, sent_at)
    SELECT project_id, {MessageKind.CAMPAIGN:d}, %(campaign)s, %(run)s, %(variant)s, id, phone,
        match_key, {State.SENT:d}, '', '', '', 1, '5145722132009541678-' || id, now(),
        '2026-01-01T00:00:00Z'
    FROM campaigns_profile WHERE project_id = %(project)s ORDER BY id RETURNING *
)
INSERT INTO campaigns_event (project_id, profile_id, message_id, name, at, properties, dedupe)
SELECT project_id, profile_id, id, '{EventName.SENT}', sent_at, '{{}}', 0 FROM made
RETURNING message_id
"""


def sent_messages(count: int) -> tuple[int, list[int]]:
    """The project's id, and the ids of its messages: accepted by Gupshup, nothing reported yet."""
    project = make_project(people=count, rate=1)
    campaign = make_campaign(project)
    run = Run.objects.create(campaign=campaign, last_profile_id=0)
    with connection.cursor() as cursor:
        cursor.execute(
            MESSAGES,
            {
                "project": project.pk,
                "campaign": campaign.pk,
                "run": run.pk,
                "variant": campaign.variants.get().pk,
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("ANALYZE campaigns_message, campaigns_event")
    return project.pk, ids


def reports_of(message_ids: Sequence[int]) -> Iterator[dict[str, object]]:
    """Three a message, mixed with those of others that were sent about the same time."""
    rng = random.Random(7)
    for start in range(0, len(message_ids), 1000):
        some = [(i, event) for event in EVENTS for i in message_ids[start : start + 1000]]
        for window in range(0, len(some), 200):
            mixed = some[window : window + 200]
            rng.shuffle(mixed)
            yield from (_report(message_id, event) for message_id, event in mixed)


def _report(message_id: int, event: str) -> dict[str, object]:
    return {
        "srcAddr": "SHOPIN",
        "extra": f"0|1767225600|20260101|{message_id}|0",
        "channel": "WHATSAPP",
        "externalId": f"5145722132009541678-{message_id}-1",
        "cause": event if event != "DELIVERED" else "SUCCESS",
        "errorCode": EVENTS[event],
        "destAddr": f"9190000{message_id % 100000:05d}",
        "eventType": event,
        "eventTs": EPOCH_MS + (message_id % 1000) * 1000 + len(event) * 1000,
    }


def posts_of(message_ids: Sequence[int], *, per_post: int) -> list[bytes]:
    """The bodies of requests: a form with the field `response`, as the provider documents it."""
    reports = list(reports_of(message_ids))
    return [
        urlencode({"response": json.dumps(reports[n : n + per_post])}).encode()
        for n in range(0, len(reports), per_post)
    ]
