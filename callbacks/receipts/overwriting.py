"""Erased people's numbers in raw callbacks that are kept: their digits are overwritten, at equal
length, so that the callback can still be read. One that brought what a single person wrote is
overwritten as a whole.

Only hashes of those numbers are known (campaigns/audience/erasing/phone_hashes.py), so each number
of a callback is hashed and looked up, along the key, once a day until a week after an erasure: late
reports still come. Each phone knows how far it was looked for, so whoever is killed is followed by
another who goes on there.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from time import monotonic

from django.db import connection, transaction
from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone

from callbacks.models import ReceiptState
from campaigns.audience.erasing.phone_hashes import phone_hash
from campaigns.models import ErasedPhone
from providers.models import Project
from providers.phones.national import in_full
from providers.phones.numbers import match_key

BATCH = 200  # a callback may be a megabyte
SECONDS = 10.0
PAUSE = 0.01
LATE = timedelta(days=7)
ONCE_A = timedelta(hours=20)

# What is escaped in front of a number is no digit of it.
NUMBERS = re.compile(rb"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|[0-9]{7,20}")
NOBODYS = b"9"  # of no country, and a number in JSON, too
ALL_OF_IT = b"*"

# Not past those that wait to be read: they are read as they came.
NEXT = f"""
SELECT id, received_at, kind, facts, body, query FROM callbacks_receipt
WHERE project_id = %(project)s AND id > %(behind)s AND id < COALESCE(
    (SELECT min(id) FROM callbacks_receipt WHERE state = {ReceiptState.WAITING:d}), %(top)s)
ORDER BY id LIMIT %(batch)s
"""
TOP = 2**63 - 1
WRITE = """
UPDATE callbacks_receipt r SET body = o.body, query = o.query
FROM unnest(%s::bigint[], %s::bytea[], %s::text[]) AS o (id, body, query) WHERE r.id = o.id
"""


@dataclass(frozen=True, slots=True)
class Raw:
    id: int
    received_at: datetime
    kind: str
    facts: int
    body: bytes
    query: str


@dataclass(frozen=True, slots=True)
class Erased:
    """The phones of a project's erased people: hash → until when callbacks are overwritten."""

    project: Project
    until: Mapping[bytes, datetime]

    def overwritten(self, raw: Raw) -> Raw:
        body, query = self._without(raw.body, raw), self._without(raw.query.encode(), raw)
        if body == raw.body and query == raw.query.encode():
            return raw
        if raw.kind == "inbound" and raw.facts <= 1:
            body, query = ALL_OF_IT * len(body), ALL_OF_IT * len(query)
        return Raw(raw.id, raw.received_at, raw.kind, raw.facts, body, query.decode())

    def _without(self, text: bytes, raw: Raw) -> bytes:
        def judged(found: re.Match[bytes]) -> bytes:
            is_theirs = found[0].isdigit() and self._is_erased(found[0], raw.received_at)
            return NOBODYS * len(found[0]) if is_theirs else found[0]

        return NUMBERS.sub(judged, text)

    def _is_erased(self, digits: bytes, at: datetime) -> bool:
        until = self.until.get(_hash(self.project.pk, self.project.default_country, digits))
        return until is not None and at <= until


@lru_cache(maxsize=10_000)
def _hash(project_id: int, country: str, digits: bytes) -> bytes:
    return phone_hash(project_id, match_key(in_full(digits.decode(), default_country=country)))


def overwrite_erased(*, seconds: float = SECONDS) -> int:
    """How many callbacks were changed; what is left over goes the next time."""
    end, changed = monotonic() + seconds, 0
    for project in Project.objects.filter(pk__in=_due().values("project")):
        while monotonic() < end and (batch := _walk_on(project)) is not None:
            changed += batch
            time.sleep(PAUSE)
    _forget()
    return changed


def _due() -> QuerySet[ErasedPhone]:
    rested = Q(walked_at__lt=timezone.now() - ONCE_A)
    goes_on = Q(walked_at__lt=F("erased_at") + LATE)
    return ErasedPhone.objects.filter(Q(walked_at=None) | rested & goes_on)


def _forget() -> None:
    """Of a phone without a STOP nothing has to be known any more."""
    over = ErasedPhone.objects.filter(walked_at__gte=F("erased_at") + LATE)
    over.filter(blocked=False, marketing_stopped=False).delete()


@transaction.atomic
def _walk_on(project: Project) -> int | None:
    """How many of the next callbacks were changed; None at the end."""
    due = _due().filter(project=project)
    behind = due.aggregate(first=Min("walked_to"))["first"]
    if behind is None:
        return None
    rows = _next(project, behind)
    if not rows:
        due.update(walked_at=timezone.now())
        return None
    erased = Erased(project, {bytes(p.digest): p.erased_at + LATE for p in due})
    changed = [new for raw in rows if (new := erased.overwritten(raw)) is not raw]
    with connection.cursor() as cursor:
        columns = zip(*[(raw.id, raw.body, raw.query) for raw in changed], strict=True)
        if changed:
            cursor.execute(WRITE, [list(column) for column in columns])
    due.filter(walked_to__lt=rows[-1].id).update(walked_to=rows[-1].id)
    return len(changed)


def _next(project: Project, behind: int) -> list[Raw]:
    with connection.cursor() as cursor:
        where = {"project": project.pk, "behind": behind, "top": TOP}
        cursor.execute(NEXT, {**where, "batch": BATCH})
        return [
            Raw(number, at, kind, facts, bytes(body), query)
            for number, at, kind, facts, body, query in cursor.fetchall()
        ]
