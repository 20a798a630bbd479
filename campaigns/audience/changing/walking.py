"""A change of many people, and the way back, some thousands of them in a transaction.

Whoever is killed is followed by another, who goes on behind the last transaction. A flag has three
values at the most, so some thousands of people are three statements.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from campaigns.hints import wake_changer
from campaigns.models import PeopleChange, Source, SubscriptionChange

AT_ONCE = 5_000
GONE = object()
Row = tuple[int, bool | None, datetime | None]  # a person, what they had, when it was changed
What, Status = PeopleChange.What, PeopleChange.Status
# The column of a profile, and what it becomes.
FLAGS: Mapping[PeopleChange.What, tuple[str, bool]] = {
    What.OPT_OUT: ("subscribed", False),
    What.TEST: ("is_test", True),
    What.NO_TEST: ("is_test", False),
}
SUBSCRIBED = SubscriptionChange.Flag.SUBSCRIBED
_NEXT = """
SELECT profile_id, was, changed_at FROM campaigns_changedperson
WHERE change_id = %(change)s AND profile_id > %(after)s ORDER BY profile_id LIMIT %(most)s
"""
# People go by an array of their numbers, so that an index finds them whatever the statistics say.
# In the order of their numbers, as everybody locks them.
_HOLD = """
SELECT p.id, p.{flag} FROM campaigns_profile p WHERE p.id = ANY(%(ids)s::bigint[])
ORDER BY p.id FOR NO KEY UPDATE
"""
_LAST_SAID = f"""
SELECT profile_id, max(at) FROM campaigns_subscriptionchange
WHERE profile_id = ANY(%(ids)s::bigint[]) AND flag = '{SUBSCRIBED}' GROUP BY profile_id
"""
_SET = "UPDATE campaigns_profile SET {flag} = %(value)s WHERE id = ANY(%(ids)s::bigint[])"
_TELL = f"""
INSERT INTO campaigns_subscriptionchange (project_id, profile_id, flag, value, source, at, words)
SELECT %(project)s, id, '{SUBSCRIBED}', %(value)s, '{Source.CONSOLE}', %(now)s, %(words)s
FROM unnest(%(ids)s::bigint[]) AS told (id)
"""
_KEEP = """
UPDATE campaigns_changedperson SET was = %(was)s, changed_at = %(now)s
WHERE change_id = %(change)s AND profile_id = ANY(%(ids)s::bigint[])
"""


def carry_out(*, seconds: float = 20.0) -> int:
    """How many people became something else. Some of each change in turn; what is left after so
    many `seconds` comes again behind the tasks that wait."""
    ends, changed = monotonic() + seconds, 0
    numbers = list(PeopleChange.objects.under_way().order_by("pk").values_list("pk", flat=True))
    while numbers and monotonic() < ends:
        steps = {number: _go_on(number) for number in numbers}
        changed += sum(filter(None, steps.values()))
        numbers = [number for number, step in steps.items() if step is not None]
    if numbers:
        wake_changer()
    return changed


@transaction.atomic
def _go_on(number: int) -> int | None:
    """None where it is over, or somebody else is at it."""
    under_way = PeopleChange.objects.under_way().filter(pk=number)
    change = under_way.select_for_update(skip_locked=True, no_key=True).first()
    return walk(change) if change else None


def walk(change: PeopleChange) -> int:
    """The next ones of them, in the caller's transaction, which has the change for itself. How many
    became something else."""
    looked_at, last, changed = _walk(change)
    is_back = change.status == Status.UNDOING
    change.walked_to = last or change.walked_to
    change.changed += -changed if is_back else changed
    if looked_at < AT_ONCE:
        change.status = Status.UNDONE if is_back else Status.DONE
        change.finished_at = timezone.now()
    change.save(update_fields=["walked_to", "changed", "status", "finished_at"])
    return changed


def _walk(change: PeopleChange) -> tuple[int, int | None, int]:
    with connection.cursor() as cursor:
        known = {"change": change.pk, "after": change.walked_to, "most": AT_ONCE}
        cursor.execute(_NEXT, known)
        rows: list[Row] = cursor.fetchall()
        if not rows:
            return 0, None, 0
        is_back = change.status == Status.UNDOING
        changed = (_back if is_back else _there)(cursor, change, rows)
    return len(rows), rows[-1][0], changed


def _there(cursor: CursorWrapper, change: PeopleChange, rows: Sequence[Row]) -> int:
    _, becomes = FLAGS[What(change.what)]
    flags = _held(cursor, change, [number for number, *_ in rows])
    others = {number: flag for number, flag in flags.items() if flag is not becomes}
    _set(cursor, change, dict.fromkeys(others, becomes))
    for was, ids in _by_value(others).items():
        known = {"change": change.pk, "was": was, "ids": ids, "now": timezone.now()}
        cursor.execute(_KEEP, known)
    return len(others)


def _back(cursor: CursorWrapper, change: PeopleChange, rows: Sequence[Row]) -> int:
    """Whom somebody else has changed meanwhile keeps that."""
    _, becomes = FLAGS[What(change.what)]
    mine = {number: (was, at) for number, was, at in rows if at is not None}
    flags = _held(cursor, change, list(mine))
    said: dict[int, datetime] = {}
    if change.what == What.OPT_OUT:
        cursor.execute(_LAST_SAID, {"ids": list(mine)})
        said = dict(cursor.fetchall())
    before = {
        number: was
        for number, (was, at) in mine.items()
        if flags.get(number, GONE) is becomes and said.get(number, at) <= at
    }
    _set(cursor, change, before)
    return len(before)


def _held(cursor: CursorWrapper, change: PeopleChange, ids: list[int]) -> dict[int, bool | None]:
    """The flags of those who are still there; nobody else changes them until we are done."""
    column, _ = FLAGS[What(change.what)]
    cursor.execute(_HOLD.format(flag=column), {"ids": ids})
    return dict(cursor.fetchall())


def _set(cursor: CursorWrapper, change: PeopleChange, values: Mapping[int, bool | None]) -> None:
    """With the history of MSG-whatsapp."""
    column, _ = FLAGS[What(change.what)]
    for value, ids in _by_value(values).items():
        known: dict[str, Any] = {"value": value, "ids": ids, "project": change.project_id}
        cursor.execute(_SET.format(flag=column), known)
        if change.what == What.OPT_OUT:
            cursor.execute(_TELL, known | {"now": timezone.now(), "words": _evidence(change)})


def _evidence(change: PeopleChange) -> str:
    """Nothing where it is undone: that somebody agreed again is no news of theirs."""
    if change.status == Status.UNDOING:
        return ""
    with_whom = f", {change.people:,} people at once" if change.people > 1 else ""
    return f"In the list of people{with_whom}."


def _by_value(values: Mapping[int, bool | None]) -> Mapping[bool | None, list[int]]:
    found: dict[bool | None, list[int]] = {}
    for number, value in values.items():
        found.setdefault(value, []).append(number)
    return found
