"""The next people of a launch get their rows: one statement of SQL a chunk, and a second one where
phones came twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import InvalidColumnReference

from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.source import EVERYBODY, AudienceSource
from campaigns.gates.registry import reason_at_launch, reason_by_lot, set_by_key
from campaigns.ledger import moves
from campaigns.models import Lane, LaunchShare, OutboxState, Reason, Run, State
from campaigns.planning import own_times
from campaigns.planning.targeting import audience, parameters_of
from campaigns.planning.variants import variant_of_person

CHUNK = 100_000  # people that a share walks past at once; about half of them are its own

# A share of the run holds all profiles that share a phone. The unique key on phones finds out who
# does: of several profiles the first gets the message, be it of an earlier chunk. Only a conflict
# looks into that key's index for sure; to a query, while a run is launched, PostgreSQL's figures
# say that the run has no messages yet, and any other index seems as good. In the order of phones,
# since the index on them costs the most. Who is drawn by lot holds the phone, too: their other
# profiles are duplicates, whom nobody counts among those who were drawn.
NEW_MESSAGES = moves.insert(
    send_key="CASE WHEN reason IS NULL THEN match_key END",
    state=f"CASE WHEN reason IS NULL AND drawn IS NULL THEN {State.QUEUED:d}"
    f" ELSE {State.SUPPRESSED:d} END",
    reason="COALESCE(reason, drawn, '')",
)
HAS_NO_ROW = """NOT EXISTS (
    SELECT 1 FROM campaigns_message m WHERE m.run_id = %(run)s AND m.profile_id = p.id)"""
MINE = "%% %(shares)s = %(share)s"


@dataclass(frozen=True, slots=True)
class Walk:
    """How a launch goes through its people, in SQL: `chunk` gives the ids of the next ones in their
    order, and what `mine` needs of them; it finds them in `walked`, and says of those of the share
    what they get, and why they get nothing. `before` may be more of the statement, which goes
    through as many `chunks` at once."""

    chunk: str
    mine: str
    before: str = ""
    chunks: int = 1


def walk_through(people: str, *, variant: str, before: str = "", chunks: int = 1) -> Walk:
    """Of an audience; nobody has drawn their variant."""
    mine = f"""SELECT id, phone, match_key, {variant} AS variant_id, reason
    FROM walked AS person WHERE COALESCE(match_key, id) {MINE}"""
    return Walk(chunk=f"{people} ORDER BY id", mine=mine, before=before, chunks=chunks)


# Whose number was another person's in the test has had it.
_HAD_THE_TEST = f"""CASE WHEN EXISTS (SELECT FROM campaigns_message e
    WHERE e.project_id = %(project)s AND e.send_key = p.match_key AND e.run_id = %(rest_of)s)
    THEN '{Reason.DUPLICATE_PHONE}' END"""


def walk_through_gathered(only: str, *, is_rest: bool = False) -> Walk:
    """A profile is read for the one share that has it; it may be gone."""
    had = _HAD_THE_TEST if is_rest else "NULL"
    return Walk(
        chunk="""SELECT profile_id AS id, COALESCE(match_key, profile_id) AS place, arm_id, reason
    FROM campaigns_runaudience
    WHERE run_id = %(run)s AND profile_id > %(cursor)s AND profile_id <= %(last)s
    ORDER BY profile_id""",
        mine=f"""SELECT p.id, p.phone, p.match_key,
        COALESCE(a.arm_id, %(variant_of_rest)s::bigint) AS variant_id,
        COALESCE({reason_at_launch()}, NULLIF(a.reason, ''), {had}) AS reason
    FROM walked a JOIN campaigns_profile p ON p.id = a.id
    {BLOCK_JOIN}
    WHERE p.project_id = %(project)s AND a.place {MINE} AND {only}""",
    )


def _walk_of(run: Run, only: str) -> Walk:
    """`only` is a condition of p."""
    if run.keeps_audience:
        return walk_through_gathered(only, is_rest=run.rest_of_id is not None)
    variant = variant_of_person(run.campaign)
    return walk_through(f"{audience(EVERYBODY)} AND {only}", variant=variant)


# Whoever is to get it is compared with the control group, whatever becomes of them.
_HAS_GOAL = "EXISTS (SELECT FROM campaigns_run WHERE id = %(run)s AND goal_id IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class When:
    """SQL of `written`, the new messages, or of what is joined to them: from when until when each
    may go."""

    expires_at: str
    due_at: str = "now()"
    written: str = "written"


AT_ONCE = When(expires_at="%(expires_at)s::timestamptz")
BY_OWN_TIMES = When(
    expires_at=own_times.EXPIRES_AT,
    due_at=own_times.DUE_AT,
    written=f"written {own_times.LOOK_UP}",
)


def queued_and_counted(when: When) -> str:
    """CTEs to follow `written`, with their id, variant_id, state and reason: work for the sender,
    and the run's numbers; `counts` says how many became what."""
    return f"""queued AS (
    INSERT INTO campaigns_outbox (message_id, project_id, campaign_id, run_id, lane, state,
        attempt, due_at, expires_at)
    SELECT written.id, %(project)s, %(campaign)s, %(run)s, {Lane.BULK:d}, {OutboxState.READY:d}, 0,
        {when.due_at}, {when.expires_at}
    FROM {when.written} WHERE written.state = {State.QUEUED:d}
),
counts AS MATERIALIZED (
    SELECT variant_id, state, reason, count(*) AS n FROM written GROUP BY variant_id, state, reason
),
counted AS (
    INSERT INTO campaigns_tally (run_id, variant_id, name, n)
    SELECT %(run)s, variant_id, name, sum(n) FROM counts CROSS JOIN LATERAL (VALUES
        ('targeted'),
        (CASE state WHEN {State.QUEUED:d} THEN 'queued' ELSE 'suppressed' END),
        (CASE WHEN state = {State.QUEUED:d} AND {_HAS_GOAL} THEN 'assigned' END),
        (CASE state WHEN {State.SUPPRESSED:d} THEN 'suppressed:' || reason END)) AS names (name)
    WHERE name IS NOT NULL GROUP BY variant_id, name
)"""


def _launch_chunk_sql(walk: Walk, when: When, key: str) -> str:
    return f"""
WITH {walk.before} walked AS MATERIALIZED ({walk.chunk} LIMIT %(size)s),
mine AS MATERIALIZED ({walk.mine}),
written AS (
    {NEW_MESSAGES}
    FROM (
        SELECT id, phone, match_key, variant_id,
            COALESCE(reason, CASE WHEN %(stopped)s THEN %(left_over)s END) AS reason,
            {reason_by_lot()} AS drawn
        FROM mine ORDER BY match_key, id
    ) AS judged
    ON CONFLICT {key} DO NOTHING
    RETURNING id, profile_id, variant_id, state, reason
),
{queued_and_counted(when)}
SELECT count(*), max(id),
    CASE WHEN (SELECT count(*) FROM mine) > (SELECT COALESCE(sum(n), 0) FROM counts)
        THEN ARRAY(SELECT id FROM mine WHERE id NOT IN (SELECT profile_id FROM written)) END,
    statement_timestamp()
FROM walked
"""


def _launch_left_out_sql(walk: Walk) -> str:
    """Whom the statement above has left out of the chunk: their phone had a message already."""
    reason = set_by_key().reason
    return f"""
WITH walked AS MATERIALIZED ({walk.chunk} LIMIT %(size)s),
mine AS MATERIALIZED ({walk.mine}),
written AS (
    {moves.insert(send_key="NULL", state=f"{State.SUPPRESSED:d}", reason=f"'{reason}'")}
    FROM mine ORDER BY id
    RETURNING variant_id
)
INSERT INTO campaigns_tally (run_id, variant_id, name, n)
SELECT %(run)s, variant_id, name, count(*) FROM written
CROSS JOIN (VALUES ('targeted'), ('suppressed'), ('suppressed:{reason}')) AS names (name)
GROUP BY variant_id, name
"""


# How many a walk has passed, the last one's id, whom it has left out, and when it looked at them.
Row: TypeAlias = tuple[int, int, list[int] | None, datetime]


class Written(NamedTuple):
    """Up to where a walk has come, when its people were looked at, and whether there may be more
    of them."""

    cursor: int
    as_of: datetime
    is_full: bool


def write_next(share: LaunchShare) -> Written:
    """A person whose number changed during the launch may have a row from the other share. Looking
    first would make every launch slower; the key on persons finds it."""
    return write_once(share, partial(_walk_of, share.run), EVERYBODY)


def write_missed(share: LaunchShare) -> Written:
    return _write(share, _walk_of(share.run, HAS_NO_ROW), EVERYBODY)


def write_once(
    share: LaunchShare, walk_of: Callable[[str], Walk], source: AudienceSource
) -> Written:
    """`walk_of` makes a walk of those alone for whom a condition of p is true."""
    try:
        with transaction.atomic():
            return _write(share, walk_of("true"), source)
    except IntegrityError:
        return _write(share, walk_of(HAS_NO_ROW), source)


def _write(share: LaunchShare, walk: Walk, source: AudienceSource) -> Written:
    run, last = share.run, share.run.last_profile_id
    size = CHUNK * walk.chunks
    parameters = {
        **parameters_of(run.campaign, source, run=run, cursor=share.cursor, last=last),
        "rest_of": run.rest_of_id,
        "share": share.number,
        "shares": share.of,
        "size": size,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # the sorts of a chunk stay in memory
        count, last_id, left_out, as_of = _launch_chunk(cursor, walk, _when(run), parameters)
        if left_out:
            walk = _walk_of(run, "p.id = ANY(%(left_out)s)")
            those: dict[str, Any] = {"left_out": left_out, "share": 0, "shares": 1}
            cursor.execute(_launch_left_out_sql(walk), {**parameters, **those})
    is_full = count == size
    return Written(last_id if is_full else last, as_of, is_full)


def _when(run: Run) -> When:
    return BY_OWN_TIMES if own_times.goes_by_own_times(run.campaign, run) else AT_ONCE


def _launch_chunk(cursor: CursorWrapper, walk: Walk, when: When, parameters: dict[str, Any]) -> Row:
    """By the first key that there is. PostgreSQL misses one before it does anything."""
    for key in set_by_key().on_conflict:
        try:
            with transaction.atomic():
                cursor.execute(_launch_chunk_sql(walk, when, key), parameters)
        except ProgrammingError as error:
            if not isinstance(error.__cause__, InvalidColumnReference):
                raise
        else:
            row: Row = cursor.fetchone()
            return row
    raise LookupError("There is no unique key on phones")
