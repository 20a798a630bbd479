"""A campaign begins with a few messages: until one of them was accepted, no more of them are open,
in all workers together, than it takes to see that it fails everybody.

Only between one worker's look and its claim may another one start as many.
"""

from collections.abc import Iterable, Mapping
from time import monotonic

from django.conf import settings
from django.db import connection

from campaigns.models import OutboxState
from campaigns.pace import storms

PROVEN_SECONDS = 1.0  # for which a worker believes that messages are accepted without asking

OPEN = f"""
SELECT campaign_id, count(*) FROM campaigns_outbox
WHERE state = {OutboxState.CLAIMED:d} AND campaign_id = ANY(%(campaigns)s)
    AND due_at <= statement_timestamp() + %(lease)s * interval '1 second'
GROUP BY campaign_id
"""


class Beginnings:
    """What one worker knows of campaigns that have just begun."""

    def __init__(self) -> None:
        self._proven_until: dict[int, float] = {}

    def most(self, campaign_ids: Iterable[int], *, wanted: int) -> dict[int, int]:
        """Campaign → how many of its messages may start now, of those wanted."""
        ids = list(campaign_ids)
        if not settings.SEND_STORM_WINDOW or not wanted:
            return dict.fromkeys(ids, wanted)
        room = self._room(ids)
        return {campaign: min(wanted, room.get(campaign, wanted)) for campaign in ids}

    def _room(self, ids: Iterable[int]) -> Mapping[int, int]:
        now = monotonic()
        asked = [campaign for campaign in ids if self._proven_until.get(campaign, now) <= now]
        unproven = storms.unproven(asked) if asked else {}
        proven = [campaign for campaign in asked if campaign not in unproven]
        self._proven_until.update(dict.fromkeys(proven, now + PROVEN_SECONDS))
        open_ones = _open(unproven) if unproven else {}
        # Where nothing is open one goes all the same: a storm that did not pause is found again.
        return {
            campaign: max(left - open_ones.get(campaign, 0), 0 if campaign in open_ones else 1)
            for campaign, left in unproven.items()
        }


def _open(campaign_ids: Iterable[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"campaigns": list(campaign_ids), "lease": settings.SEND_LEASE})
        return dict(cursor.fetchall())
