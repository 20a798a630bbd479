"""The worker's part of an erasure: some people in each transaction, so that nobody else waits long.

Whoever is killed is followed by another, who goes on with those who are left. What somebody wrote
of a person while that person was being erased (a launch, an import, a callback) is looked for once
more, a while later.
"""

from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from time import monotonic, sleep

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from campaigns.audience.erasing.export_files import forget_exports
from campaigns.audience.erasing.import_files import leave_out
from campaigns.audience.erasing.journal import write_down
from campaigns.audience.erasing.wiping import erase_at_once
from campaigns.models import ErasedProfile, Erasure, Outbox

AT_ONCE = 50
# Between those and the next where messages wait to be sent, which go before.
PAUSE = 1.0  # seconds
# Longer than a launch takes for one chunk, an import for one of its own, and a worker for a lease.
LOOK_AGAIN_AFTER = timedelta(minutes=15)


def carry_out(*, seconds: float = 60.0) -> int:
    """How many people were erased. Whoever is left after so many `seconds` comes the next time."""
    ends = monotonic() + seconds
    unfinished = Erasure.objects.filter(finished_at=None).order_by("pk")
    return sum(_carry_out(erasure, ends) for erasure in unfinished)


def _carry_out(erasure: Erasure, ends: float) -> int:
    if erasure.prepared_at is None:
        write_down(erasure)
        leave_out(erasure)
        Erasure.objects.filter(pk=erasure.pk).update(prepared_at=timezone.now())
    erased, behind, looked_at = 0, 0, AT_ONCE
    while looked_at == AT_ONCE and monotonic() < ends:
        behind, looked_at, done = _next(erasure, behind)
        erased += done
        if looked_at == AT_ONCE and Outbox.objects.exists():
            sleep(PAUSE)
    if erased:
        forget_exports(erasure.project_id)
    _finish(erasure)
    return erased


@transaction.atomic
def _next(erasure: Erasure, behind: int) -> tuple[int, int, int]:
    """The last one looked at, how many these were, and how many of them are erased."""
    waiting = ErasedProfile.objects.waiting().filter(erasure=erasure, pk__gt=behind)
    rows = list(waiting.select_for_update(skip_locked=True).order_by("pk")[:AT_ONCE])
    if not rows:
        return behind, 0, 0
    done = erase_at_once(erasure.project_id, [row.profile_id for row in rows])
    gone = ErasedProfile.objects.filter(erasure=erasure, profile_id__in=done)
    return rows[-1].pk, len(rows), gone.update(erased_at=timezone.now())


def _finish(erasure: Erasure) -> None:
    waiting = ErasedProfile.objects.waiting().filter(erasure=OuterRef("pk"))
    over = Erasure.objects.filter(~Exists(waiting), pk=erasure.pk, finished_at=None)
    over.update(finished_at=timezone.now())


@transaction.atomic
def look_again() -> int:
    """For how many people that was."""
    after = LOOK_AGAIN_AFTER + timedelta(seconds=settings.SEND_LEASE)
    erased = ErasedProfile.objects.filter(
        looked_again_at=None, erased_at__lt=timezone.now() - after
    )
    rows = list(erased.select_for_update(skip_locked=True).order_by("project", "pk")[:AT_ONCE])
    for project_id, theirs in groupby(rows, key=attrgetter("project_id")):
        erase_at_once(project_id, [row.profile_id for row in theirs])
    ErasedProfile.objects.filter(pk__in=[row.pk for row in rows]).update(
        looked_again_at=timezone.now()
    )
    return len(rows)
