"""Which raw callbacks are about a message? Nothing points from a message to them, so they are
looked for among those that came around its first reports: a bounded number, however many there are.
A report of a failure makes no event that would name its callback, only a time.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.db import connection

from callbacks.inspecting.by_time import first_after
from callbacks.inspecting.receipt_story import ToldFact, told_facts
from callbacks.models import InboundMessage, Receipt
from callbacks.parsers import Fact
from callbacks.receipts.applying import trace_of
from callbacks.receipts.reading import read
from campaigns.feedback.matching import named_by
from campaigns.models import GatewayId, Message, Reason

# Duplicates come soon after the first; a report may have overtaken another.
BEFORE, AFTER = 1_000, 10_000  # receipts of all projects
CLOCKS_DIFFER = timedelta(minutes=5)  # Gupshup's and ours
MOST_EVENTS = 50
MOST_RANGES = 5
MOST_READ = 100  # in each

NAMING = """
SELECT id FROM callbacks_receipt WHERE project_id = %(project)s AND id BETWEEN %(low)s AND %(high)s
    AND (position(%(bytes)s::bytea IN body) > 0 OR position(%(text)s IN query) > 0)
ORDER BY id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Trail:
    """`gone` are numbers of callbacks that told something about it and are not kept any more."""

    receipts: list[tuple[Receipt, list[str]]]
    gone: list[int]
    kept_days: int


def trail_of(message: Message) -> Trail:
    events = message.events.exclude(source=None).order_by("at", "pk")
    sources = events.values_list("source", flat=True)[:MOST_EVENTS]
    told = sorted({source for source in sources if source is not None})
    naming = list(_naming(message, sorted({*told, *_around_failure(message)})))
    rows = Receipt.objects.filter(project=message.project_id, pk__in=[*naming, *told])
    found = {row.pk: row for row in rows.order_by("pk").select_related("project")}
    words = _words(list(found.values()), message)
    about = [(row, words[row.pk]) for row in found.values() if words[row.pk] or row.pk in told]
    gone = [source for source in told if source not in found]
    return Trail(about, gone, settings.RECEIPT_KEEP_DAYS)


def _around_failure(message: Message) -> Iterator[int]:
    if message.reason == Reason.REPORTED and message.failed_at is not None:
        yield first_after(message.project_id, message.failed_at - CLOCKS_DIFFER)


def _naming(message: Message, told: Sequence[int]) -> Iterator[int]:
    """Those in which its number stands; what they really say is read afterwards."""
    number = str(message.pk)
    with connection.cursor() as cursor:
        for low, high in islice(_ranges(told), MOST_RANGES):
            cursor.execute(
                NAMING,
                {
                    "project": message.project_id,
                    "low": low,
                    "high": high,
                    "bytes": number.encode(),
                    "text": number,
                    "most": MOST_READ,
                },
            )
            yield from (row[0] for row in cursor.fetchall())


def _ranges(told: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Around each, and none twice."""
    end = 0
    for anchor in told:
        low, high = max(anchor - BEFORE, end + 1), anchor + AFTER
        if low <= high:
            yield low, high
            end = high


def _words(receipts: Sequence[Receipt], message: Message) -> dict[int, list[str]]:
    """Receipt → what it tells about that message; nothing where it is about others only."""
    words: dict[int, list[str]] = {receipt.pk: [] for receipt in receipts}
    issued = set(GatewayId.objects.filter(message=message).values_list("external_id", flat=True))
    facts = [
        (one.pk, fact)
        for one in receipts
        for fact in read(one).facts
        if _may_name(fact, message, issued)
    ]
    told = told_facts(message.project_id, [fact for _, fact in facts])
    for (pk, _fact), one in zip(facts, told, strict=True):
        if one.message_id == message.pk:
            words[pk].append(_of(one))
    replies = InboundMessage.objects.filter(receipt__in=receipts, answers=message)
    for pk in replies.values_list("receipt", flat=True):
        words[pk or 0].append("A reply to it")
    return words


def _may_name(fact: Fact, message: Message, issued: Collection[str | None]) -> bool:
    """Of the thousands in a large callback, those worth looking up."""
    trace = trace_of(fact, project_id=message.project_id)
    if trace is None:
        return False
    return trace.external_id in issued or named_by(trace) in (message.pk, None)


def _of(fact: ToldFact) -> str:
    status = dict(fact.values).get("Status")
    return f"{fact.title}: {status}" if status else fact.title
