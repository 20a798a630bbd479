"""Events that reach a goal are credited: to the last message of the campaign that its person was
sent before, where the event came in the goal's time.

Whoever was sent nothing has a clock, too, from when their message was made ready: people of a
control group, and those whose message never left. So the groups that chance has made can be
compared.

One at a time does it, a batch in a transaction: what a killed worker had begun is as it was. An
event counts by its own time, however late it comes, and is judged again as long as one of its
person's messages may turn out to have been sent before it. Judging twice is harmless.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from campaigns.audience.segments.rules import Statement
from campaigns.audience.segments.spans import Clock
from campaigns.ledger.array_texts import numbers
from campaigns.ledger.counting_once import REPORTS_COME_FOR
from campaigns.ledger.goal_events import CLOCKS_DIFFER
from campaigns.ledger.tallies import quarter_of
from campaigns.models import ConversionOf, Goal, Reason, State
from campaigns.planning.goal_document import GoalError, GoalRule, read_goal
from campaigns.planning.goals import known_to
from campaigns.running.pinning_goals import close_goals

LOCK = 7_266_018
AT_ONCE = 5_000  # events
SECONDS = 20  # of one look; beat comes again
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=6)  # until it is looked at again
# Of a larger number nobody says what it is a sum of; and no sum of so many leaves its column.
LARGEST_VALUE = 10**9
# What a tally counts before its name, by who did it.
PREFIXES = {
    ConversionOf.SENT: "",
    ConversionOf.UNSENT: "unsent_",
    ConversionOf.CONTROL: "control_",
    ConversionOf.PROJECT_CONTROL: "project_control_",
}

DUE = """
SELECT id, kind_id FROM campaigns_goalevent WHERE look_at <= statement_timestamp()
ORDER BY look_at LIMIT %s FOR UPDATE SKIP LOCKED
"""

FORGET = "DELETE FROM campaigns_goalevent WHERE id = ANY(%s::bigint[])"

# An event that one of these goals is about, once a goal. A value is no text that looks like one.
MEANT = """
SELECT e.id, e.kind_id, e.at, e.fingerprint, e.profile_id, g.id AS goal_id, g.campaign_id, g.within,
    g.value AS property, g.currency, o.properties -> NULLIF(g.value, '') AS said,
    o.properties ->> NULLIF(g.currency_property, '') AS said_currency
FROM taken e
JOIN campaigns_goal g ON g.kind_id = e.kind_id AND g.id = ANY({goals}::bigint[])
JOIN campaigns_occurrence o
    ON o.kind_id = e.kind_id AND o.at = e.at AND o.fingerprint = e.fingerprint
WHERE {where}
"""

# The rows of its person in the runs that were opened with that goal, those alone that may have a
# time before it. Nobody who was left out for a reason of their own has a clock.
ROWS = f"""
theirs AS MATERIALIZED (
    SELECT e.*, m.id AS message_id, m.run_id, m.variant_id,
        COALESCE(m.sent_at, m.created_at) AS clock,
        m.sent_at IS NULL AND m.state <> {State.SUPPRESSED:d}
            OR m.sent_at > e.at AND m.sent_at IN (m.delivered_at, m.read_at) AS may_change,
        CASE WHEN m.sent_at IS NOT NULL THEN {ConversionOf.SENT:d}
            WHEN m.reason = '{Reason.CONTROL_GROUP}' THEN {ConversionOf.CONTROL:d}
            WHEN m.reason = '{Reason.PROJECT_CONTROL_GROUP}' THEN {ConversionOf.PROJECT_CONTROL:d}
            WHEN m.send_key IS NOT NULL AND m.state NOT IN ({State.QUEUED:d}, {State.IN_DOUBT:d})
            THEN {ConversionOf.UNSENT:d} END AS who
    FROM meant e
    JOIN campaigns_run r ON r.campaign_id = e.campaign_id AND r.goal_id = e.goal_id
        AND r.started_at <= e.at + %(clocks_differ)s
        AND (r.finished_at IS NULL OR r.finished_at + e.within + %(late)s >= e.at)
    JOIN campaigns_message m ON m.run_id = r.id AND m.profile_id = e.profile_id
        AND m.created_at <= e.at + %(clocks_differ)s
)"""

VERDICT = f"""
credited AS MATERIALIZED (
    SELECT DISTINCT ON (campaign_id, kind_id, at, fingerprint) campaign_id, kind_id, at,
        fingerprint, profile_id, run_id, variant_id, message_id, who,
        CASE WHEN jsonb_typeof(said) = 'number' THEN
            CASE WHEN abs(said::numeric) <= {LARGEST_VALUE} THEN round(said::numeric, 3) END
        END AS value,
        CASE WHEN property = '' THEN ''
            WHEN btrim(said_currency) ~ '^[A-Za-z]{{3}}$' THEN upper(btrim(said_currency))
            ELSE currency END AS currency
    FROM theirs WHERE who IS NOT NULL AND clock <= at AND at <= clock + within
    ORDER BY campaign_id, kind_id, at, fingerprint, who = {ConversionOf.SENT:d} DESC, clock DESC,
        message_id DESC
),
before AS MATERIALIZED (
    SELECT c.* FROM campaigns_conversion c
    JOIN (SELECT DISTINCT campaign_id, kind_id, at, fingerprint FROM meant) AS e
        USING (campaign_id, kind_id, at, fingerprint)
)"""

WRITE = """
written AS (
    INSERT INTO campaigns_conversion AS c (campaign_id, kind_id, at, fingerprint, profile_id,
        run_id, variant_id, message_id, who, value, currency)
    SELECT campaign_id, kind_id, at, fingerprint, profile_id, run_id, variant_id, message_id, who,
        value, currency
    FROM credited ORDER BY campaign_id, kind_id, at, fingerprint
    ON CONFLICT (campaign_id, kind_id, at, fingerprint) DO UPDATE SET run_id = EXCLUDED.run_id,
        variant_id = EXCLUDED.variant_id, message_id = EXCLUDED.message_id, who = EXCLUDED.who,
        value = EXCLUDED.value, currency = EXCLUDED.currency
    WHERE (c.message_id, c.who, c.value, c.currency) IS DISTINCT FROM
        (EXCLUDED.message_id, EXCLUDED.who, EXCLUDED.value, EXCLUDED.currency)
),
taken_back AS (
    DELETE FROM campaigns_conversion c USING before b
    WHERE c.id = b.id AND NOT EXISTS (SELECT FROM credited n
        WHERE (n.campaign_id, n.kind_id, n.at, n.fingerprint)
            = (b.campaign_id, b.kind_id, b.at, b.fingerprint))
)"""

# What the messages that this touches had, and what they have: somebody who did it twice is one.
COUNTED = """
had AS MATERIALIZED (
    SELECT c.id, c.run_id, c.variant_id, c.message_id, c.who, c.at, c.value, c.currency
    FROM campaigns_conversion c
    WHERE c.message_id IN (SELECT message_id FROM before UNION SELECT message_id FROM credited)
),
have AS MATERIALIZED (
    SELECT run_id, variant_id, message_id, who, at, value, currency FROM had
    WHERE id NOT IN (SELECT id FROM before)
    UNION ALL SELECT run_id, variant_id, message_id, who, at, value, currency FROM credited
)"""


def _people(rows: str, sign: int) -> str:
    return f"""SELECT run_id, variant_id, who, 'converted' AS name,
        {quarter_of("min(at)")} AS quarter, {sign} AS n
    FROM {rows} GROUP BY run_id, variant_id, message_id, who"""


def _events(rows: str, sign: int) -> str:
    return f"""SELECT run_id, variant_id, who, 'conversions', {quarter_of("at")}, {sign} FROM {rows}
    UNION ALL SELECT run_id, variant_id, who, 'valued', NULL, {sign} FROM {rows}
        WHERE value IS NOT NULL
    UNION ALL SELECT run_id, variant_id, who, 'value:' || currency, NULL,
        {sign} * (value * 1000)::bigint FROM {rows} WHERE value IS NOT NULL"""


_PREFIX = " ".join(f"WHEN {int(who)} THEN '{prefix}'" for who, prefix in PREFIXES.items())
COUNT = f"""
tallied AS (
    INSERT INTO campaigns_tally (run_id, variant_id, name, quarter, n)
    SELECT run_id, variant_id, CASE who {_PREFIX} END || name, quarter, sum(n) FROM (
        {_people("had", -1)} UNION ALL {_people("have", 1)}
        UNION ALL {_events("had", -1)} UNION ALL {_events("have", 1)}
    ) AS deltas GROUP BY run_id, variant_id, who, name, quarter HAVING sum(n) <> 0
)"""

# Each time twice as long after it was noted as the time before.
SETTLE = """
undecided AS (
    SELECT DISTINCT e.id FROM taken e JOIN theirs USING (id)
    WHERE theirs.may_change AND e.noted_at + %(late)s > statement_timestamp()
),
again AS (
    UPDATE campaigns_goalevent e SET look_at = statement_timestamp()
        + LEAST(GREATEST(statement_timestamp() - e.noted_at, %(soonest)s), %(latest)s)
    FROM undecided WHERE e.id = undecided.id
),
done AS (
    DELETE FROM campaigns_goalevent e USING taken
    WHERE e.id = taken.id AND e.id NOT IN (SELECT id FROM undecided)
)
SELECT count(*) FROM credited
"""


@dataclass(frozen=True, slots=True)
class _Alike:
    """Goals about the same events: their numbers, and what has to hold."""

    ids: list[int]
    rule: GoalRule
    clock: Clock


def credit_conversions() -> int:
    """What is due, a batch at a time; how many events were looked at."""
    until, looked_at = monotonic() + SECONDS, 0
    while monotonic() < until:
        batch = credit_batch()
        looked_at += batch
        if batch < AT_ONCE:
            break
    close_goals()
    return looked_at


@transaction.atomic
def credit_batch() -> int:
    """Nothing while somebody else is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(DUE, [AT_ONCE])
        due = cursor.fetchall()
        taken = numbers(number for number, _ in due)
        if asked := _goals_about({kind for _, kind in due}):
            cursor.execute(*_statement(asked, taken=taken))
        else:
            cursor.execute(FORGET, [taken])
    return len(due)


def _goals_about(kinds: Iterable[int]) -> list[_Alike]:
    """Those that ask the same of an event, together."""
    alike: dict[tuple[int, str], list[Goal]] = defaultdict(list)
    goals = Goal.objects.filter(is_open=True, kind__in=list(kinds))
    for goal in goals.select_related("campaign__project").order_by("pk"):
        alike[goal.kind_id, json.dumps(goal.document.get("where"), sort_keys=True)].append(goal)
    now = timezone.now()
    return [one for goals_alike in alike.values() for one in _read(goals_alike, now=now)]


def _read(goals: Sequence[Goal], *, now: datetime) -> Iterable[_Alike]:
    """Nothing of what can't be read any more: nobody changes it, so it was readable once."""
    campaign = goals[0].campaign
    campaign.goal = goals[0].document
    try:
        rule = read_goal(campaign.goal, known_to(campaign))
    except GoalError:
        return
    zone = ZoneInfo(campaign.project.time_zone)
    yield _Alike([goal.pk for goal in goals], rule, Clock(now, zone))


def _statement(asked: Sequence[_Alike], *, taken: str) -> tuple[str, Mapping[str, Any]]:
    parameters: dict[str, Any] = {
        "taken": taken,
        "clocks_differ": CLOCKS_DIFFER,
        "late": REPORTS_COME_FOR,
        "soonest": SOONEST,
        "latest": LATEST,
    }
    meant = " UNION ALL ".join(_meant(one, parameters) for one in asked)
    return (
        f"""WITH taken AS MATERIALIZED (
    SELECT * FROM campaigns_goalevent WHERE id = ANY(%(taken)s::bigint[])
),
meant AS MATERIALIZED ({meant}),
{ROWS}, {VERDICT}, {WRITE}, {COUNTED}, {COUNT}, {SETTLE}""",
        parameters,
    )


def _meant(one: _Alike, parameters: dict[str, Any]) -> str:
    statement = Statement(one.clock, parameters)
    where = " AND ".join(condition.sql(statement) for condition in one.rule.where)
    goals = statement.value(numbers(one.ids))
    return MEANT.format(goals=goals, where=where or "true")
