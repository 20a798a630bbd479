"""Whether those who were sent to about the same time met the same: then it is about the account."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import QuerySet

from campaigns.gates.base import Explanation
from campaigns.gates.explaining import Met, depends_on_others, explain_message, met_by
from campaigns.models import Message

LOOKED_AT, ENOUGH = 200, 20  # rows on each side, and those of them that were sent

Outcome = tuple[str, str]


def explain_among_others(message: Message) -> Explanation | None:
    """As `explain_message`, with advice for as many as are concerned."""
    met = _met(message) if depends_on_others(message) else Met.NOBODY_KNOWS
    return explain_message(message, met=met)


def _met(message: Message) -> Met:
    """By the rows on both sides of it: a campaign's lie in the order in which they went out."""
    same = Message.objects.filter(project=message.project_id)
    before = same.filter(pk__lt=message.pk).order_by("-pk")
    after = same.filter(pk__gt=message.pk).order_by("pk")
    own = (message.reason, message.code)
    sent = [own, *_outcomes(before), *_outcomes(after)]
    return met_by(sent.count(own), among=len(sent))


def _outcomes(rows: QuerySet[Message]) -> Iterator[Outcome]:
    """Reason and code of the nearest that were sent."""
    near = rows.values_list("attempt", "reason", "code")[:LOOKED_AT]
    return islice(((reason, code) for attempt, reason, code in near if attempt), ENOUGH)
