"""Who belongs to a run: its source is evaluated once, as of one moment.

They are written down, so that a list that grows or a report that comes during the launch changes
nobody's place, and a launch that starts anew finds the same people. Everybody in the project needs
no rows: they are whoever was there when the run was opened.

In a large project each share of the run gathers its own people, on a connection of its own; all see
the snapshot that the first one hands over. A kill may leave one gathered and another not: that one
is gathered later then.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from campaigns.audience.choosing import sentences_of
from campaigns.audience.segments.reading import RuleRefused
from campaigns.audience.source import NOBODY, AudienceSource
from campaigns.gates.registry import among, sets_to_decide
from campaigns.models import LaunchShare, Profile, Run, RunAudience, RunStatus
from campaigns.planning.targeting import audience, read_source, with_variants
from campaigns.planning.variants import IN_TEST, variant_of_person
from campaigns.running.lifecycle import LifecycleError, stop
from campaigns.running.writing_chunks import MINE, Walk, walk_through, write_once
from providers.watch.actors import SYSTEM

FORGOTTEN_AT_ONCE = 10_000
FIRST_CHUNKS = 4  # those who get their rows as they are gathered are not written down
LARGE = 100_000  # people of a project
LOCK_OF_GATHERING = 7_266_005  # beside the run's number
IS_MINE = f"COALESCE(p.match_key, p.id) {MINE}"

# Who finishes a run keeps nobody from working; so many rows are not deleted with it.
FORGET = f"""
WITH over AS MATERIALIZED (
    SELECT id FROM campaigns_run WHERE keeps_audience AND status = '{RunStatus.FINISHED}'
),
gone AS (
    DELETE FROM campaigns_runaudience WHERE ctid = ANY(ARRAY(
        SELECT a.ctid FROM over JOIN campaigns_runaudience a ON a.run_id = over.id
        LIMIT {FORGOTTEN_AT_ONCE}))
    RETURNING run_id
),
counted AS (SELECT count(*) AS n FROM gone),
done AS (
    UPDATE campaigns_run r SET keeps_audience = false FROM over, counted
    WHERE r.id = over.id AND counted.n < {FORGOTTEN_AT_ONCE}
)
SELECT n FROM counted
"""


def _first_walk(run: Run, source: AudienceSource, only: str) -> Walk:
    """Whoever is meant, as one snapshot sees them. The first get their rows by the same statement;
    those who have to wait for theirs are written down. `only` is a condition of p.

    Where places were given with all people in view, whoever had none stays without, whatever
    becomes of them meanwhile: one more would be one too many."""
    gates = sets_to_decide(run.campaign)
    reason = "reason" if gates else "of_source"
    people = with_variants(f"{audience(source)} AND {IS_MINE} AND {only}", variant=_variant(run))
    before = f"""{_meant(run, among(people, gates), reason)},
later AS (
    INSERT INTO campaigns_runaudience (run_id, profile_id, match_key, arm_id, reason)
    SELECT %(run)s, id, match_key, variant_id, COALESCE({reason}, '')
    FROM (SELECT * FROM meant ORDER BY id OFFSET %(size)s) AS waiting
),"""
    return walk_through(
        "SELECT * FROM meant", variant="variant_id", before=before, chunks=FIRST_CHUNKS
    )


def _meant(run: Run, people: str, reason: str) -> str:
    """Of an A/B test, those who get it; the others are written down for the run of the rest."""
    rest = Run.objects.filter(rest_of=run).first()
    if rest is None:
        return f"meant AS MATERIALIZED ({people})"
    return f"""everybody AS MATERIALIZED ({people}),
rest AS (
    INSERT INTO campaigns_runaudience (run_id, profile_id, match_key, reason)
    SELECT {rest.pk:d}, id, match_key, COALESCE({reason}, '')
    FROM everybody AS person WHERE NOT ({IN_TEST})
),
meant AS MATERIALIZED (SELECT * FROM everybody AS person WHERE {IN_TEST})"""


def _variant(run: Run) -> str:
    """Who is tried again gets the same once more, whatever they are by now."""
    if run.retry_of_id is None:
        return variant_of_person(run.campaign)
    return """(SELECT e.variant_id FROM campaigns_message e
        WHERE e.run_id = %(retry_of)s AND e.profile_id = person.id AND e.entry = 0)"""


@transaction.atomic
def gather(run_id: int) -> None:
    """Harmless when called again; while somebody else is at it, there is nothing to launch yet."""
    run = _undecided(run_id)
    if run is None:
        return
    source = _source_or_stop(run)
    # Where places are given with all people in view, one statement looks at them.
    is_shared = _is_large(run) and not sets_to_decide(run.campaign)
    as_of = _gather_in_shares(run, source) if is_shared else _gather_at_once(run, source)
    Run.objects.filter(pk=run_id).update(as_of=as_of, keeps_audience=True)
    _let_the_rest_wait(run, as_of=as_of)


def _gather_at_once(run: Run, source: AudienceSource) -> datetime:
    first = write_once(
        LaunchShare(run=run, number=0, of=1), partial(_first_walk, run, source), source
    )
    run.shares.update(cursor=first.cursor)
    return first.as_of


def _gather_in_shares(run: Run, source: AudienceSource) -> datetime:
    """Those that are not gathered yet."""
    missing = list(run.shares.filter(cursor=0).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot(), statement_timestamp()")
        snapshot, as_of = cursor.fetchone()
    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(_gather_share, source, snapshot), missing))
    with connection.cursor() as cursor:
        # Without figures of so many new rows, each chunk would sort all that are left.
        cursor.execute("ANALYZE campaigns_runaudience")
    moment: datetime = as_of
    return moment


def _gather_share(source: AudienceSource, snapshot: str, share_id: int) -> None:
    """In a thread, so on a connection of its own. Raises OperationalError where a killed process
    is still at it."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            shares = LaunchShare.objects.select_for_update(of=["self"], nowait=True)
            share = shares.select_related("run__campaign__project").get(pk=share_id)
            written = write_once(share, partial(_first_walk, share.run, source), source)
            share.cursor = written.cursor
            share.save(update_fields=["cursor"])
    finally:
        connection.close()


def _let_the_rest_wait(run: Run, *, as_of: datetime) -> None:
    rest = Run.objects.filter(rest_of=run).first()
    if rest is not None:
        waiting = RunAudience.objects.filter(run=rest).count()
        Run.objects.filter(pk=rest.pk).update(
            as_of=as_of, keeps_audience=True, waiting_people=waiting
        )


def _undecided(run_id: int) -> Run | None:
    """A run that is to be gathered, by us alone. Its own row is left free: who resumes a campaign
    waits for it. Looked at when it is ours: another may have gathered it just now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({LOCK_OF_GATHERING}, %s)", [run_id])
        (is_ours,) = cursor.fetchone()
    undecided = Run.objects.filter(pk=run_id, status=RunStatus.LAUNCHING, as_of=None, rest_of=None)
    return undecided.select_related("campaign").first() if is_ours else None


def _is_large(run: Run) -> bool:
    people = Profile.objects.filter(project=run.campaign.project_id, pk__lte=run.last_profile_id)
    return people[LARGE : LARGE + 1].exists()


def _source_or_stop(run: Run) -> AudienceSource:
    """What a segment names may go in the seconds since the campaign was checked: nobody gets it
    then, and the campaign says why."""
    campaign = run.campaign
    try:
        return read_source(campaign, run=run)
    except RuleRefused as refused:
        with suppress(LifecycleError):  # somebody has stopped it already
            stop(campaign, by=SYSTEM, reason=" ".join(sentences_of(refused, campaign.all_parts)))
        return NOBODY


def forget_gathered() -> bool:
    """Of runs that are over, a part at a time. Is more left?"""
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
        (count,) = cursor.fetchone()
        return int(count) == FORGOTTEN_AT_ONCE
