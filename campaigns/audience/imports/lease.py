"""Which worker has an import, how it shows that it lives, how it learns that it should stop.

A project has one at a time: else somebody who starts ten keeps all workers, and other projects'
launches and live campaigns wait until they are done.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from campaigns.models import Import, ImportStatus

SILENT_FOR = timedelta(seconds=60)  # then another worker may take over
MOST_TRIES = 3
LOCK = 7_266_031  # of taking one, beside the project's number
NO_ROOM = "The server's disk is full. The import goes on by itself once there is room."


class TakenOverError(Exception):
    """Another worker has this import now, or it is gone: change nothing any more."""


class CancelledError(Exception):
    """Somebody pressed Cancel."""


def waiting_or_abandoned() -> Q:
    silent = Q(status=ImportStatus.RUNNING, beat_at__lt=Now() - SILENT_FOR)
    return Q(status=ImportStatus.QUEUED) | silent


@transaction.atomic
def take(import_id: int) -> Import | None:
    """The import for this worker alone, or None: somebody else has it, it is over, or another one
    of its project is under way, at whose end it is hinted at."""
    if not _has_turn(import_id):
        return None
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


def _has_turn(import_id: int) -> bool:
    """Under a lock: two that look at once would not see each other."""
    projects = Import.objects.filter(pk=import_id).values_list("project_id", flat=True)
    for project_id in projects:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, project_id])
        lives = Q(status=ImportStatus.RUNNING, beat_at__gte=Now() - SILENT_FOR)
        return not Import.objects.filter(lives, project=project_id).exclude(pk=import_id).exists()
    return False


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
