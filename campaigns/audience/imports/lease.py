"""Which worker has an import, how it shows that it lives, how it learns that it should stop."""

from datetime import timedelta

from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from campaigns.models import Import, ImportStatus

SILENT_FOR = timedelta(seconds=60)  # then another worker may take over
MOST_TRIES = 3
NO_ROOM = "The server's disk is full. The import goes on by itself once there is room."


class TakenOverError(Exception):
    """Another worker has this import now, or it is gone: change nothing any more."""


class CancelledError(Exception):
    """Somebody pressed Cancel."""


def waiting_or_abandoned() -> Q:
    silent = Q(status=ImportStatus.RUNNING, beat_at__lt=Now() - SILENT_FOR)
    return Q(status=ImportStatus.QUEUED) | silent


def take(import_id: int) -> Import | None:
    """The import for this worker alone, or None: somebody else has it or it is over."""
    mine = Import.objects.filter(waiting_or_abandoned(), pk=import_id, tries__lt=MOST_TRIES)
    if not mine.update(
        status=ImportStatus.RUNNING,
        tries=F("tries") + 1,
        started_at=Now(),
        beat_at=Now(),
        problem="",
        bytes_done=0,
        rows_read=0,
        refused=0,
        incomplete=0,
    ):
        return None
    return Import.objects.select_related("project", "into_list").get(pk=import_id)


def keep(upload: Import, **changes: int | Combinable) -> None:
    """Write progress and a sign of life. Raises TakenOverError or CancelledError."""
    mine = Import.objects.filter(pk=upload.pk, tries=upload.tries, status=ImportStatus.RUNNING)
    if mine.filter(cancel_asked=False).update(beat_at=Now(), **changes):
        return
    raise CancelledError if mine.exists() else TakenOverError


def wait_for_room(upload: Import) -> None:
    """Back to those that wait, as if this try had not been: a full disk is nobody's fault."""
    mine = Import.objects.filter(pk=upload.pk, tries=upload.tries, status=ImportStatus.RUNNING)
    mine.update(status=ImportStatus.QUEUED, tries=F("tries") - 1, beat_at=Now(), problem=NO_ROOM)
