"""How many people each segment holds, kept once a day: for the list's line, and growth."""

import logging
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from campaigns.audience.segments.estimating import EstimateRefused, count_people
from campaigns.audience.segments.knowing import rule_of
from campaigns.audience.segments.reading import RuleRefused
from campaigns.audience.segments.spans import Clock
from campaigns.models import Segment, SegmentSize
from providers.models import Project

LOCK = 7_214  # of counting
logger = logging.getLogger(__name__)


def clock_of(project: Project) -> Clock:
    return Clock(timezone.now(), ZoneInfo(project.time_zone))


def count_what_is_due() -> None:
    """Those without a size of today, or that were changed since; what can't be counted is tried
    again tomorrow, or when it is changed."""
    with transaction.atomic():
        if not _is_alone():
            return
        for segment in Segment.objects.select_related("project").filter(_is_due()):
            try:
                count_segment(segment)
            except (RuleRefused, EstimateRefused) as refusal:
                logger.warning("Segment %s was not counted: %s", segment.pk, refusal.code)
            Segment.objects.filter(pk=segment.pk).update(counted_at=timezone.now())


def _is_due() -> Q:
    day_ago = timezone.now() - timedelta(days=1)
    return Q(counted_at=None) | Q(counted_at__lt=F("changed_at")) | Q(counted_at__lt=day_ago)


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
