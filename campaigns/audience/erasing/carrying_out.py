"""The worker's part of an erasure: some people in each transaction, so that nobody else waits long.

Whoever is killed is followed by another, who goes on with those who are left. What somebody wrote
of a person while that person was being erased (a launch, an import, a callback) is looked for once
more, a while later.
"""

import random
from collections import Counter, deque
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic, sleep

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from campaigns.audience.erasing.export_files import forget_exports
from campaigns.audience.erasing.preparing import prepare_some
from campaigns.audience.erasing.wiping import erase_at_once
from campaigns.models import ErasedProfile, Erasure, Outbox
from providers.watch.turns import drawn

LOCK = 7_266_041
AT_ONCE = 50
# Between those and the next where messages wait to be sent, which go before.
PAUSE = 1.0  # seconds
# Longer than a launch takes for one chunk, an import for one of its own, and a worker for a lease.
LOOK_AGAIN_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Step:
    behind: int  # the last one that was looked at
    erased: int
    is_last: bool


def carry_out(*, seconds: float = 60.0) -> int:
    """How many people were erased. Some of each project in turn; whoever is left after so many
    `seconds` comes the next time.

    One worker does it for all projects: the others have launches and imports to do.
    """
    ends, erased = monotonic() + seconds, Counter[int]()
    turns = deque((project_id, 0) for project_id in _projects())
    left = {project_id for project_id, _ in turns}
    while turns and monotonic() < ends:
        project_id, behind = turns.popleft()
        step = _step(project_id, behind)
        if step is None:
            break
        erased[project_id] += step.erased
        if not step.is_last:
            turns.append((project_id, step.behind))
            continue
        left.remove(project_id)
        _end(project_id, has_erased=erased[project_id] > 0)
    for project_id in left.intersection(+erased):
        forget_exports(project_id)
    return erased.total()


def _projects() -> list[int]:
    """Not always the same one first, as there may be no time for the last."""
    unfinished = Erasure.objects.filter(finished_at=None)
    projects = list(unfinished.values_list("project_id", flat=True).distinct())
    random.shuffle(projects)
    return projects


def _step(project_id: int, behind: int) -> _Step | None:
    """None where another worker is at it."""
    is_left = _prepare(project_id)
    step = None if is_left is None else _next(project_id, behind)
    return replace(step, is_last=step.is_last and not is_left) if step else None


@transaction.atomic
def _prepare(project_id: int) -> bool | None:
    """In a transaction of its own, as it may take seconds. Whether more is left."""
    return prepare_some(project_id) if _is_alone() else None


@transaction.atomic
def _next(project_id: int, behind: int) -> _Step | None:
    if not _is_alone():
        return None
    ready = Erasure.objects.filter(project=project_id, finished_at=None).exclude(prepared_at=None)
    waiting = ErasedProfile.objects.waiting().filter(erasure__in=ready, pk__gt=behind)
    if behind and waiting.exists() and Outbox.objects.exists():
        sleep(PAUSE)
    held = waiting.select_for_update(skip_locked=True, of=("self",))
    rows = list(held.order_by("pk")[:AT_ONCE])
    if not rows:
        return _Step(behind, erased=0, is_last=True)
    done = erase_at_once(project_id, [row.profile_id for row in rows])
    gone = ErasedProfile.objects.filter(erasure__in=ready, profile_id__in=done)
    erased = gone.filter(erased_at=None).update(erased_at=timezone.now())
    return _Step(rows[-1].pk, erased, is_last=len(rows) < AT_ONCE)


def _is_alone() -> bool:
    """Until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (is_free,) = cursor.fetchone()
    return bool(is_free)


def _end(project_id: int, *, has_erased: bool) -> None:
    waiting = ErasedProfile.objects.waiting().filter(erasure=OuterRef("pk"))
    unfinished = Erasure.objects.filter(project=project_id, finished_at=None)
    over = unfinished.filter(~Exists(waiting)).exclude(prepared_at=None)
    numbers = list(over.values_list("pk", flat=True))
    if numbers or has_erased:
        forget_exports(project_id)
    over.filter(pk__in=numbers).update(finished_at=timezone.now())


@transaction.atomic
def look_again() -> int:
    """For how many people that was."""
    after = LOOK_AGAIN_AFTER + timedelta(seconds=settings.SEND_LEASE)
    erased = ErasedProfile.objects.filter(
        looked_again_at=None, erased_at__lt=timezone.now() - after
    )
    held = drawn(erased).select_for_update(skip_locked=True)
    rows = list(held.order_by("pk")[:AT_ONCE])
    if rows:
        erase_at_once(rows[0].project_id, [row.profile_id for row in rows])
    ErasedProfile.objects.filter(pk__in=[row.pk for row in rows]).update(
        looked_again_at=timezone.now()
    )
    return len(rows)
