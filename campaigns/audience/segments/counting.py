"""How many people each segment holds, kept once a day: for the list's line, and growth."""

import logging
from datetime import timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q
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


def count_what_is_due(*, seconds: float = 30.0) -> None:
    """Those that were not counted for a day, or were changed since; what can't be counted is tried
    again a day later, or when it is changed. After so many `seconds` the rest is left to the next
    call: launches wait behind it."""
    ends = monotonic() + seconds
    for number in Segment.objects.filter(_is_due()).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            if not _is_alone():
                return
            _count_one(number)
        if monotonic() >= ends:
            return


def _count_one(number: int) -> None:
    """As it is now: where it is changed while it is counted, it is counted again."""
    segment = Segment.objects.select_related("project").filter(_is_due(), pk=number).first()
    if segment is None:
        return
    try:
        count_segment(segment)
    except (RuleRefused, EstimateRefused) as refusal:
        logger.warning("Segment %s was not counted: %s", segment.pk, refusal.code)
    unchanged = Segment.objects.filter(pk=segment.pk, changed_at=segment.changed_at)
    unchanged.update(counted_at=timezone.now())


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
