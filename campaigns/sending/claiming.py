"""Which messages may go now, and the claim that makes them this worker's for one attempt.

A row is claimed only when its request can start at once, so a worker that dies leaves at most its
open requests in doubt. Whatever forbids sending is read in the claim's own snapshot: a pause, a
stop or an opt-out that was committed before it holds.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from campaigns.audience.reachability import SUPPRESSION_CASE
from campaigns.gates.hours import MAY_SEND
from campaigns.gates.trial_mode import TRIAL_CASE, WAITS_FOR_TRIAL
from campaigns.ledger.tallies import COUNT_MOVES
from campaigns.models import CampaignStatus, Lane, MessageKind, OutboxState, State

URGENT_AT_ONCE = 50

_turns = Counter[int]()  # project → how often its campaigns were claimed from

# Nothing leaves from a copy of another installation's database until somebody has confirmed it.
IS_OURS = """NOT EXISTS (SELECT 1 FROM providers_installation WHERE instance_id <> %(instance)s)"""

# Per connected project: how many urgent messages are due, and which running campaigns have some.
# Not EXISTS: with a million rows waiting, PostgreSQL would go through all of them.
DUE = f"""
SELECT v.project_id, v.id, v.rate,
    (SELECT count(*) FROM (
        SELECT 1 FROM campaigns_outbox o WHERE o.project_id = v.project_id
            AND o.lane = {Lane.URGENT:d} AND o.state = {OutboxState.READY:d}
            AND o.due_at <= statement_timestamp()
        LIMIT {URGENT_AT_ONCE}) AS waiting),
    ARRAY(SELECT ARRAY[c.id, COALESCE(c.per_minute, 0)] FROM campaigns_campaign c
        WHERE c.project_id = v.project_id AND c.status = '{CampaignStatus.RUNNING}'
        AND NOT {WAITS_FOR_TRIAL} AND {MAY_SEND}
        AND (SELECT o.message_id FROM campaigns_outbox o
            WHERE o.lane = {Lane.BULK:d} AND o.campaign_id = c.id
                AND o.state = {OutboxState.READY:d} AND o.due_at <= statement_timestamp()
            ORDER BY o.due_at LIMIT 1) IS NOT NULL
        ORDER BY c.id)
FROM providers_provider v
WHERE {IS_OURS}
"""

PICK_URGENT = f"""
SELECT o.message_id FROM campaigns_outbox o
WHERE o.project_id = %(project)s AND o.lane = {Lane.URGENT:d}
    AND o.state = {OutboxState.READY:d} AND o.due_at <= statement_timestamp() AND {IS_OURS}
ORDER BY o.due_at, o.message_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""

# Each running campaign gets its share, so that a small one never waits for a large one to end. The
# shares add up to the limit; without it PostgreSQL would expect a tenth of all rows, and read them.
PICK_BULK = f"""
SELECT due.message_id
FROM unnest(%(campaigns)s::bigint[], %(shares)s::int[]) AS wanted (campaign_id, share)
JOIN campaigns_campaign c ON c.id = wanted.campaign_id AND c.status = '{CampaignStatus.RUNNING}'
    AND {IS_OURS} AND NOT {WAITS_FOR_TRIAL} AND {MAY_SEND}
CROSS JOIN LATERAL (
    SELECT o.message_id FROM campaigns_outbox o
    WHERE o.lane = {Lane.BULK:d} AND o.campaign_id = c.id
        AND o.state = {OutboxState.READY:d} AND o.due_at <= statement_timestamp()
    ORDER BY o.due_at, o.message_id LIMIT wanted.share FOR UPDATE SKIP LOCKED
) AS due
LIMIT %(limit)s
"""

# A message that a report has settled meanwhile has nothing left to send: its row just goes.
CLAIM = """
WITH picked AS MATERIALIZED ({pick}),
judged AS MATERIALIZED (
    SELECT m.id, m.kind, m.campaign_id, m.run_id, m.variant_id, m.phone, m.send_key, m.content,
        m.state, m.created_at, p.identity, p.name, p.email, p.language, p.time_zone, p.properties,
        COALESCE(g.opted_in, false) AS opted_in,
        m.state NOT IN ({queued:d}, {in_doubt:d}) AS settled,
        CASE WHEN m.kind = {campaign:d} THEN COALESCE({suppression}, {trial}) END AS reason
    FROM picked
    JOIN campaigns_message m ON m.id = picked.message_id
    LEFT JOIN campaigns_profile p ON p.id = m.profile_id
    LEFT JOIN campaigns_phoneblock b ON b.project_id = m.project_id AND b.match_key = m.send_key
    LEFT JOIN providers_gatewayconsent g
        ON g.project_id = m.project_id AND g.match_key = m.send_key
),
claimed AS (
    UPDATE campaigns_outbox o
    SET state = {claimed:d}, attempt = o.attempt + 1,
        due_at = statement_timestamp() + %(lease)s * interval '1 second'
    FROM judged j WHERE o.message_id = j.id AND NOT j.settled AND j.reason IS NULL
    RETURNING o.message_id, o.attempt, o.tries
),
-- Messages before the outbox is the order of everybody else, and theirs are in our hands already:
-- never wait for a message here. Who is skipped has another turn.
barred AS MATERIALIZED (
    SELECT m.id, j.reason, m.state AS was FROM judged j JOIN campaigns_message m ON m.id = j.id
    WHERE j.reason IS NOT NULL AND NOT j.settled
    ORDER BY m.id FOR NO KEY UPDATE OF m SKIP LOCKED
),
gone AS (
    DELETE FROM campaigns_outbox o USING judged j
    WHERE o.message_id = j.id AND (j.settled OR j.id IN (SELECT id FROM barred))
),
moves AS (
    UPDATE campaigns_message m
    SET state = CASE m.state WHEN {queued:d} THEN {suppressed:d} ELSE {unknown:d} END,
        reason = CASE m.state WHEN {queued:d} THEN b.reason ELSE 'unknown' END,
        failed_at = CASE m.state WHEN {in_doubt:d} THEN now() END
    FROM barred b
    WHERE m.id = b.id AND m.state IN ({queued:d}, {in_doubt:d})
    RETURNING m.run_id, false AS newly_sent, b.was, '' AS was_reason, '' AS was_code,
        m.state AS now, m.reason, m.code
),
counted AS ({count_moves})
SELECT j.id, c.attempt, c.tries, j.kind, j.campaign_id, j.variant_id, j.phone, j.send_key,
    j.content, j.created_at, j.opted_in, j.identity, j.name, j.email, j.language, j.time_zone,
    j.properties
FROM judged j JOIN claimed c ON c.message_id = j.id
ORDER BY j.id
"""


def _claim_sql(pick: str) -> str:
    return CLAIM.format(
        pick=pick,
        suppression=SUPPRESSION_CASE,
        trial=TRIAL_CASE,
        count_moves=COUNT_MOVES,
        campaign=MessageKind.CAMPAIGN,
        queued=State.QUEUED,
        suppressed=State.SUPPRESSED,
        in_doubt=State.IN_DOUBT,
        unknown=State.UNKNOWN,
        claimed=OutboxState.CLAIMED,
    )


CLAIM_URGENT = _claim_sql(PICK_URGENT)
CLAIM_BULK = _claim_sql(PICK_BULK)


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign with something to send; `per_minute` is its own throttle, 0 for none."""

    id: int
    per_minute: int


@dataclass(frozen=True, slots=True)
class Due:
    """What a connected project has to send: `urgent` messages (counted up to 50), and the running
    campaigns that have some. `rate` is the provider's, in messages per second."""

    project_id: int
    provider_id: int
    rate: int
    urgent: int
    campaigns: list[Running]


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one message; nobody else will make it. `tries`: those before it that count
    for giving up."""

    message_id: int
    attempt: int
    tries: int
    kind: int
    campaign_id: int | None
    variant_id: int | None
    phone: str
    match_key: int
    content: Mapping[str, Any]
    created_at: datetime
    opted_in: bool
    person: Mapping[str, object]


def find_due() -> list[Due]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"instance": settings.INSTANCE_ID})
        due = (
            Due(project_id, provider_id, rate, urgent, [Running(*pair) for pair in running])
            for project_id, provider_id, rate, urgent, running in cursor.fetchall()
        )
        return [one for one in due if one.urgent or one.campaigns]


def claim_urgent(due: Due, *, limit: int) -> list[Claim]:
    if not limit:
        return []
    return _claim(CLAIM_URGENT, {"project": due.project_id, "limit": limit})


def claim_bulk(due: Due, *, limit: int, most: Mapping[int, int] | None = None) -> list[Claim]:
    """`most`: campaign id → how many of its messages may leave now. They share the limit."""
    if not limit or not due.campaigns:
        return []
    if most is None:
        most = {campaign.id: limit for campaign in due.campaigns}
    campaigns = _in_turn(due.project_id, list(most))
    shares = share_out(limit, [most[campaign] for campaign in campaigns])
    parameters = {"project": due.project_id, "campaigns": campaigns, "shares": shares}
    return _claim(CLAIM_BULK, {**parameters, "limit": limit})


def _in_turn(project_id: int, campaigns: Sequence[int]) -> list[int]:
    """What can't be shared equally goes to the first ones: at a low rate that is all there is. So
    another one is the first each time. Each process being fair, all of them are."""
    first = _turns[project_id] % len(campaigns)
    _turns[project_id] += 1
    return [*campaigns[first:], *campaigns[:first]]


def share_out(permits: int, most: Sequence[int]) -> list[int]:
    """Equal parts, but nobody gets more than his most; what is left over goes to the others, the
    first ones first."""
    shares = [0] * len(most)
    open_ones = [position for position, wanted in enumerate(most) if wanted]
    while permits and open_ones:
        part, rest = divmod(permits, len(open_ones))
        for turn, position in enumerate(open_ones):
            given = min(part + (turn < rest), most[position] - shares[position])
            shares[position] += given
            permits -= given
        open_ones = [position for position in open_ones if shares[position] < most[position]]
    return shares


def _claim(sql: str, parameters: Mapping[str, Any]) -> list[Claim]:
    with connection.cursor() as cursor:
        fixed = {"lease": settings.SEND_LEASE, "instance": settings.INSTANCE_ID}
        cursor.execute(sql, {**parameters, **fixed})
        return [_read(row) for row in cursor.fetchall()]


def _object(text: str | None) -> dict[str, Any]:
    """Whatever else stands there: these rows are claimed, none of them may fail to be read."""
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def _read(row: tuple[Any, ...]) -> Claim:
    """Columns in CLAIM's order; raw cursors give jsonb as text."""
    message_id, attempt, tries, kind, campaign_id, variant_id, phone, match_key, content = row[:9]
    created_at, opted_in, identity, name, email, language, time_zone, properties = row[9:]
    return Claim(
        message_id=message_id,
        attempt=attempt,
        tries=tries,
        kind=kind,
        campaign_id=campaign_id,
        variant_id=variant_id,
        phone=phone,
        match_key=match_key,
        content=_object(content),
        created_at=created_at,
        opted_in=opted_in,
        person={
            "profile": {
                **_object(properties),
                "identity": identity or "",
                "name": name or "",
                "phone": phone,
                "email": email or "",
                "language": language or "",
                "time_zone": time_zone or "",
            }
        },
    )
