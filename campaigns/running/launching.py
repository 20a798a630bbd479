"""From an audience to message rows, and outbox rows for those that will be sent.

Set-based, in chunks of ascending profile keys: a chunk's rows and its share's cursor commit
together, so a launch that is killed goes on where it was. Everybody in the audience gets exactly
one row, whoever is suppressed with the reason.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any

from django.db import Error, IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from campaigns.audience.source import EVERYBODY
from campaigns.gates.duplicate_phone import DUPLICATE_PHONE, SKIP_DUPLICATES
from campaigns.hints import wake_sender
from campaigns.ledger import moves
from campaigns.ledger.counting_once import count_superseded
from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Lane,
    LaunchShare,
    OutboxState,
    Profile,
    Run,
    RunStatus,
    State,
)
from campaigns.planning.targeting import audience, gathered_audience, parameters_of
from campaigns.planning.variants import VARIANT
from campaigns.running.gathering import gather
from campaigns.running.opening_runs import SHARES

logger = logging.getLogger(__name__)

CHUNK = 100_000  # people that a share walks past at once; about half of them are its own

# A share of the run holds all profiles that share a phone. The unique key on phones finds out who
# does: of several profiles the first gets the message, be it of an earlier chunk. Only a conflict
# looks into that key's index for sure; to a query, while a run is launched, PostgreSQL's figures
# say that the run has no messages yet, and any other index seems as good. In the order of phones,
# since the index on them costs the most.
NEW_MESSAGES = moves.insert(
    send_key="CASE WHEN reason IS NULL THEN match_key END",
    state=f"CASE WHEN reason IS NULL THEN {State.QUEUED:d} ELSE {State.SUPPRESSED:d} END",
    reason="COALESCE(reason, '')",
)
HAS_NO_ROW = """NOT EXISTS (
    SELECT 1 FROM campaigns_message m WHERE m.run_id = %(run)s AND m.profile_id = p.id)"""
NEW_DUPLICATES = moves.insert(
    send_key="NULL", state=f"{State.SUPPRESSED:d}", reason=f"'{DUPLICATE_PHONE.reason}'"
)


@dataclass(frozen=True, slots=True)
class Walk:
    """The people that a launch goes through, and in SQL of them: by what they are shared out, and
    what they get."""

    people: str
    place: str
    variant: str

    @property
    def mine(self) -> str:
        return f"{self.place} %% %(shares)s = %(share)s"


def _walk_of(run: Run) -> Walk:
    if run.keeps_audience:
        return Walk(gathered_audience(), place="COALESCE(gathered_key, id)", variant="arm_id")
    return Walk(audience(EVERYBODY), place="COALESCE(match_key, id)", variant=VARIANT)


def _launch_chunk_sql(walk: Walk) -> str:
    return f"""
WITH walked AS MATERIALIZED ({walk.people} ORDER BY p.id LIMIT %(size)s),
mine AS MATERIALIZED (
    SELECT id, phone, match_key, {walk.variant} AS variant_id,
        COALESCE(reason, CASE WHEN %(stopped)s THEN %(left_over)s END) AS reason
    FROM walked WHERE {walk.mine}
),
written AS (
    {NEW_MESSAGES}
    FROM (SELECT * FROM mine ORDER BY match_key, id) AS judged
    {SKIP_DUPLICATES}
    RETURNING id, profile_id, variant_id, state, reason
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
SELECT count(*), max(id),
    CASE WHEN (SELECT count(*) FROM mine) > (SELECT COALESCE(sum(n), 0) FROM counts)
        THEN ARRAY(SELECT id FROM mine WHERE id NOT IN (SELECT profile_id FROM written)) END
FROM walked
"""


def _launch_duplicates_sql(walk: Walk) -> str:
    """Whom the statement above has left out of the chunk: their phone had a message already."""
    return f"""
WITH chunk AS MATERIALIZED ({walk.people} AND p.id = ANY(%(left_out)s)),
written AS (
    {NEW_DUPLICATES}
    FROM (SELECT id, phone, {walk.variant} AS variant_id FROM chunk) AS duplicates
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
    gather(run_id)
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
        .filter(run=run_id, run__status=RunStatus.LAUNCHING, run__as_of__isnull=False)
        .filter(cursor__lt=F("run__last_profile_id"))
        .order_by("cursor", "number")
        .first()
    )
    if share is None:
        return None
    parameters = {
        **_parameters_of(share.run, cursor=share.cursor),
        "share": share.number,
        "shares": share.of,
    }
    count, last_id = _write_once(_walk_of(share.run), parameters)
    share.cursor = last_id if count == CHUNK else share.run.last_profile_id
    share.save(update_fields=["cursor"])
    return count


def _parameters_of(run: Run, *, cursor: int) -> dict[str, Any]:
    """Of everybody, or of people who were gathered: neither has parameters of its own."""
    last = run.last_profile_id
    return parameters_of(run.campaign, EVERYBODY, run=run, cursor=cursor, last=last)


def _write_once(walk: Walk, parameters: Mapping[str, Any]) -> tuple[int, int]:
    """A person whose number changed during the launch may have a row from the other share. Looking
    first would make every launch slower; the key on persons finds it."""
    try:
        with transaction.atomic():
            return _write(walk, parameters)
    except IntegrityError:
        return _write(replace(walk, people=f"{walk.people} AND {HAS_NO_ROW}"), parameters)


def _write(walk: Walk, parameters: Mapping[str, Any]) -> tuple[int, int]:
    """The next chunk of a walk: how many people that were, and the last one's id."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # the sorts of a chunk stay in memory
        cursor.execute(_launch_chunk_sql(walk), {**parameters, "size": CHUNK})
        count, last_id, left_out = cursor.fetchone()
        if left_out:
            cursor.execute(_launch_duplicates_sql(walk), {**parameters, "left_out": left_out})
    return int(count), last_id


@transaction.atomic
def _end_launch(run_id: int) -> None:
    """Where the last share is at its end: who ends one looks after that, one at a time."""
    run = Run.objects.select_for_update().filter(pk=run_id, status=RunStatus.LAUNCHING).first()
    if run is None or run.shares.filter(cursor__lt=run.last_profile_id).exists():
        return
    if not run.keeps_audience:
        _launch_whoever_was_missed(run)
    run.status, run.launched_at = RunStatus.SENDING, timezone.now()
    run.save(update_fields=["status", "launched_at"])
    if run.retry_of_id is not None:
        count_superseded(run)
    Campaign.objects.filter(pk=run.campaign_id, status=CampaignStatus.LAUNCHING).update(
        status=CampaignStatus.RUNNING
    )
    wake_sender()


def _launch_whoever_was_missed(run: Run) -> None:
    """Whose number changed while everybody was launched may have gone from one share to another
    that had passed by. Nobody is looked for where there are as many rows as people."""
    people = Profile.objects.filter(project=run.campaign.project_id, pk__lte=run.last_profile_id)
    if totals([run.pk])["targeted"] == people.count():
        return
    walk = replace(_walk_of(run), people=f"{audience(EVERYBODY)} AND {HAS_NO_ROW}")
    parameters = _parameters_of(run, cursor=0)
    while _write(walk, {**parameters, "share": 0, "shares": 1})[0] == CHUNK:
        pass
