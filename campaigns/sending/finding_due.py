"""What each connected project has to send now, asked anew in every turn, before any claim."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from campaigns.gates.quiet_hours import (
    HOURS_OF_CAMPAIGN,
    QuietHours,
    clocks_of,
    hours_from,
    zone_of_project,
)
from campaigns.gates.registry import composed, may_send, takes_turns
from campaigns.models import CampaignStatus, Lane, OutboxState
from campaigns.sending.taking_over import IS_OURS

AT_ONCE = 50  # of each lane that goes before campaigns

# A campaign with something due. Not EXISTS: with a million rows waiting, PostgreSQL would go
# through all of them.
HAS_DUE = f"""(SELECT o.message_id FROM campaigns_outbox o
    WHERE o.lane = {Lane.BULK:d} AND o.campaign_id = c.id
        AND o.state = {OutboxState.READY:d} AND o.due_at <= statement_timestamp()
    ORDER BY o.due_at LIMIT 1) IS NOT NULL"""


def _waiting(lane: Lane) -> str:
    return f"""(SELECT count(*) FROM (
        SELECT 1 FROM campaigns_outbox o WHERE o.project_id = v.project_id
            AND o.lane = {lane:d} AND o.state = {OutboxState.READY:d}
            AND o.due_at <= statement_timestamp()
        LIMIT {AT_ONCE}) AS waiting)"""


class DueRow(NamedTuple):
    """What is due, as the statement's columns give it in their order."""

    project_id: int
    provider_id: int
    rate: int
    urgent: int
    direct: int
    running: list[list[int]]
    takes_turns: bool
    zone: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign with something to send; `per_minute` is its own throttle, 0 for none. In its quiet
    hours, by the project's clocks, people wait, or it `drops` them."""

    id: int
    per_minute: int
    quiet: QuietHours | None = None
    drops: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """What a connected project has to send: `urgent` messages and `direct` ones of programs (each
    counted up to 50), and the running campaigns that have some. `rate` is the provider's, in
    messages per second; `clocks`, where it is quiet now, empty where no campaign asks."""

    project_id: int
    provider_id: int
    rate: int
    urgent: int
    campaigns: list[Running]
    takes_turns: bool = False
    direct: int = 0
    clocks: str = field(default="", compare=False)


@composed
def due_sql() -> str:
    """Per connected project: how many urgent messages are due, how many of programs, which running
    campaigns have some, and whether its claims take turns; and what its clocks are set by."""
    return f"""
SELECT v.project_id, v.id, v.rate, {_waiting(Lane.URGENT)}, {_waiting(Lane.DIRECT)},
    ARRAY(SELECT ARRAY[c.id, COALESCE(c.per_minute, 0), {HOURS_OF_CAMPAIGN}]
        FROM campaigns_campaign c
        WHERE c.project_id = v.project_id AND c.status = '{CampaignStatus.RUNNING}'
        AND {may_send()} AND {HAS_DUE}
        ORDER BY c.id),
    {takes_turns("v.project_id")}, {zone_of_project("v.project_id")}, statement_timestamp()
FROM providers_provider v
WHERE {IS_OURS}
"""


def find_due() -> list[Due]:
    with connection.cursor() as cursor:
        cursor.execute(due_sql(), {"instance": settings.INSTANCE_ID})
        due = [_due(DueRow._make(row)) for row in cursor.fetchall()]
        return [one for one in due if one.urgent or one.direct or one.campaigns]


def _due(row: DueRow) -> Due:
    campaigns = [
        Running(pk, per_minute, hours_from(start, end, zone=row.zone), drops=bool(drops))
        for pk, per_minute, start, end, drops in row.running
    ]
    return Due(
        project_id=row.project_id,
        provider_id=row.provider_id,
        rate=row.rate,
        urgent=row.urgent,
        direct=row.direct,
        campaigns=campaigns,
        takes_turns=row.takes_turns,
        clocks=clocks_of(((each.id, each.quiet) for each in campaigns), at=row.at),
    )
