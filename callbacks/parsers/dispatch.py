"""Which kind of callback is it? Told by content alone, element by element.

Accounts are set up by hand, so every kind may come to either address in any transport.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import chain, product
from typing import TypeAlias

from callbacks.parsers.account import account_event
from callbacks.parsers.body import decode
from callbacks.parsers.clicks import click
from callbacks.parsers.delivery import delivery_report
from callbacks.parsers.facts import Fact, Kind, Parsed, Rejected
from callbacks.parsers.generic import generic_click, generic_report, is_click
from callbacks.parsers.inbound import inbound
from callbacks.parsers.json_text import problem_of, structured
from callbacks.parsers.meta import elements_of
from callbacks.parsers.times import INDIA
from callbacks.parsers.values import Context, Fields, NotUnderstood

EXPECTED = (
    "expected a delivery report (externalId, eventType), a click (gsurl, originalURL) or "
    "`statuses`, an inbound message (waNumber or mobile, type) or an account event (field)"
)
MOST_REJECTED = 100
MOST_ENVELOPES = 3


@dataclass(frozen=True, slots=True)
class Reader:
    kind: Kind
    read: Callable[[Fields, Context], Fact]


ReaderFor: TypeAlias = Callable[[Fields], Reader | None]
Batch: TypeAlias = tuple[list[object], ReaderFor]

DELIVERY = Reader("delivery", delivery_report)
CLICK = Reader("click", click)
GENERIC_CLICK = Reader("click", generic_click)
GENERIC_REPORT = Reader("delivery", generic_report)
INBOUND = Reader("inbound", inbound)
ACCOUNT = Reader("account", account_event)


def parse(
    body: bytes,
    *,
    content_type: str,
    query: str,
    received_at: datetime,
    click_zone: tzinfo = INDIA,
) -> Parsed:
    """Whatever came, as facts; never raises, in time linear in the length of the body.

    `query` is the raw query string. `received_at` (aware) stands in for times that make no
    sense. `click_zone` is the zone of a clickTime, which carries none.
    """
    context = Context(received_at, click_zone)
    request = decode(body, content_type=content_type, query=query)
    results: list[Parsed] = []
    for rows, reader_for in chain.from_iterable(map(_batches, request.candidates)):
        result = _parsed(rows, reader_for, context)
        if result.kind != "unknown":
            return result
        results.append(result)
    if results and len(results[0].rejected) > 1:
        return results[0]
    problem = _broken_field(request.candidates) or request.problem
    return Parsed("unknown", (), (Rejected(0, f"{problem}: {EXPECTED}"),))


def _batches(candidate: object, envelopes: int = MOST_ENVELOPES) -> Iterator[Batch]:
    """What the structure may be, in the order of trying."""
    if isinstance(candidate, list):
        yield candidate, _reader
    if not isinstance(candidate, dict):
        return
    response = structured(candidate.get("response"))
    if response and envelopes:
        yield from _batches(response, envelopes - 1)
    statuses = structured(candidate.get("statuses"))
    if isinstance(statuses, list):
        yield statuses, _generic_reader
    entry = structured(candidate.get("entry"))
    if isinstance(entry, list) and (elements := elements_of(entry)):
        yield elements, _reader
    yield [candidate], _reader


def _parsed(rows: list[object], reader_for: ReaderFor, context: Context) -> Parsed:
    facts: list[Fact] = []
    rejected: list[Rejected] = []
    attempted: set[Kind] = set()
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or (reader := reader_for(row)) is None:
            rejected.append(Rejected(index, EXPECTED))
            continue
        attempted.add(reader.kind)
        try:
            facts.append(reader.read(row, context))
        except NotUnderstood as problem:
            rejected.append(Rejected(index, str(problem)))
    kinds: set[Kind] = {fact.kind for fact in facts} or attempted
    return Parsed(_kind(kinds), tuple(facts), _at_most(rejected))


def _reader(row: Fields) -> Reader | None:
    if row.get("eventType"):
        return DELIVERY
    if row.get("field"):
        return ACCOUNT
    if row.get("gsurl") or row.get("originalURL"):
        return CLICK
    if row.get("type") and ("waNumber" in row or "mobile" in row):
        return INBOUND
    if row.get("externalId"):
        return DELIVERY
    return INBOUND if row.get("waNumber") or row.get("mobile") else None


def _generic_reader(row: Fields) -> Reader | None:
    if not (row.get("msgId") or row.get("status")):
        return None
    return GENERIC_CLICK if is_click(row) else GENERIC_REPORT


def _kind(kinds: set[Kind]) -> Kind:
    if not kinds:
        return "unknown"
    return "mixed" if len(kinds) > 1 else next(iter(kinds))


def _at_most(rejected: list[Rejected]) -> tuple[Rejected, ...]:
    """A megabyte of nonsense is not worth half a million reasons."""
    if len(rejected) <= MOST_REJECTED:
        return tuple(rejected)
    more = len(rejected) - MOST_REJECTED
    next_one = Rejected(rejected[MOST_REJECTED].index, f"{more} more elements from here on")
    return (*rejected[:MOST_REJECTED], next_one)


def _broken_field(candidates: Sequence[object]) -> str | None:
    """To say that a form's reports are cut off helps more than "unknown shape"."""
    forms = (candidate for candidate in candidates if isinstance(candidate, dict))
    for form, name in product(forms, ("response", "statuses")):
        value = form.get(name)
        if type(value) is str and value.strip():
            return f"the field `{name}` is {problem_of(value)}"
    return None
