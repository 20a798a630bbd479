"""Live campaigns that listen to what happens: those that run, and those that are paused meanwhile.

Each upload of events asks for them, so only what is needed to write triggers is read of them, and
what sets them off is made sense of once.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from campaigns.audience.segments.spans import Clock
from campaigns.ledger.array_texts import numbers
from campaigns.ledger.prepared import prepared
from campaigns.models import Campaign, CampaignStatus, RunStatus
from campaigns.planning.occasion import CUT_OFF
from campaigns.planning.occasion_events import Awaited, awaited_by
from providers.models import Project
from providers.watch.logging_failures import logging_failure_of

LOCK_OF_CAMPAIGN = 7_266_021  # beside the campaign's number
LISTENING = (CampaignStatus.RUNNING, CampaignStatus.PAUSED)
MOST_REMEMBERED = 2_000  # campaigns; a project rarely has more than some dozens
# Of c, a parameter with their numbers.
THESE = "c.id = ANY(%(campaigns)s::bigint[])"
_LISTENING = ", ".join(f"'{status}'" for status in LISTENING)
_WHO = f"""FROM campaigns_campaign c
    JOIN campaigns_run r ON r.campaign_id = c.id AND r.status = '{RunStatus.STANDING}'
    WHERE c.status IN ({_LISTENING}) AND ({{who}})"""

# Campaigns, each held until what sets them off is committed. One at a time enters a campaign, and
# several are taken in their order: whoever writes triggers may have noted on others before that
# they are averted, so two with the same people might wait in a circle, whatever the order within
# each statement. And nobody ends a run meanwhile into which somebody comes.
HOLD = f"""
SELECT campaign_id, pg_advisory_xact_lock({LOCK_OF_CAMPAIGN}, campaign_id::int) FROM (
    SELECT r.campaign_id {_WHO}
    ORDER BY r.campaign_id
) AS heard
"""

# Of held ones in a statement of its own, which sees what was committed before they were held.
READ = f"""
SELECT c.id, c.project_id, p.time_zone, r.started_at, c.ends_at, c.cut_off_hours, c.quiet_from,
    c.quiet_until, c.quiet_action, c.occasion::text, c.awaited_id, c.averted_by_id
FROM campaigns_campaign c
JOIN campaigns_run r ON r.campaign_id = c.id AND r.status = '{RunStatus.STANDING}'
JOIN providers_project p ON p.id = c.project_id
WHERE c.status IN ({_LISTENING}) AND ({{who}}) ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Listening:
    """A live campaign, as it is from when it is held."""

    campaign_id: int
    project_id: int
    zone: str
    begins_at: datetime
    ends_at: datetime | None
    cut_off_hours: int | None
    quiet_from: time | None
    quiet_until: time | None
    quiet_action: str
    document: str
    awaited_id: int | None
    averted_by_id: int | None

    @property
    def awaited(self) -> Awaited:
        """Raises OccasionError."""
        return _awaited(self.project_id, self.document, self.awaited_id, self.averted_by_id)

    @property
    def cut_off(self) -> timedelta:
        return CUT_OFF if self.cut_off_hours is None else timedelta(hours=self.cut_off_hours)

    @property
    def clock(self) -> Clock:
        return Clock(timezone.now(), ZoneInfo(self.zone))


def is_listening(who: str) -> str:
    """SQL of whether a campaign listens, as `hold_listening`."""
    return f"EXISTS (SELECT {_WHO.format(who=who)})"


def hold_listening(who: str, parameters: Mapping[str, Any]) -> Sequence[Listening]:
    """Campaigns of one project that listen, of whom `who` is a condition of c in SQL. Nearly always
    there are none: then that is one statement. When they are held none of them ends any more."""
    held = [campaign for campaign, _ in prepared(HOLD.format(who=who), parameters)]
    return read_listening(THESE, {"campaigns": numbers(held)}) if held else []


def read_listening(who: str, parameters: Mapping[str, Any]) -> Sequence[Listening]:
    """The same, in their order, and not held."""
    found = [Listening(*row) for row in prepared(READ.format(who=who), parameters)]
    return [each for each in found if _is_readable(each)]


def _is_readable(listening: Listening) -> bool:
    """What one of them says may not be readable any more: it keeps nobody's events from being
    stored, nor others' campaigns from going out."""
    awaited = None
    with logging_failure_of(f"what sets off campaign {listening.campaign_id}"):
        awaited = listening.awaited
    return awaited is not None


@lru_cache(MOST_REMEMBERED)
def _awaited(project_id: int, document: str, *_kinds: int | None) -> Awaited:
    """The same document may mean another event only where one was deleted, and then it has another
    number among `_kinds`. What can't be read is not remembered."""
    project = Project(pk=project_id)
    return awaited_by(Campaign(project=project, occasion=json.loads(document)))
