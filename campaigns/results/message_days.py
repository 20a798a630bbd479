"""Messages of one day, found among millions: numbers grow with time, so halving finds where a day
ends, and the walk begins there."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from campaigns.models import Message
from campaigns.results.spans import Span
from providers.models import Project

# Numbers are given before a transaction ends, times when it begins: the longest launch of a part.
NOT_IN_ORDER = timedelta(hours=1)
# Messages before `low` are of an earlier time, those from `high` on are not.
_HALVING = """
WITH RECURSIVE halving (low, high) AS (
    SELECT 0::bigint, COALESCE((
        SELECT id FROM campaigns_message WHERE project_id = %(project)s
        ORDER BY id DESC LIMIT 1), 0) + 1
    UNION ALL
    SELECT CASE WHEN middle.is_after THEN low ELSE (low + high) / 2 + 1 END,
        CASE WHEN middle.is_after THEN middle.id ELSE high END
    FROM halving LEFT JOIN LATERAL (
        SELECT id, created_at >= %(moment)s AS is_after FROM campaigns_message
        WHERE project_id = %(project)s AND id <= (low + high) / 2
        ORDER BY id DESC LIMIT 1) AS middle ON true
    WHERE low < high
)
SELECT max(low) FROM halving
"""


def day_of(project: Project, text: str) -> Span | None:
    """The day by the project's clocks, from its first moment until the next day's; None of what is
    no day."""
    try:
        day = date.fromisoformat(text)
        ends = day + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    zone = ZoneInfo(project.time_zone)
    first, last = (datetime(d.year, d.month, d.day, tzinfo=zone) for d in (day, ends))
    return Span(first, last)


def number_after(project: Project, day: Span) -> int:
    """All messages of the day, and some more, have smaller numbers."""
    return _first_number(project, day.last + NOT_IN_ORDER)


def messages_in(project: Project, span: Span) -> QuerySet[Message]:
    """Those that were queued in it, the oldest first: no others are read, but some around it."""
    begins = _first_number(project, span.first - NOT_IN_ORDER)
    within = {"created_at__gte": span.first, "created_at__lt": span.last}
    found = Message.objects.filter(
        project=project, pk__gte=begins, pk__lt=number_after(project, span)
    )
    return found.filter(**within).order_by("pk")


def _first_number(project: Project, moment: datetime) -> int:
    """All messages before it belong to an earlier time. One query, which looks into an index as
    often as a number has bits."""
    with connection.cursor() as cursor:
        cursor.execute(_HALVING, {"project": project.pk, "moment": moment})
        (number,) = cursor.fetchone()
    return int(number)
