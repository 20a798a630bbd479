"""Whoever sets off a live campaign has a trigger of it: one statement for all of them, and for all
campaigns that are set off at this moment.

Whoever is waiting already enters no second time: what comes further is counted on their trigger,
whose time is that of the first. And what somebody was not to do is noted on those that it concerns,
also where their message waits to be sent.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from campaigns.audience.segments.rules import Statement
from campaigns.hints import wake_turner
from campaigns.ledger.array_texts import numbers, texts
from campaigns.ledger.prepared import prepared
from campaigns.planning.allowed_moments import after_quiet_hours, first_allowed
from campaigns.running.listening import Listening

# So long after it a message can't wait any more, whatever cut-off its campaign has.
WAITS_AT_MOST = timedelta(days=32)
NO_END = datetime(9999, 1, 1, tzinfo=UTC)

# Of o, what was told, and l, the campaign that it means something to: so many campaigns cost one
# look at what was told. Only what comes from its beginning on counts, and before its end. Always in
# the same order, so that nobody waits in a circle. Whoever comes later with an earlier event makes
# it the first. Who waits and who had it are found in one look, by the index that has both: where it
# is asked for those who wait alone, PostgreSQL may go through everybody who is due some day.
ENTER = """
WITH {told},
listening AS MATERIALIZED (
    SELECT * FROM unnest(%(campaigns)s::bigint[], %(of_kinds)s::bigint[], %(begins)s::timestamptz[],
        %(ends)s::timestamptz[], %(delays)s::interval[], %(graces)s::interval[],
        %(cut_offs)s::interval[], %(agains)s::interval[])
        AS l (campaign_id, kind_id, begins, ends, delay, grace, cut_off, again)
),
entering AS MATERIALIZED (
    SELECT l.campaign_id, o.profile_id, o.match_key, o.at, o.fingerprint, o.properties,
        planned.at + l.grace AS due_at, {waits_until} + l.cut_off AS expires_at, before.waits
    FROM told o JOIN listening l ON l.kind_id = o.kind_id
    CROSS JOIN LATERAL (SELECT {planned} AS at) AS planned
    CROSS JOIN LATERAL (
        SELECT bool_or(e.ended_at IS NULL) AS waits, bool_or({had_it}) AS had_it
        FROM campaigns_trigger e
        WHERE e.campaign_id = l.campaign_id AND e.match_key = o.match_key AND e.reason = ''
    ) AS before
    WHERE o.at >= l.begins AND o.at < l.ends AND {is_meant} AND before.had_it IS NOT TRUE
),
firsts AS (
    SELECT DISTINCT ON (campaign_id, match_key) *,
        count(*) OVER (PARTITION BY campaign_id, match_key) AS times
    FROM entering ORDER BY campaign_id, match_key, at, fingerprint
),
written AS (
    INSERT INTO campaigns_trigger AS t (campaign_id, profile_id, match_key, at, times, properties,
        due_at, expires_at, reason)
    SELECT campaign_id, profile_id, match_key, at, times, properties, due_at, expires_at, ''
    FROM firsts ORDER BY campaign_id, match_key
    ON CONFLICT (campaign_id, match_key) WHERE ended_at IS NULL DO UPDATE SET
        times = t.times + excluded.times,
        at = LEAST(t.at, excluded.at),
        due_at = LEAST(t.due_at, excluded.due_at),
        expires_at = LEAST(t.expires_at, excluded.expires_at),
        profile_id = CASE WHEN excluded.at < t.at THEN excluded.profile_id ELSE t.profile_id END,
        properties = CASE WHEN excluded.at < t.at THEN excluded.properties ELSE t.properties END
    RETURNING id, campaign_id, match_key, due_at, xmax = 0 AS is_new
)
SELECT count(*), count(*) FILTER (WHERE due_at <= statement_timestamp()),
    array_agg(id) FILTER (WHERE is_new AND (campaign_id, match_key) IN (
        SELECT campaign_id, match_key FROM firsts WHERE waits))
FROM written
"""

# Who waited when the statement above began, and is in it anew: it has waited for whoever ended
# their trigger meanwhile, and did not see yet that they had it. This one, which begins later, does.
LEAVE = """
DELETE FROM campaigns_trigger t
USING unnest(%(campaigns)s::bigint[], %(agains)s::interval[]) AS l (campaign_id, again)
WHERE t.id = ANY(%(entered)s) AND t.campaign_id = l.campaign_id AND ({had_it})
"""

AVERT = """
WITH {told},
listening AS MATERIALIZED (
    SELECT * FROM unnest(%(campaigns)s::bigint[], %(of_kinds)s::bigint[])
        AS l (campaign_id, kind_id)
),
averting AS MATERIALIZED (
    SELECT l.campaign_id, o.match_key, max(o.at) AS at
    FROM told o JOIN listening l ON l.kind_id = o.kind_id WHERE {is_meant} GROUP BY 1, 2
),
held AS MATERIALIZED (
    SELECT t.id, b.at FROM averting b
    JOIN campaigns_trigger t ON t.campaign_id = b.campaign_id AND t.match_key = b.match_key
    WHERE t.at {before} b.at AND t.broken_at IS NULL AND t.reason = ''
        AND COALESCE(t.ended_at > statement_timestamp() - %(waits)s::interval, true)
    ORDER BY t.campaign_id, t.match_key, t.id FOR UPDATE OF t
)
UPDATE campaigns_trigger t SET broken_at = held.at FROM held WHERE t.id = held.id
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What has happened, as SQL for a CTE `told`: kind_id, profile_id, match_key, at, fingerprint
    (what tells two of one moment apart) and properties, and whatever else campaigns ask of it.
    Where one thing is told by another, as a delivery by a view, the two `may_meet` in one moment.
    Of what `comes_often` PostgreSQL keeps how it is written, where nothing in the statement is what
    one campaign says: the parameters are as ledger/prepared.py asks for.
    """

    sql: str
    parameters: dict[str, Any] = field(default_factory=dict)
    may_meet: bool = False
    comes_often: bool = False


class Meant(NamedTuple):
    """A campaign, the `kind_id` of what sets it off, or averts it, and in SQL of o, something told
    of that kind, whether that does."""

    listening: Listening
    condition: str
    kind: int = 0


def enter(told: Told, meant: Sequence[Meant], statement: Statement) -> int:
    """Into campaigns that what was told sets off; how many people that are."""
    if not meant:
        return 0
    columns = _columns(meant)
    sql = _entering(told, meant, statement)
    is_kept = told.comes_often and not any(f"%({name})s" in sql for name in statement.parameters)
    parameters: dict[str, Any] = {**told.parameters, **statement.parameters, **columns}
    ((entered, due, anew),) = _rows_of(sql, parameters, is_kept=is_kept)
    if due:
        wake_turner()
    return int(entered) - (_leave(anew, columns) if anew else 0)


def _rows_of(
    sql: str, parameters: Mapping[str, Any], *, is_kept: bool
) -> Sequence[tuple[Any, ...]]:
    if is_kept:
        return prepared(sql, parameters)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _leave(entered: Sequence[int], columns: Mapping[str, Any]) -> int:
    """Whose message was made while they entered once more. How many those are."""
    had_it = entered_before("t", campaign="l.campaign_id", again="l.again")
    with connection.cursor() as cursor:
        cursor.execute(LEAVE.format(had_it=had_it), {**columns, "entered": list(entered)})
        return int(cursor.rowcount)


def _columns(meant: Sequence[Meant]) -> dict[str, str]:
    campaigns = [each.listening for each in meant]
    occasions = [campaign.awaited.occasion for campaign in campaigns]
    return {
        **_of_which(meant),
        "begins": texts(campaign.begins_at.isoformat() for campaign in campaigns),
        "ends": texts((campaign.ends_at or NO_END).isoformat() for campaign in campaigns),
        "delays": texts(_span(occasion.delay) for occasion in occasions),
        "graces": texts(_span(occasion.grace) for occasion in occasions),
        "cut_offs": texts(_span(campaign.cut_off) for campaign in campaigns),
        "agains": texts(_span(occasion.again) for occasion in occasions),
    }


def _span(span: timedelta | None) -> str | None:
    return None if span is None else f"{span.days} days {span.seconds} seconds"


def _of_which(meant: Sequence[Meant]) -> dict[str, str]:
    return {
        "campaigns": numbers(each.listening.campaign_id for each in meant),
        "of_kinds": numbers(each.kind for each in meant),
    }


def _entering(told: Told, meant: Sequence[Meant], statement: Statement) -> str:
    zone = statement.value(meant[0].listening.zone)
    due = "o.at + l.delay"

    def planned(each: Meant) -> str:
        return first_allowed(f"({due})", each.listening.awaited.occasion, zone=zone)

    def waits_until(each: Meant) -> str:
        return after_quiet_hours("planned.at", each.listening, statement, zone=zone)

    return ENTER.format(
        told=told.sql,
        planned=_of_each(meant, planned, usually=f"({due})"),
        waits_until=_of_each(meant, waits_until, usually="planned.at"),
        is_meant=_is_meant(meant),
        had_it=_had_it("o", again="l.again"),
    )


def _of_each(meant: Iterable[Meant], sql: Callable[[Meant], str], *, usually: str) -> str:
    """SQL of l: what may be another for each campaign."""
    said = {each.listening.campaign_id: sql(each) for each in meant}
    if len(set(said.values())) == 1:
        return said.popitem()[1]
    cases = " ".join(f"WHEN {pk:d} THEN {one}" for pk, one in said.items() if one != usually)
    return f"CASE l.campaign_id {cases} ELSE {usually} END"


def _is_meant(meant: Iterable[Meant]) -> str:
    return _of_each(meant, lambda each: each.condition, usually="true")


def entered_before(row: str, *, campaign: str, again: str) -> str:
    """SQL of a row with match_key and at: they had it too short a time before, or after; `again` is
    SQL, too, NULL for ever. What ended with a reason of its own does not count. Each is looked up
    by itself (OFFSET 0): PostgreSQL would go through all triggers once there are some thousands."""
    return f"""EXISTS (SELECT 1 FROM campaigns_trigger e WHERE e.campaign_id = {campaign}
        AND e.match_key = {row}.match_key AND {_had_it(row, again=again)} OFFSET 0)"""


def _had_it(row: str, *, again: str) -> str:
    """SQL of e, a trigger of theirs."""
    return f"""e.ended_at IS NOT NULL AND e.reason = ''
        AND e.at > COALESCE({row}.at - {again}, '-infinity')
        AND e.at < COALESCE({row}.at + {again}, 'infinity')"""


def avert(told: Told, meant: Sequence[Meant], statement: Statement) -> None:
    """Campaigns that were set off before, and were not to be, if that happened."""
    if not meant:
        return
    before = "<=" if told.may_meet else "<"
    sql = AVERT.format(told=told.sql, is_meant=_is_meant(meant), before=before)
    parameters: dict[str, Any] = {**told.parameters, **statement.parameters, **_of_which(meant)}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | {"waits": WAITS_AT_MOST})
