"""How many people left in the last week, of those whom something was delivered to; and usually.

People who left by their own hand: a word, a button, or WhatsApp's own. What a file or a colleague
says of somebody is no answer to what was sent.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.ledger.tallies import QUARTER
from campaigns.models import OWN_HAND
from campaigns.planning.chances import Counted, interval
from campaigns.results.spans import Span, numbers_in
from providers.models import Project

DAYS = timedelta(days=7)
DAYS_BEFORE = timedelta(days=28)
LEAST_DELIVERED = 1_000  # of each span: with fewer, one person more or less is a flood
_LEFT = """
SELECT count(*) FILTER (WHERE at >= %(middle)s), count(*) FILTER (WHERE at < %(middle)s)
FROM campaigns_subscriptionchange
WHERE project_id = %(project)s AND at >= %(first)s AND at < %(last)s
    AND value AND source IN ('{}', '{}', '{}')
""".format(*OWN_HAND)


@dataclass(frozen=True, slots=True)
class OptOuts:
    """`now`: of the last seven days; `before`: of the four weeks before these."""

    now: Counted
    before: Counted

    @property
    def are_many(self) -> bool:
        """More than chance makes of what is usual."""
        return interval(self.now)[0] > self.before.rate

    @property
    def words(self) -> str:
        people = "1 person" if self.now.did == 1 else f"{self.now.did:,} people"
        judged = "more than usual" if self.are_many else self._judged
        return (
            f"{people} left in 7 days: {_in_words(self.now)} of 1,000 delivered. "
            f"In the four weeks before: {_in_words(self.before)}. That is {judged}."
        )

    @property
    def _judged(self) -> str:
        return "fewer than usual" if interval(self.now)[1] < self.before.rate else "as usual"


def opt_outs_of(project: Project, *, now: datetime) -> OptOuts | None:
    """None where too little was delivered. Two queries, however many messages."""
    last = _quarter(now)
    spans = [Span(last - DAYS, last), Span(last - DAYS - DAYS_BEFORE, last - DAYS)]
    delivered = [one.get("delivered", 0) for one in numbers_in(project, spans, names=["delivered"])]
    if min(delivered) < LEAST_DELIVERED:
        return None
    left = left_in(project, spans[0], spans[1])
    return OptOuts(*(Counted(min(n, of), of) for n, of in zip(left, delivered, strict=True)))


def left_in(project: Project, span: Span, before: Span) -> tuple[int, int]:
    """How many left in a span, and in the one that ends where it begins. One query."""
    given: dict[str, Any] = {
        "project": project.pk,
        "first": before.first,
        "middle": span.first,
        "last": span.last,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, given)
        now, earlier = cursor.fetchone()
    return now, earlier


def _in_words(counted: Counted) -> str:
    return f"{1_000 * counted.rate:.1f}"


def _quarter(now: datetime) -> datetime:
    return now - timedelta(seconds=now.timestamp() % QUARTER.total_seconds())
