"""Whoever comes into a segment sets off the live campaigns that wait for it.

Every five minutes one statement finds who is in it now, and compares that with who was in it the
last time: whoever came has a trigger, whoever left may come again, and what is remembered of them
changes with it. So a kill leaves all or nothing of a look. Who was in it at the beginning has not
come.

An import, or another rule, may bring in very many at once. Then the campaign is paused: its people
wait as long as anybody may wait in it, and somebody looks whether that was meant.
"""

from contextlib import suppress
from datetime import timedelta
from time import monotonic

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.estimating import (
    PATIENCE_OF_A_WORKER,
    EstimateRefused,
    limited_to,
)
from campaigns.audience.segments.rules import Statement
from campaigns.ledger.array_texts import numbers
from campaigns.models import Campaign, CampaignStatus, Profile, Run, RunStatus
from campaigns.planning.circles import circle_in_words
from campaigns.planning.occasion import CUT_OFF
from campaigns.planning.occasion_document import OccasionError
from campaigns.planning.occasion_segment import people_in, segment_of
from campaigns.running.lifecycle import LifecycleError, pause
from campaigns.running.listening import LISTENING, hold_listening
from campaigns.running.segment_members import begin, parameters_of
from campaigns.running.writing_triggers import Meant, Told, enter
from providers.models import IncidentKind
from providers.watch import incidents
from providers.watch.actors import SYSTEM
from providers.watch.logging_failures import logging_failure_of
from providers.watch.turns import in_turns

LOCK = 7_266_012
EVERY = timedelta(minutes=5)
# Of the project's people. Of so few as below it nobody has to be asked.
MOST_AT_ONCE, NOT_MANY = 0.1, 25
NOBODY_CAN = "Nobody can come into it now. {} Mend that, then resume it."
RUSH = (
    "{people:,} people came into the segment of “{campaign}” at once, more than a tenth of all. If"
    " they are to get it, resume the campaign within {wait}: after that they are left out. If not,"
    " let that time pass, or stop it."
)

# Who has come since the last look, and who has left.
FIND = """
WITH found AS MATERIALIZED (SELECT DISTINCT f.id FROM ({source}) AS f (id))
SELECT ARRAY(SELECT found.id FROM found WHERE NOT EXISTS (SELECT FROM campaigns_segmentmember i
        WHERE i.campaign_id = %(campaign)s AND i.profile_id = found.id)),
    ARRAY(SELECT i.profile_id FROM campaigns_segmentmember i WHERE i.campaign_id = %(campaign)s
        AND NOT EXISTS (SELECT FROM found WHERE found.id = i.profile_id))
"""

# A person was in it by any of the profiles with their phone.
CAME = """gone AS (
    DELETE FROM campaigns_segmentmember
    WHERE campaign_id = %(campaign)s AND profile_id = ANY(%(left)s::bigint[])
),
came AS MATERIALIZED (SELECT DISTINCT id FROM unnest(%(came)s::bigint[]) AS came (id)),
remembered AS (
    INSERT INTO campaigns_segmentmember (campaign_id, profile_id)
    SELECT %(campaign)s, id FROM came ORDER BY id
),
told AS MATERIALIZED (
    SELECT 0::bigint AS kind_id, p.id AS profile_id, COALESCE(p.match_key, -p.id) AS match_key,
        statement_timestamp() AS at, p.id AS fingerprint, '{}'::jsonb AS properties
    FROM came JOIN campaigns_profile p ON p.id = came.id
    WHERE p.match_key IS NULL OR NOT EXISTS (SELECT FROM campaigns_profile other
        JOIN campaigns_segmentmember i ON i.campaign_id = %(campaign)s
            AND i.profile_id = other.id
        WHERE other.project_id = %(project)s AND other.match_key = p.match_key)
)"""
IT = "c.id = %(campaign)s"


def compare_due(*, seconds: float = 50.0) -> None:
    """Those that nobody has looked at for five minutes, projects in turns; who is left after so
    many `seconds` has a turn in the next call."""
    ends = monotonic() + seconds
    oldest = (F("compared_at").asc(nulls_first=True), "pk")
    for run_id in in_turns(_due(), "campaign__project", first=oldest).values_list("pk", flat=True):
        with logging_failure_of(f"who came into the segment of run {run_id}"):
            _compare(run_id)
        if monotonic() >= ends:
            return


def _due() -> QuerySet[Run]:
    return Run.objects.filter(
        Q(compared_at=None) | Q(compared_at__lte=Now() - EVERY),
        status=RunStatus.STANDING,
        campaign__status__in=LISTENING,
        campaign__occasion__has_key="entered",
    )


@transaction.atomic
def _compare(run_id: int) -> None:
    """By one worker at a time; nothing, where another is at it, or has just done it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (is_ours,) = cursor.fetchone()
    run = _due().select_related("campaign__project").filter(pk=run_id).first()
    if not is_ours or run is None:
        return
    try:
        with limited_to(PATIENCE_OF_A_WORKER):
            _look(run)
    except (OccasionError, EstimateRefused) as refused:
        _pause(run.campaign, NOBODY_CAN.format(refused))
    Run.objects.filter(pk=run_id).update(compared_at=Now())


def _look(run: Run) -> None:
    if run.compared_at is None:
        begin(run)
        return
    campaign = run.campaign
    if circle := circle_in_words(campaign):
        raise OccasionError(circle)
    entered = _enter(run)
    if entered > NOT_MANY and entered > MOST_AT_ONCE * Profile.objects.of(campaign.project).count():
        _halt(campaign, entered)


def _enter(run: Run) -> int:
    """Finding them may take a while, so the campaign is held after that."""
    campaign = run.campaign
    came, left = _found(campaign)
    held = hold_listening(IT, {"campaign": campaign.pk})
    people = {"came": numbers(came), "left": numbers(left)}
    told = Told(CAME, {**people, "project": campaign.project_id, "campaign": campaign.pk})
    meant = [Meant(listening, "true") for listening in held]
    return enter(told, meant, Statement(clock_of(campaign.project)))


def _found(campaign: Campaign) -> tuple[list[int], list[int]]:
    segment = segment_of(campaign)
    if segment is None:
        return [], []
    source = people_in(segment)
    with connection.cursor() as cursor:
        cursor.execute(FIND.format(source=source.sql), parameters_of(campaign, source))
        came, left = cursor.fetchone()
    return came, left


def _halt(campaign: Campaign, entered: int) -> None:
    hours = campaign.cut_off_hours
    wait = f"{hours} hours" if hours else f"{CUT_OFF.seconds // 60} minutes"
    detail = RUSH.format(people=entered, campaign=campaign, wait=wait)
    _pause(campaign, f"{IncidentKind.RUSH.label}. {detail}")
    incidents.report(campaign.project_id, IncidentKind.RUSH, detail=detail)


def _pause(campaign: Campaign, reason: str) -> None:
    if campaign.status == CampaignStatus.RUNNING:
        with suppress(LifecycleError):  # somebody else was quicker
            pause(campaign, by=SYSTEM, reason=reason)
