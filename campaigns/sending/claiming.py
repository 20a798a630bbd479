"""Which messages may go now, and the claim that makes them this worker's for one attempt.

A row is claimed only when its request can start at once, so a worker that dies leaves at most its
open requests in doubt. Whatever forbids sending is read in the claim's own snapshot: a pause, a
stop or an opt-out that was committed before it holds. Where one claim must not overlook another's
messages, a project's claims take turns: who finds somebody at it claims nothing.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from campaigns.gates.of_programs import reason_for_programs
from campaigns.gates.quiet_hours import AWAKE, QUIET
from campaigns.gates.registry import (
    composed,
    may_send,
    may_take_turns,
    reason_at_claim,
    reason_in_turn,
    takes_turns,
)
from campaigns.ledger.moves import AS_IT_WAS, counted, drop, is_open
from campaigns.ledger.tallies import COUNT_MOVES
from campaigns.models import CampaignStatus, Lane, MessageKind, OutboxState
from campaigns.sending.finding_due import Due
from campaigns.sending.taking_over import IS_OURS
from templates_app.values.person import person_seen


class Row(NamedTuple):
    """What a claim reads of a message and its person, by the names of the statement's columns. Raw
    cursors give jsonb as text."""

    id: int
    attempt: int
    tries: int
    kind: int
    campaign_id: int | None
    variant_id: int | None
    phone: str
    send_key: int
    content: str | None
    created_at: datetime
    opted_in: bool
    identity: str | None
    name: str | None
    email: str | None
    language: str | None
    time_zone: str | None
    properties: str | None
    event: str | None


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


LOCK_OF_TURNS = 7_266_004  # beside the project's number
TAKE_TURN = f"""SELECT set_config('kabootar.is_our_turn',
    pg_try_advisory_xact_lock({LOCK_OF_TURNS}, %(project)s)::text, true)"""
IS_OUR_TURN = "current_setting('kabootar.is_our_turn') = 'true'"
SHARE_TURN = f"(SELECT pg_try_advisory_xact_lock_shared({LOCK_OF_TURNS}, %(project)s))"

_turns = Counter[int]()  # project → how often its campaigns were claimed from


def _pick(lane: Lane, *, goes: str = "true") -> str:
    return f"""
SELECT o.message_id, o.expires_at FROM campaigns_outbox o
WHERE o.project_id = %(project)s AND o.lane = {lane:d}
    AND o.state = {OutboxState.READY:d} AND o.due_at <= statement_timestamp() AND {IS_OURS}
    AND {goes}
ORDER BY o.due_at, o.message_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""


def _pick_bulk(*, goes: str) -> str:
    """Each running campaign gets its share, so that a small one never waits for a large one to
    end. They add up to the limit; without a LIMIT PostgreSQL would expect a tenth of all rows, and
    read them. `goes` is a condition of c."""
    return f"""
SELECT due.message_id, due.expires_at
FROM unnest(%(campaigns)s::bigint[], %(shares)s::int[]) AS wanted (campaign_id, share)
JOIN campaigns_campaign c ON c.id = wanted.campaign_id AND c.status = '{CampaignStatus.RUNNING}'
    AND {IS_OURS} AND {may_send()} AND {goes}
CROSS JOIN LATERAL (
    SELECT o.message_id, o.expires_at FROM campaigns_outbox o
    WHERE o.lane = {Lane.BULK:d} AND o.campaign_id = c.id
        AND o.state = {OutboxState.READY:d} AND o.due_at <= statement_timestamp()
    ORDER BY o.due_at, o.message_id LIMIT wanted.share FOR UPDATE SKIP LOCKED
) AS due
LIMIT %(limit)s
"""


# Of m, a message of a live campaign: what its person did.
EVENT_OF_ENTRY = "(SELECT t.properties FROM campaigns_trigger t WHERE t.id = m.entry)"
# Whoever is asleep stays as if they had not been picked: putting_off.py comes for them.
ONLY_AWAKE = f"""
    CROSS JOIN {QUIET}
    WHERE {AWAKE}"""


def _judged(reason: str, *, only: str = "") -> str:
    """Each message by itself. Gates are for campaigns' messages and programs'. One that a report
    has settled meanwhile has nothing left to send: its row just goes."""
    return f"""
    SELECT m.id, m.kind, m.campaign_id, m.run_id, m.variant_id, m.phone, m.send_key, m.content,
        m.state, m.created_at, p.identity, p.name, p.email, p.language, p.time_zone, p.properties,
        COALESCE(g.opted_in, false) AS opted_in,
        CASE WHEN m.entry <> 0 THEN {EVENT_OF_ENTRY} END AS event,
        NOT {is_open("m.state")} AS settled,
        CASE m.kind WHEN {MessageKind.CAMPAIGN:d} THEN {reason_at_claim()}
            WHEN {MessageKind.API:d} THEN {reason_for_programs()} END AS {reason}
    FROM picked
    JOIN campaigns_message m ON m.id = picked.message_id
    LEFT JOIN campaigns_profile p ON p.id = m.profile_id
    LEFT JOIN campaigns_phoneblock b ON b.project_id = m.project_id AND b.match_key = m.send_key
    LEFT JOIN providers_gatewayconsent g
        ON g.project_id = m.project_id AND g.match_key = m.send_key{only}"""


def _judged_at_once(*, only: str = "") -> str:
    return f"judged AS MATERIALIZED ({_judged('reason', only=only)})"


def _judged_in_turn(*, only: str = "") -> str:
    return f"""alone AS MATERIALIZED ({_judged("alone_reason", only=only)}),
judged AS MATERIALIZED (
    SELECT alone.*, COALESCE(alone_reason, {reason_in_turn()}) AS reason FROM alone
)"""


def _claim_sql(pick: str, judged: str) -> str:
    return f"""
WITH picked AS MATERIALIZED ({pick}),
{judged},
claimed AS (
    UPDATE campaigns_outbox o
    SET state = {OutboxState.CLAIMED:d}, attempt = o.attempt + 1,
        due_at = statement_timestamp() + %(lease)s * interval '1 second'
    FROM judged j WHERE o.message_id = j.id AND NOT j.settled AND j.reason IS NULL
    RETURNING o.message_id, o.attempt, o.tries
),
-- Everybody else locks a message first and its row of the outbox second; here the rows are locked
-- already, so that to wait for a message could be a deadlock. Who is skipped has another turn.
barred AS MATERIALIZED (
    SELECT m.id, j.reason, {AS_IT_WAS} FROM judged j JOIN campaigns_message m ON m.id = j.id
    WHERE j.reason IS NOT NULL AND NOT j.settled
    ORDER BY m.id FOR NO KEY UPDATE OF m SKIP LOCKED
),
gone AS (
    DELETE FROM campaigns_outbox o USING judged j
    WHERE o.message_id = j.id AND (j.settled OR j.id IN (SELECT id FROM barred))
),
moves AS (
    UPDATE campaigns_message m SET {drop("b.reason")}
    FROM barred b WHERE m.id = b.id AND {is_open("m.state")}
    RETURNING {counted("b")}
),
counted AS ({COUNT_MOVES})
SELECT {", ".join(Row._fields)} FROM judged j JOIN claimed c ON c.message_id = j.id ORDER BY j.id
"""


def _beside_others(project: str) -> str:
    """Nothing goes where turns are taken since a moment ago; and nobody's turn begins beside it."""
    if not may_take_turns():
        return "true"
    return f"{SHARE_TURN} AND NOT ({takes_turns(project)})"


@composed
def claim_urgent_sql() -> str:
    return _claim_sql(_pick(Lane.URGENT), _judged_at_once())


@composed
def claim_direct_sql() -> str:
    return _claim_sql(_pick(Lane.DIRECT, goes=_beside_others("%(project)s")), _judged_at_once())


@composed
def claim_direct_in_turn_sql() -> str:
    return _claim_sql(_pick(Lane.DIRECT, goes=IS_OUR_TURN), _judged_in_turn())


@composed
def claim_bulk_sql() -> str:
    return _claim_sql(_pick_bulk(goes=_beside_others("c.project_id")), _judged_at_once())


@composed
def claim_bulk_in_turn_sql() -> str:
    return _claim_sql(_pick_bulk(goes=IS_OUR_TURN), _judged_in_turn())


@composed
def claim_awake_sql() -> str:
    """Of campaigns among which some have quiet hours."""
    pick = _pick_bulk(goes=_beside_others("c.project_id"))
    return _claim_sql(pick, _judged_at_once(only=ONLY_AWAKE))


@composed
def claim_awake_in_turn_sql() -> str:
    return _claim_sql(_pick_bulk(goes=IS_OUR_TURN), _judged_in_turn(only=ONLY_AWAKE))


def claim_urgent(due: Due, *, limit: int) -> list[Claim]:
    if not limit:
        return []
    return _claim(claim_urgent_sql(), {"project": due.project_id, "limit": limit})


def claim_direct(due: Due, *, limit: int) -> list[Claim]:
    if not limit or not due.direct:
        return []
    parameters = {"project": due.project_id, "limit": limit}
    if due.takes_turns:
        return _claim_in_turn(claim_direct_in_turn_sql(), parameters)
    return _claim(claim_direct_sql(), parameters)


def claim_bulk(due: Due, *, limit: int, most: Mapping[int, int] | None = None) -> list[Claim]:
    """`most`: campaign id → how many of its messages may leave now. They share the limit."""
    if not limit or not due.campaigns:
        return []
    if most is None:
        most = {campaign.id: limit for campaign in due.campaigns}
    campaigns = _in_turn(due.project_id, list(most))
    shares = share_out(limit, [most[campaign] for campaign in campaigns])
    parameters: dict[str, Any] = {"project": due.project_id, "limit": limit}
    parameters |= {"campaigns": campaigns, "shares": shares}
    if due.clocks:
        parameters["quiet"] = due.clocks
    if due.takes_turns:
        sql = claim_awake_in_turn_sql() if due.clocks else claim_bulk_in_turn_sql()
        return _claim_in_turn(sql, parameters)
    return _claim(claim_awake_sql() if due.clocks else claim_bulk_sql(), parameters)


def _in_turn(project_id: int, campaigns: Sequence[int]) -> list[int]:
    """What is left after equal shares goes to the first campaigns, and at a low rate there is
    nothing else. So another one is the first each time, in every process."""
    first = _turns[project_id] % len(campaigns)
    _turns[project_id] += 1
    return [*campaigns[first:], *campaigns[:first]]


def share_out(permits: int, most: Sequence[int]) -> list[int]:
    """A part for each campaign in `most`, which says how many it may have: equal parts, and what
    one may not have goes to the others, the first ones first."""
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
        _execute(cursor, sql, parameters)
        return _claims(cursor)


def _claim_in_turn(sql: str, parameters: Mapping[str, Any]) -> list[Claim]:
    """The lock is a statement of its own, since a claim sees what was committed when it began; it
    is free again when others can see what was claimed. Both go in one message, which PostgreSQL
    takes as one transaction. Nobody waits for the lock: the next turn is near."""
    with connection.cursor() as cursor:
        _execute(cursor, f"{TAKE_TURN}; {sql}", parameters)
        cursor.nextset()
        return _claims(cursor)


def _execute(cursor: CursorWrapper, sql: str, parameters: Mapping[str, Any]) -> None:
    fixed = {"lease": settings.SEND_LEASE, "instance": settings.INSTANCE_ID}
    cursor.execute(sql, {**parameters, **fixed})


def _claims(cursor: CursorWrapper) -> list[Claim]:
    return [_read(Row._make(row)) for row in cursor.fetchall()]


def _object(text: str | None) -> dict[str, Any]:
    """Whatever is no object counts as an empty one: the rows are claimed already, so a strange
    value in one of them must not keep the others from being read."""
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def _read(row: Row) -> Claim:
    return Claim(
        message_id=row.id,
        attempt=row.attempt,
        tries=row.tries,
        kind=row.kind,
        campaign_id=row.campaign_id,
        variant_id=row.variant_id,
        phone=row.phone,
        match_key=row.send_key,
        content=_object(row.content),
        created_at=row.created_at,
        opted_in=row.opted_in,
        person=_person(row),
    )


def _person(row: Row) -> Mapping[str, object]:
    person = person_seen(row, _object(row.properties))
    return person if row.event is None else {**person, "event": _object(row.event)}
