"""From an audience to message rows, and outbox rows for those that will be sent.

Set-based, in chunks of ascending profile keys: a chunk's rows and its share's cursor commit
together, so a launch that is killed goes on where it was. Everybody in the audience gets exactly
one row, whoever is suppressed with the reason.
"""

import logging
from threading import Thread

from django.db import Error, connection, transaction
from django.db.models import F
from django.utils import timezone

from campaigns.audience.source import AudienceSource
from campaigns.gates.duplicate_phone import DUPLICATE_PHONE, SKIP_DUPLICATES
from campaigns.hints import wake_sender
from campaigns.ledger import moves
from campaigns.ledger.counting_once import count_superseded
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Lane,
    LaunchShare,
    OutboxState,
    Run,
    RunStatus,
    State,
)
from campaigns.planning.targeting import audience, parameters_of, source_of
from campaigns.planning.variants import VARIANT
from campaigns.running.opening_runs import SHARES

logger = logging.getLogger(__name__)

CHUNK = 100_000  # people that a share walks past at once; about half of them are its own

# Everybody in a share of the run, which holds all profiles that share a phone. The unique key on
# phones finds out who does: of several profiles the first gets the message, be it of an earlier
# chunk. Only a conflict looks into that key's index for sure; to a query, while a run is launched,
# PostgreSQL's figures say that the run has no messages yet, and any other index seems as good. In
# the order of phones, since the index on them costs the most.
MINE = "COALESCE(match_key, id) %% %(shares)s = %(share)s"
NEW_MESSAGES = moves.insert(
    send_key="CASE WHEN reason IS NULL THEN match_key END",
    state=f"CASE WHEN reason IS NULL THEN {State.QUEUED:d} ELSE {State.SUPPRESSED:d} END",
    reason="COALESCE(reason, '')",
)
NEW_DUPLICATES = moves.insert(
    send_key="NULL", state=f"{State.SUPPRESSED:d}", reason=f"'{DUPLICATE_PHONE.reason}'"
)


def _launch_chunk_sql(source: AudienceSource) -> str:
    return f"""
WITH walked AS MATERIALIZED ({audience(source)} ORDER BY p.id LIMIT %(size)s),
mine AS MATERIALIZED (
    SELECT id, phone, match_key, {VARIANT} AS variant_id,
        COALESCE(reason, CASE WHEN %(stopped)s THEN %(left_over)s END) AS reason
    FROM walked WHERE {MINE}
),
written AS (
    {NEW_MESSAGES}
    FROM (SELECT * FROM mine ORDER BY match_key, id) AS judged
    {SKIP_DUPLICATES}
    RETURNING id, variant_id, state, reason
),
queued AS (
    INSERT INTO campaigns_outbox (message_id, project_id, campaign_id, run_id, lane, state,
        attempt, due_at, expires_at)
    SELECT id, %(project)s, %(campaign)s, %(run)s, {Lane.BULK:d}, {OutboxState.READY:d}, 0, now(),
        %(expires_at)s::timestamptz
    FROM written WHERE state = {State.QUEUED:d}
),
counts AS MATERIALIZED (
    SELECT variant_id, state, reason, count(*) AS n FROM written GROUP BY variant_id, state, reason
),
counted AS (
    INSERT INTO campaigns_tally (run_id, variant_id, name, n)
    SELECT %(run)s, variant_id, name, sum(n) FROM counts CROSS JOIN LATERAL (VALUES
        ('targeted'),
        (CASE state WHEN {State.QUEUED:d} THEN 'queued' ELSE 'suppressed' END),
        (CASE state WHEN {State.SUPPRESSED:d} THEN 'suppressed:' || reason END)) AS names (name)
    WHERE name IS NOT NULL GROUP BY variant_id, name
)
SELECT count(*), max(id), (SELECT count(*) FROM mine) > (SELECT COALESCE(sum(n), 0) FROM counts)
FROM walked
"""


def _launch_duplicates_sql(source: AudienceSource) -> str:
    """Whom the statement above has left out of the chunk: their phone had a message already. The
    run's rows of the chunk are asked for by a range, which is one walk through their index."""
    return f"""
WITH chunk AS MATERIALIZED ({audience(source)} AND p.id <= %(chunk_ends)s),
known AS MATERIALIZED (
    SELECT m.profile_id FROM campaigns_message m
    WHERE m.run_id = %(run)s AND m.profile_id > %(cursor)s AND m.profile_id <= %(chunk_ends)s
),
written AS (
    {NEW_DUPLICATES}
    FROM (
        SELECT id, phone, {VARIANT} AS variant_id FROM chunk
        WHERE {MINE} AND id NOT IN (SELECT profile_id FROM known)
    ) AS left_out
    ORDER BY id
    RETURNING variant_id
)
INSERT INTO campaigns_tally (run_id, variant_id, name, n)
SELECT %(run)s, variant_id, name, count(*) FROM written
CROSS JOIN (VALUES ('targeted'), ('suppressed'), ('suppressed:{DUPLICATE_PHONE.reason}'))
    AS names (name)
GROUP BY variant_id, name
"""


def launch(run_id: int) -> None:
    """All chunks of a run, each in a transaction of its own; also of one that was stopped, so that
    everybody's row says so. Harmless when called again, or beside another call: a share is locked
    for each of its chunks, and who finds all of them locked goes away."""
    if _launch_chunk(run_id) == CHUNK:
        _launch_with_help(run_id)
    else:
        _launch_chunks(run_id)
    _end_launch(run_id)


def percent_launched(run: Run) -> int:
    """How much of the audience the launch has gone through."""
    shares = list(run.shares.values_list("cursor", flat=True))
    return 100 * sum(shares) // (len(shares) * run.last_profile_id or 1)


def _launch_with_help(run_id: int) -> None:
    """As many connections as there are shares: PostgreSQL does all the work, one core for each."""
    helpers = [Thread(target=_help, args=[run_id], daemon=True) for _ in range(SHARES - 1)]
    for helper in helpers:
        helper.start()
    _launch_chunks(run_id)
    for helper in helpers:
        helper.join()


def _help(run_id: int) -> None:
    """In a thread, so on a connection of its own."""
    try:
        _launch_chunks(run_id)
    except Error as error:
        # Its share is free again: for whoever else launches, or for the next hint.
        logger.warning("A share of run %s has to wait: %s", run_id, type(error).__name__)
    finally:
        connection.close()


def _launch_chunks(run_id: int) -> None:
    while _launch_chunk(run_id) is not None:
        pass


@transaction.atomic
def _launch_chunk(run_id: int) -> int | None:
    """How many people it went through; None where no share is left, or others have them."""
    share = (
        LaunchShare.objects.select_for_update(of=["self"], skip_locked=True)
        .select_related("run__campaign")
        .filter(run=run_id, run__status=RunStatus.LAUNCHING, cursor__lt=F("run__last_profile_id"))
        .order_by("cursor", "number")
        .first()
    )
    if share is None:
        return None
    run, source = share.run, source_of(share.run.campaign, run=share.run)
    parameters = {
        **parameters_of(run.campaign, run=run, cursor=share.cursor, last=run.last_profile_id),
        "share": share.number,
        "shares": share.of,
        "size": CHUNK,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # the sorts of a chunk stay in memory
        cursor.execute(_launch_chunk_sql(source), parameters)
        count, last_id, has_duplicates = cursor.fetchone()
        if has_duplicates:
            cursor.execute(_launch_duplicates_sql(source), {**parameters, "chunk_ends": last_id})
    share.cursor = last_id if count == CHUNK else run.last_profile_id
    share.save(update_fields=["cursor"])
    return int(count)


@transaction.atomic
def _end_launch(run_id: int) -> None:
    """Where the last share is at its end: who ends one looks after that, one at a time."""
    run = Run.objects.select_for_update().filter(pk=run_id, status=RunStatus.LAUNCHING).first()
    if run is None or run.shares.filter(cursor__lt=run.last_profile_id).exists():
        return
    run.status, run.launched_at = RunStatus.SENDING, timezone.now()
    run.save(update_fields=["status", "launched_at"])
    if run.retry_of_id is not None:
        count_superseded(run)
    Campaign.objects.filter(pk=run.campaign_id, status=CampaignStatus.LAUNCHING).update(
        status=CampaignStatus.RUNNING
    )
    wake_sender()
