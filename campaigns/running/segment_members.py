"""Who is in the segment that sets a live campaign off, as it is remembered: written when the
campaign begins, changed by each look (entering_segments.py), gone when it is over."""

from typing import Any

from django.db import connection
from django.db.models.functions import Now

from campaigns.audience.segments.estimating import limited_to
from campaigns.audience.source import AudienceSource
from campaigns.models import Campaign, Run, RunStatus
from campaigns.planning.occasion_segment import people_in, segment_of

PATIENCE = 20_000  # milliseconds: somebody waits, who publishes it
FORGOTTEN_AT_ONCE = 10_000

BEGIN = """
WITH found AS MATERIALIZED (SELECT DISTINCT f.id FROM ({source}) AS f (id)),
gone AS (
    DELETE FROM campaigns_segmentmember i WHERE i.campaign_id = %(campaign)s
        AND NOT EXISTS (SELECT FROM found WHERE found.id = i.profile_id)
)
INSERT INTO campaigns_segmentmember (campaign_id, profile_id)
SELECT %(campaign)s, id FROM found ORDER BY id ON CONFLICT DO NOTHING
"""
FORGET = f"""
DELETE FROM campaigns_segmentmember WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM campaigns_segmentmember WHERE campaign_id = %s LIMIT {FORGOTTEN_AT_ONCE}))
"""


def begin(run: Run) -> None:
    """Whoever is in it now has to leave it before they can come in. In the transaction that opens
    the run; nothing of a campaign that something else sets off. Raises OccasionError,
    EstimateRefused."""
    segment = segment_of(run.campaign)
    if segment is None:
        return
    source = people_in(segment)
    with limited_to(PATIENCE) as cursor:
        cursor.execute(BEGIN.format(source=source.sql), parameters_of(run.campaign, source))
    Run.objects.filter(pk=run.pk).update(compared_at=Now())


def parameters_of(campaign: Campaign, source: AudienceSource) -> dict[str, Any]:
    return {**source.parameters, "project": campaign.project_id, "campaign": campaign.pk}


def forget_members() -> None:
    """Of campaigns that are over: nobody comes into them any more."""
    over = Run.objects.filter(status=RunStatus.FINISHED, compared_at__isnull=False)
    for run in over.order_by("pk")[:10]:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [run.campaign_id])
            if cursor.rowcount < FORGOTTEN_AT_ONCE:
                Run.objects.filter(pk=run.pk).update(compared_at=None)
