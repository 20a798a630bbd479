"""A page of messages, walked by an index: it costs the same wherever it lies, and however many
messages there are.

All messages are walked by their numbers. No index has a run's messages by number, so a campaign's
are walked by run and person, the newest run first; whom nobody knows any more come last.

A filter that few messages pass is looked for among a bounded number of them at a time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThanOrEqual,
    TupleLessThan,
)

from campaigns.models import Message

WINDOW = 50_000
RUN_AND_PERSON = Tuple(F("run_id"), F("profile_id"))


@dataclass(frozen=True, slots=True)
class Page:
    """`before`: the message that the next page goes on after, where there may be one. It is not
    full where so many had to be looked at that the rest is left to the next page."""

    rows: list[Message]
    before: int | None
    is_full: bool


def page_by_number(
    found: QuerySet[Message], *, among: QuerySet[Message] | None, before: int | None, most: int
) -> Page:
    """Those `found` among the next of `among`, which an index has by number; without it, of all."""
    older = Q(pk__lt=before) if before else Q()
    end = _end_of(among.filter(older).order_by("-pk")) if among is not None else None
    within = Q(pk__gte=end.pk) if end else Q()
    rows = found.filter(older, within).order_by("-pk")
    return _page(list(rows[: most + 1]), most=most, end=end)


def page_by_person(
    found: QuerySet[Message], *, run_ids: Collection[int], before: int | None, most: int
) -> Page:
    """Those `found` among the next of these runs."""
    of_runs = Message.objects.filter(run__in=run_ids)
    last = of_runs.filter(pk=before).first() if before else None
    rows, end = [], None
    if last is None or last.profile_id is not None:
        older = Q(TupleLessThan(RUN_AND_PERSON, _place(last))) if last else Q()
        end = _end_of(_by_person(of_runs.filter(older)))
        within = Q(TupleGreaterThanOrEqual(RUN_AND_PERSON, _place(end))) if end else Q()
        walked = found.filter(older, within, _run_by_run(run_ids, last, end))
        rows = list(_by_person(walked)[: most + 1])
    if end is None and len(rows) <= most:
        has_begun = last is not None and last.profile_id is None
        after = Q(pk__lt=before) if has_begun else Q()
        gone = found.filter(after, profile=None).order_by("-pk")
        rows += gone[: most + 1 - len(rows)]
    return _page(rows, most=most, end=end)


def _place(message: Message) -> tuple[int | None, int | None]:
    return (message.run_id, message.profile_id)


def _run_by_run(run_ids: Collection[int], last: Message | None, end: Message | None) -> Q:
    """Those older than `last` and not older than `end` once more: how few rows a comparison of
    tuples leaves PostgreSQL can't guess, and would rather read all messages of all campaigns."""
    parts: dict[int, Q] = {}
    if last and last.run_id:
        parts[last.run_id] = Q(run=last.run_id, profile__lt=last.profile_id)
    if end and end.run_id:
        begun = parts.get(end.run_id, Q(run=end.run_id))
        parts[end.run_id] = begun & Q(profile__gte=end.profile_id)
    newest = (last and last.run_id) or max(run_ids, default=0)
    oldest = (end and end.run_id) or min(run_ids, default=0)
    whole = [run for run in run_ids if run not in parts and oldest <= run <= newest]
    return reduce(or_, parts.values(), Q(run__in=whole))


def _by_person(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.filter(profile__isnull=False).order_by("-run", "-profile")


def _end_of(walked: QuerySet[Message]) -> Message | None:
    """The last message that is looked at; None where that is all of them."""
    return walked[WINDOW - 1 : WINDOW].first()


def _page(rows: list[Message], *, most: int, end: Message | None) -> Page:
    is_full = len(rows) > most
    rows = rows[:most]
    last = rows[-1] if is_full else end
    return Page(rows=rows, before=last.pk if last else None, is_full=is_full)
