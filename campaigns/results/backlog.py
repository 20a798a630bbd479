"""What of all projects waits to be sent, and for how long. Costs the same however much it is."""

from dataclasses import dataclass

from django.db import connection

from campaigns.models import CampaignStatus, Lane, OutboxState, RunStatus

MOST = 100_000  # rows that are counted; so many means: or more

# Of campaigns as their tallies say, which have counted the rows already.
QUEUED = f"""
SELECT COALESCE(sum(t.n), 0)::bigint FROM campaigns_run r
JOIN campaigns_tally t ON t.run_id = r.id AND t.name = 'queued'
WHERE r.status <> '{RunStatus.FINISHED}'
"""


def _waiting(lane: Lane) -> str:
    return f"""
SELECT count(*) FROM (SELECT FROM campaigns_outbox
    WHERE state = {OutboxState.READY:d} AND lane = {lane:d} LIMIT {MOST}) AS waiting
"""


OPEN = f"""
SELECT count(*) FILTER (WHERE state = {OutboxState.CLAIMED:d}),
    count(*) FILTER (WHERE state = {OutboxState.IN_DOUBT:d})
FROM (SELECT state FROM campaigns_outbox
    WHERE state <> {OutboxState.READY:d} LIMIT {MOST}) AS taken
"""
_AGE = "COALESCE(max(extract(epoch FROM statement_timestamp() - oldest.due_at)), 0)::float"


def _age(lane: Lane) -> str:
    return f"""
SELECT {_AGE} FROM providers_provider v CROSS JOIN LATERAL (
    SELECT o.due_at FROM campaigns_outbox o
    WHERE o.project_id = v.project_id AND o.lane = {lane:d}
        AND o.state = {OutboxState.READY:d} AND o.due_at <= statement_timestamp()
    ORDER BY o.due_at LIMIT 1) AS oldest
"""


CAMPAIGNS_AGE = f"""
SELECT {_AGE} FROM campaigns_campaign c CROSS JOIN LATERAL (
    SELECT o.due_at FROM campaigns_outbox o
    WHERE o.campaign_id = c.id AND o.lane = {Lane.BULK:d}
        AND o.state = {OutboxState.READY:d} AND o.due_at <= statement_timestamp()
    ORDER BY o.due_at LIMIT 1) AS oldest
WHERE c.status = '{CampaignStatus.RUNNING}'
"""
MOST_OF_A_PROJECT = 10_000


def _waiting_of(lane: Lane) -> str:
    return f"""(SELECT count(*) FROM (SELECT FROM campaigns_outbox
    WHERE project_id = %(project)s AND state = {OutboxState.READY:d} AND lane = {lane:d}
    LIMIT {MOST_OF_A_PROJECT}) AS waiting)"""


OF_A_PROJECT = f"""
SELECT (SELECT COALESCE(sum(t.n), 0)::bigint FROM campaigns_campaign c
        JOIN campaigns_run r ON r.campaign_id = c.id AND r.status <> '{RunStatus.FINISHED}'
        JOIN campaigns_tally t ON t.run_id = r.id AND t.name = 'queued'
        WHERE c.project_id = %(project)s),
    {_waiting_of(Lane.DIRECT)}, {_waiting_of(Lane.URGENT)}
"""
STATEMENTS = (
    QUEUED,
    _waiting(Lane.URGENT),
    _waiting(Lane.DIRECT),
    OPEN,
    _age(Lane.URGENT),
    _age(Lane.DIRECT),
    CAMPAIGNS_AGE,
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """`queued` are campaigns' messages, `direct` programs'; ages are seconds since the oldest one
    was due."""

    queued: int
    urgent: int
    direct: int
    claimed: int
    in_doubt: int
    urgent_age: float
    direct_age: float
    campaigns_age: float


def backlog() -> Backlog:
    with connection.cursor() as cursor:
        found: list[float] = []
        for statement in STATEMENTS:
            cursor.execute(statement)
            found += cursor.fetchone()
    queued, urgent, direct, claimed, in_doubt, *ages = found
    urgent_age, direct_age, campaigns_age = ages
    return Backlog(
        queued=int(queued),
        urgent=int(urgent),
        direct=int(direct),
        claimed=int(claimed),
        in_doubt=int(in_doubt),
        urgent_age=urgent_age,
        direct_age=direct_age,
        campaigns_age=campaigns_age,
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages of one project: campaigns' as their tallies say, the others counted up to
    MOST_OF_A_PROJECT."""

    of_campaigns: int
    of_programs: int
    of_people: int  # replies, tests, confirmations

    @property
    def words(self) -> str:
        parts = (
            (self.of_campaigns, "of campaigns"),
            (self.of_programs, "of programs"),
            (self.of_people, "replies and tests"),
        )
        told = [f"{_up_to(count)} {what}" for count, what in parts if count > 0]
        return ", ".join(told) or "nothing"


def _up_to(count: int) -> str:
    return f"{count:,}" if count != MOST_OF_A_PROJECT else f"{count:,} or more"


def waiting_of(project_id: int) -> Waiting:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(OF_A_PROJECT, {"project": project_id})
        return Waiting(*cursor.fetchone())
