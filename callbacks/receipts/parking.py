"""Reports and clicks that match no message yet are kept, to be tried again (unparking.py).

A report may come before the send's answer is recorded. Kept is what it takes to match and apply
one, never its receipt's body: that may hold thousands of them. And only so many, of a receipt and
of a project, or somebody's broken system could fill the table; the rest stays with its receipt.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import connection

from callbacks.parsers import Arrived, Fact
from callbacks.receipts.applying import Verdict, trace_of
from campaigns.feedback.matching import named_by
from campaigns.ledger.array_texts import numbers, texts

FIRST_DELAY = timedelta(seconds=5)

ROOM = """
SELECT wanted.id, %(most)s - (SELECT count(*) FROM (
    SELECT FROM callbacks_parkedfact p WHERE p.project_id = wanted.id LIMIT %(most)s) AS parked)
FROM unnest(%(projects)s::bigint[]) AS wanted (id)
"""
PARK = """
INSERT INTO callbacks_parkedfact
    (project_id, receipt_id, names, external_id, fact, tries, due_at)
SELECT project_id, receipt_id, NULLIF(names, %(several)s), external_id, fact, 0,
    statement_timestamp() + %(delay)s * interval '1 second'
FROM ROWS FROM (
    unnest(%(projects)s::bigint[], %(receipts)s::bigint[], %(names)s::bigint[],
        %(external_ids)s::text[]),
    jsonb_array_elements(%(facts)s::jsonb)
) AS f (project_id, receipt_id, names, external_id, fact)
"""
SEVERAL = -1  # messages that the references of one report name


def park(facts: Sequence[Arrived[Fact]], verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Keeps what waits for its message, as many as may. Answers with the verdicts, of which some
    have become LEFT_OUT.
    """
    waiting = [one for one, fate in zip(facts, verdicts, strict=True) if fate is Verdict.PARKED]
    if not waiting:
        return list(verdicts)
    fits = _within_limits(waiting)
    _insert([one for one, does_fit in zip(waiting, fits, strict=True) if does_fit])
    left = iter(fits)
    return [
        Verdict.LEFT_OUT if fate is Verdict.PARKED and not next(left) else fate for fate in verdicts
    ]


def _within_limits(facts: Sequence[Arrived[Fact]]) -> list[bool]:
    room = _room({one.project_id for one in facts})
    kept: Counter[int] = Counter()  # of each receipt
    fits = []
    for one in facts:
        does_fit = room[one.project_id] > 0 and kept[one.receipt_id] < settings.PARKED_PER_RECEIPT
        room[one.project_id] -= does_fit
        kept[one.receipt_id] += does_fit
        fits.append(does_fit)
    return fits


def _room(project_ids: set[int]) -> dict[int, int]:
    """How many more of each project may wait."""
    values = {"projects": list(project_ids), "most": settings.PARKED_PER_PROJECT}
    with connection.cursor() as cursor:
        cursor.execute(ROOM, values)
        return dict(cursor.fetchall())


def _insert(facts: Sequence[Arrived[Fact]]) -> None:
    columns: dict[str, str | int | float] = {
        "projects": numbers(one.project_id for one in facts),
        "receipts": numbers(one.receipt_id for one in facts),
        "names": numbers(_names(one) for one in facts),
        "external_ids": texts(getattr(one.fact, "external_id", None) or "" for one in facts),
        "facts": json.dumps([_slim(one.fact) for one in facts]),
        "several": SEVERAL,
        "delay": FIRST_DELAY.total_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(PARK, columns)


def _names(arrived: Arrived[Fact]) -> int:
    trace = trace_of(arrived.fact, project_id=arrived.project_id)
    name = named_by(trace) if trace else 0
    return SEVERAL if name is None else name


def _slim(fact: Fact) -> dict[str, object]:
    """Without the phone and whether the time was told, which nobody needs here."""
    values = {name: getattr(fact, name) for name in fact.__slots__ if name != "at_is_arrival"}
    return {**values, "kind": fact.kind, "phone": None, "at": values["at"].isoformat()}
