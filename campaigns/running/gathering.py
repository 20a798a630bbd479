"""Who belongs to a run: its source is evaluated once, in one statement that sees one moment.

They are written down, so that a list that grows or a report that comes during the launch changes
nobody's place, and a launch that starts anew finds the same people. Everybody in the project needs
no rows: they are whoever was there when the run was opened.
"""

from contextlib import suppress
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from campaigns.audience.choosing import sentences_of
from campaigns.audience.segments.reading import RuleRefused
from campaigns.audience.source import NOBODY, AudienceSource
from campaigns.gates.registry import among, sets_to_decide
from campaigns.models import LaunchShare, Run, RunAudience, RunStatus
from campaigns.planning.targeting import audience, read_source, with_variants
from campaigns.planning.variants import IN_TEST, variant_of_person
from campaigns.running.lifecycle import LifecycleError, stop
from campaigns.running.writing_chunks import Walk, walk_through, write_once
from providers.watch.actors import SYSTEM

FORGOTTEN_AT_ONCE = 10_000

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
    people = with_variants(f"{audience(source)} AND {only}", variant=_variant(run))
    before = f"""{_meant(run, among(people, gates), reason)},
later AS (
    INSERT INTO campaigns_runaudience (run_id, profile_id, match_key, arm_id, reason)
    SELECT %(run)s, id, match_key, variant_id, COALESCE({reason}, '')
    FROM (SELECT * FROM meant ORDER BY id OFFSET %(size)s) AS waiting
),"""
    return walk_through("SELECT * FROM meant", variant="variant_id", before=before)


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
    run = _held_by_its_shares(run_id)
    if run is None:
        return
    source = _source_or_stop(run)
    walk_of = partial(_first_walk, run, source)
    first = write_once(LaunchShare(run=run, number=0, of=1), walk_of, source)
    run.shares.update(cursor=first.cursor)
    Run.objects.filter(pk=run_id).update(as_of=first.as_of, keeps_audience=True)
    _let_the_rest_wait(run, as_of=first.as_of)


def _let_the_rest_wait(run: Run, *, as_of: datetime) -> None:
    rest = Run.objects.filter(rest_of=run).first()
    if rest is not None:
        waiting = RunAudience.objects.filter(run=rest).count()
        Run.objects.filter(pk=rest.pk).update(
            as_of=as_of, keeps_audience=True, waiting_people=waiting
        )


def _held_by_its_shares(run_id: int) -> Run | None:
    """A run that is to be gathered, by us alone. Its own row is left free: who resumes a campaign
    waits for it. Looked at when its shares are held: another may have gathered it just now."""
    shares = LaunchShare.objects.filter(run=run_id)
    held = shares.select_for_update(of=["self"], skip_locked=True)
    if len(held) < shares.count():
        return None
    undecided = Run.objects.filter(pk=run_id, status=RunStatus.LAUNCHING, as_of=None, rest_of=None)
    return undecided.select_related("campaign").first()


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
