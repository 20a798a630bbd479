"""How many people each segment holds, kept once a day: for the list's line, and growth."""

import logging
from datetime import timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from campaigns.audience.segments.estimating import EstimateRefused, count_people
from campaigns.audience.segments.knowing import rule_of
from campaigns.audience.segments.reading import RuleRefused
from campaigns.audience.segments.spans import Clock
from campaigns.models import Segment, SegmentSize
from providers.models import Project
from providers.watch.logging_failures import logging_failure_of

LOCK = 7_214  # of counting
logger = logging.getLogger(__name__)


def clock_of(project: Project) -> Clock:
    return Clock(timezone.now(), ZoneInfo(project.time_zone))


def count_what_is_due(*, seconds: float = 30.0) -> None:
    """Those that were not counted for a day, or were changed since; what can't be counted is tried
    again a day later, or when it is changed. After so many `seconds` the rest is left to the next
    call: launches wait behind it."""
    ends = monotonic() + seconds
    while projects := _projects_in_turn():
        for project in projects:
            with transaction.atomic():
                if not _is_alone():
                    return
                _count_next(project)
            if monotonic() >= ends:
                return


def _projects_in_turn() -> list[Project]:
    """Each has one counted, then each its next. Who begins is drawn, so nobody waits behind all of
    another project's, however often those are saved anew."""
    due = Segment.objects.filter(_is_due(), project=OuterRef("pk"))
    return list(Project.objects.filter(Exists(due)).order_by("?"))


def _count_next(project: Project) -> None:
    """New ones first. Where it is changed while it is counted, it is counted again."""
    due = Segment.objects.filter(_is_due(), project=project)
    segment = due.order_by(F("counted_at").asc(nulls_first=True), "changed_at", "pk").first()
    if segment is None:
        return
    segment.project = project
    _try_to_count(segment)
    unchanged = Segment.objects.filter(pk=segment.pk, changed_at=segment.changed_at)
    unchanged.update(counted_at=timezone.now())


def _try_to_count(segment: Segment) -> None:
    with logging_failure_of(f"counting segment {segment.pk}"):
        try:
            with transaction.atomic():
                count_segment(segment)
        except (RuleRefused, EstimateRefused) as refusal:
            logger.warning("Segment %s was not counted: %s", segment.pk, refusal.code)


def _is_due() -> Q:
    day_ago = timezone.now() - timedelta(days=1)
    return Q(counted_at=None) | Q(counted_at__lt=day_ago)


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def count_segment(segment: Segment) -> int:
    """Raises RuleRefused, EstimateRefused."""
    clock = clock_of(segment.project)
    people = count_people(segment.project, rule_of(segment), clock)
    SegmentSize.objects.update_or_create(
        segment=segment, day=clock.today, defaults={"people": people}
    )
    return people
