"""Stored delivery reports, 20 a callback, applied by a worker: messages, events and numbers.

`vs_naive` compares CPU seconds with get() and save() for each report; `vs_limit` with one bare
UPDATE … FROM unnest() for 1,000 ready-made rows, without receipts, parsing, events and numbers.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs

from django.db import connection
from django.utils import timezone

from callbacks.models import Receipt, ReceiptState
from callbacks.tasks import drain
from campaigns.models import Event, EventName, State
from providers.models import Project
from tests.benchmarks.measuring import Spent, measured, say, wait_until
from tests.benchmarks.naive import receiver as naive
from tests.benchmarks.programs import worker
from tests.benchmarks.reports import posts_of, sent_messages

PER_POST = 20
NAIVE_MESSAGES = 300
WORKERS = 2
REPORTED = [EventName.DELIVERED, EventName.VIEWED]

STORE = """
INSERT INTO callbacks_receipt (project_id, endpoint, method, content_type, query, body, state,
    tries, kind, facts, applied, parked, foreign_count, rejected, problem)
SELECT %s, 'status', 'POST', '', '', body, 0, 0, '', 0, 0, 0, 0, '[]', ''
FROM unnest(%s::bytea[]) AS body
"""
BARE = f"""
UPDATE campaigns_message m SET state = {State.READ:d}, delivered_at = now(), read_at = now()
FROM unnest(%s::bigint[]) AS r (id) WHERE m.id = r.id
"""


def run(size: int) -> None:
    project_id, ids = sent_messages(-(-size // 3))
    bodies = posts_of(ids, per_post=PER_POST)
    reports = 3 * len(ids)
    store(project_id, bodies)
    ours = drained()
    written = Event.objects.filter(project_id=project_id, name__in=REPORTED).count()
    if written != 2 * len(ids):
        raise RuntimeError(f"{written} of {2 * len(ids)} events are written")
    limit, own = _bare(ids), ours.cpu_per_1000(reports)
    theirs = _naive()
    print(
        f"ours:  {reports / ours.seconds:,.0f} reports/s; CPU s per 1,000: "
        f"{', '.join(f'{name} {ours.cpu_per_1000(reports, name):.3f}' for name in ours.cpu)}"
    )
    print(f"naive: CPU s per 1,000: {theirs:.3f}; the bare UPDATE: {limit:.3f}")
    say(
        "apply",
        size=reports,
        reports_per_s=reports / ours.seconds,
        cpu_s_per_1000=own,
        vs_naive=theirs / own,
        vs_limit=limit / own,
    )


def store(project_id: int, bodies: Sequence[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STORE, [project_id, list(bodies)])
        cursor.execute("VACUUM ANALYZE callbacks_receipt")


def drained() -> Spent:
    """Of applying everything that waits, by processes that run already."""
    waiting = Receipt.objects.filter(state=ReceiptState.WAITING)
    with worker(
        "config", queue="callbacks", pool="prefork", gateway="", concurrency=WORKERS
    ) as pid:
        with _held_back():
            _warm_up()
        with measured(worker=pid) as spent:
            for _ in range(WORKERS):
                drain.delay()
            wait_until(lambda: not waiting.exists())
    return spent


@contextmanager
def _held_back() -> Iterator[None]:
    """What waits is not due within the block."""
    Receipt.objects.update(due_at=timezone.now() + timedelta(days=1))
    yield
    Receipt.objects.update(due_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE callbacks_receipt")


def _warm_up() -> None:
    project = Project.objects.create(name="Warm-up")
    warming = Receipt.objects.filter(project=project, state=ReceiptState.WAITING)
    for _ in range(2 * WORKERS):
        store(project.pk, [b'[{"externalId": "1-2", "eventType": "READ"}]'] * 50)
        for _ in range(WORKERS):
            drain.delay()
        wait_until(lambda: not warming.exists())


def _naive() -> float:
    """CPU seconds per 1,000 of this process and PostgreSQL."""
    _project_id, ids = sent_messages(NAIVE_MESSAGES)
    bodies = posts_of(ids, per_post=PER_POST)
    with measured(program=os.getpid()) as spent:
        for body in bodies:
            rows = json.loads(parse_qs(body.decode())["response"][0])
            reports = naive.ReportSerializer(data=rows, many=True)
            reports.is_valid(raise_exception=True)
            for report in reports.validated_data:
                naive.apply(report)
    return spent.cpu_per_1000(3 * len(ids))


def _bare(ids: Sequence[int]) -> float:
    """CPU seconds per 1,000 reports of the statement alone, three times for each message."""
    with measured(program=os.getpid()) as spent, connection.cursor() as cursor:
        for _ in range(3):
            for start in range(0, len(ids), 1000):
                cursor.execute(BARE, [list(ids[start : start + 1000])])
    return spent.cpu_per_1000(3 * len(ids))
