"""Who belongs to a run: its source is evaluated once, in one statement that sees one moment.

They are written down, so that a list that grows or a report that comes during the launch changes
nobody's place, and a launch that starts anew finds the same people. Everybody in the project needs
no rows: they are whoever was there when the run was opened.
"""

from contextlib import suppress

from django.db import connection, transaction

from campaigns.audience.choosing import faults_of
from campaigns.audience.source import AudienceSource
from campaigns.models import Run, RunStatus
from campaigns.planning.targeting import parameters_of, source_of
from campaigns.planning.variants import VARIANT
from campaigns.running.lifecycle import LifecycleError, stop
from providers.watch.actors import SYSTEM

FORGOTTEN_AT_ONCE = 10_000

# Who finishes a run keeps nobody from working; so many rows are not deleted with it.
FORGET = f"""
WITH over AS MATERIALIZED (
    SELECT id FROM campaigns_run WHERE keeps_audience AND status = '{RunStatus.FINISHED}'
),
gone AS (
    DELETE FROM campaigns_runaudience WHERE (run_id, profile_id) IN (
        SELECT a.run_id, a.profile_id FROM over JOIN campaigns_runaudience a ON a.run_id = over.id
        LIMIT {FORGOTTEN_AT_ONCE})
    RETURNING run_id
),
counted AS (SELECT count(*) AS n FROM gone),
done AS (
    UPDATE campaigns_run r SET keeps_audience = false FROM over, counted
    WHERE r.id = over.id AND counted.n < {FORGOTTEN_AT_ONCE}
)
SELECT n FROM counted
"""


def _gather(source: AudienceSource) -> str:
    return f"""
WITH gathered AS (
    INSERT INTO campaigns_runaudience (run_id, profile_id, match_key, arm_id, reason)
    SELECT %(run)s, id, match_key, {VARIANT}, COALESCE({source.reason("NULL")}, '')
    FROM campaigns_profile p {source.join}
    WHERE project_id = %(project)s AND id <= %(last)s AND {source.condition}
    ORDER BY id
)
UPDATE campaigns_run SET as_of = statement_timestamp(), keeps_audience = true WHERE id = %(run)s
"""


@transaction.atomic
def gather(run_id: int) -> None:
    """Harmless when called again; while somebody else is at it, there is nothing to launch yet."""
    undecided = Run.objects.select_for_update(of=["self"], skip_locked=True).filter(
        pk=run_id, status=RunStatus.LAUNCHING, as_of=None
    )
    run = undecided.select_related("campaign").first()
    if run is None:
        return
    _stop_where_its_rule_is_gone(run)
    source, last = source_of(run.campaign, run=run), run.last_profile_id
    parameters = parameters_of(run.campaign, source, run=run, cursor=0, last=last)
    with connection.cursor() as cursor:
        cursor.execute(_gather(source), parameters)


def _stop_where_its_rule_is_gone(run: Run) -> None:
    """What a segment names may go in the seconds since the campaign was checked: nobody gets it
    then, and the campaign says why."""
    campaign = run.campaign
    if run.retry_of_id is None and (faults := faults_of(campaign.project, campaign.all_parts)):
        with suppress(LifecycleError):  # somebody has stopped it already
            stop(campaign, by=SYSTEM, reason=" ".join(faults))


def forget_gathered() -> bool:
    """Of runs that are over, a part at a time. Is more left?"""
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
        (count,) = cursor.fetchone()
        return int(count) == FORGOTTEN_AT_ONCE
