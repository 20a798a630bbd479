"""Messages of one day, found among millions: numbers grow with time, so halving finds where a day
ends, and the walk begins there."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.models import Message
from campaigns.results.spans import Span
from providers.models import Project

# Numbers are given before a transaction ends, times when it begins: the longest launch of a part.
NOT_IN_ORDER = timedelta(hours=1)


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
    """All messages of the day, and some more, have smaller numbers. As many looks into an index as
    a number has bits."""
    mine = Message.objects.filter(project=project).order_by("-pk").values_list("pk", "created_at")
    newest = mine.first()
    low, high = 0, newest[0] if newest else 0
    while low < high:
        middle = (low + high) // 2
        found = mine.filter(pk__lte=middle).first()
        if found is None or found[1] < day.last + NOT_IN_ORDER:
            low = middle + 1
        else:
            high = found[0]
    return high + 1
