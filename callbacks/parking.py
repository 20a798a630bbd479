"""Reports and clicks that match no message yet: kept, and tried again.

A report may come before the send's answer is recorded. So it is tried again when that is there,
and after each of the delays; after the last one it stays with its receipt only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from callbacks.applying import Arrived, Verdict, apply
from callbacks.models import ParkedFact, Receipt
from callbacks.parsers import Click, DeliveryReport, fact_as_json
from callbacks.repeating import work_through

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=24),
)
BATCH = 500
# A send's answer is recorded within minutes or never: what is due later only waits.
AWAITS_RECORDING = timedelta(minutes=10)

# The next delay is written before the try, so that a fact that ends its worker does so seldom.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT p.id FROM callbacks_parkedfact p
    WHERE p.due_at <= statement_timestamp() + %(soon)s::interval
        AND (p.due_at <= statement_timestamp() OR (p.external_id <> '' AND EXISTS (
            SELECT 1 FROM campaigns_gatewayid g
            WHERE g.project_id = p.project_id AND g.external_id = p.external_id)))
    ORDER BY p.id LIMIT %(limit)s FOR UPDATE OF p SKIP LOCKED
)
UPDATE callbacks_parkedfact p SET tries = p.tries + 1, due_at = statement_timestamp()
    + COALESCE((%(delays)s::interval[])[p.tries + 2], interval '1 hour')
FROM due WHERE p.id = due.id RETURNING p.id
"""


def park(facts: Sequence[Arrived]) -> None:
    ParkedFact.objects.bulk_create(
        ParkedFact(
            project_id=arrived.project_id,
            receipt_id=arrived.receipt_id,
            fact=fact_as_json(arrived.fact),
            external_id=getattr(arrived.fact, "external_id", None) or "",
            due_at=timezone.now() + DELAYS[0],
        )
        for arrived in facts
    )


def apply_due() -> int:
    """Tries what is due. How many found their message."""
    applied: list[int] = []
    while ids := _claim():
        work_through(ids, lambda some: applied.extend(_apply(some)), give_up=_keep)
        if len(ids) < BATCH:
            break
    return len(applied)


def _claim() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM, {"soon": str(AWAITS_RECORDING), "limit": BATCH, "delays": list(DELAYS)}
        )
        return sorted(row[0] for row in cursor.fetchall())


def _apply(ids: Sequence[int]) -> list[int]:
    rows = ParkedFact.objects.select_related("receipt").filter(pk__in=ids).order_by("pk")
    parked = list(rows.select_for_update(of=("self",)))
    verdicts = apply([_arrived(row) for row in parked])
    applied = [
        row for row, verdict in zip(parked, verdicts, strict=True) if verdict is Verdict.APPLIED
    ]
    for row in applied:
        Receipt.objects.filter(pk=row.receipt_id).update(
            applied=F("applied") + 1, parked=F("parked") - 1
        )
    given_up = [row.pk for row in parked if row.tries >= len(DELAYS)]
    ParkedFact.objects.filter(pk__in=[*given_up, *(row.pk for row in applied)]).delete()
    return [row.pk for row in applied]


def _keep(_id: int, _error: Exception) -> None:
    """Its next try has been set already."""


def _arrived(row: ParkedFact) -> Arrived:
    return Arrived(
        fact=_fact(row.fact),
        project_id=row.project_id,
        receipt_id=row.receipt_id,
        received_at=row.receipt.received_at,
    )


def _fact(stored: Mapping[str, Any]) -> DeliveryReport | Click:
    values = {name: value for name, value in stored.items() if name not in {"kind", "at"}}
    at = datetime.fromisoformat(stored["at"])
    if stored["kind"] == Click.kind:
        return Click(at=at, **values)
    return DeliveryReport(at=at, **values)
