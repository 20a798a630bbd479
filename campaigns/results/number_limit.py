"""Meta's limit of people to whom a number may write first in 24 hours, beside a campaign's people.

What counts for it is known to Meta alone: whoever wrote before does not, nor does a second message
to the same person. So this is the most that can have been used, by quarters of an hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from campaigns.models import Message, MessageKind
from campaigns.results.spans import Span, numbers_in
from providers.connection.messaging_limit import most_people
from providers.models import Provider

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Room:
    """`used` of `most` in the 24 hours before; `too_many` of the people go beyond. All of them
    could get it at `free_at`; None: on no single day."""

    most: int
    used: int
    people: int
    free_at: datetime | None

    @property
    def too_many(self) -> int:
        return max(0, min(self.people, self.used + self.people - self.most))

    @property
    def days(self) -> int:
        """On how many all of them could get it."""
        return -(-self.people // self.most)


def room_for(provider: Provider, *, people: int, at: datetime) -> Room | None:
    """For so many at that moment. None where there is no limit, or nobody knows it."""
    most = most_people(provider.messaging_limit)
    if not most:
        return None
    by_quarter = _used(provider, most, at)
    used = sum(n for _, n in by_quarter)
    return Room(most, used, people, _free_at(by_quarter, most - people, at))


def _used(provider: Provider, most: int, at: datetime) -> list[tuple[datetime, int]]:
    """When each quarter ends, and how many of the project's messages left in it."""
    last = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) + QUARTER
    marks = [last - number * QUARTER for number in range(97, -1, -1)]
    spans = [Span(first, end) for first, end in pairwise(marks)]
    counted = numbers_in(provider.project, spans, names=["sent"])
    used = [(span.last, each.get("sent", 0)) for span, each in zip(spans, counted, strict=True)]
    return [*used, (at, _by_programs(provider, most, at - DAY))]


def _by_programs(provider: Provider, most: int, since: datetime) -> int:
    """Of the newest, so that it costs no more where they have sent millions."""
    newest = Message.objects.filter(project=provider.project_id, kind=MessageKind.API)
    sent = newest.order_by("-pk").values_list("sent_at", flat=True)[: most + 1]
    return sum(at is not None and at >= since for at in sent)


def _free_at(by_quarter: list[tuple[datetime, int]], room: int, at: datetime) -> datetime | None:
    """When no more than `room` are used of the 24 hours before."""
    used = sum(n for _, n in by_quarter)
    if room < 0 or used <= room:
        return at if room >= 0 else None
    for ends, n in sorted(by_quarter):
        used -= n
        if used <= room:
            return ends + DAY
    return None
