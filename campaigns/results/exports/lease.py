"""Which worker writes an export, how it shows that it lives, how it learns that it should stop.

One worker writes, so that launches and imports always find a free one: those of several projects it
writes in turns (writing.py), of each project one at a time.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from campaigns.models import Export, ExportStatus

SILENT_FOR = timedelta(seconds=60)  # then another worker may take over
MOST_TRIES = 3
LOCK = 7_403_119
GIVEN_UP = (
    "The export was interrupted several times and has been given up. Please export again; if it "
    "happens again, tell whoever runs this installation."
)


class TakenOverError(Exception):
    """Another worker has this export now, or it is gone: change nothing any more."""


class CancelledError(Exception):
    """Somebody pressed Cancel."""


@transaction.atomic
def take_next() -> Export | None:
    """One that waits, for this worker alone; None while another worker writes."""
    _hold()
    return None if _alive().exists() else _taken(_next())


@transaction.atomic
def take_beside() -> Export | None:
    """One more, for the worker that writes, of a project that has none under way. What was
    interrupted before waits until nothing else is written, and others wait behind it."""
    _hold()
    export = _next()
    return None if export is None or export.tries else _taken(export)


def _hold() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    _give_up()


def _alive() -> QuerySet[Export]:
    return Export.objects.filter(status=ExportStatus.RUNNING, beat_at__gte=Now() - SILENT_FOR)


def _taken(export: Export | None) -> Export | None:
    if export is None:
        return None
    Export.objects.filter(pk=export.pk).update(
        status=ExportStatus.RUNNING,
        tries=F("tries") + 1,
        started_at=Now(),
        beat_at=Now(),
        rows_done=0,
    )
    export.refresh_from_db(fields=["status", "tries", "started_at"])
    return export


def _next() -> Export | None:
    """Of the project that has waited longest: who asks for many is behind who asks for one."""
    of_theirs = Export.objects.filter(project=OuterRef("project")).exclude(started_at=None)
    last = Subquery(of_theirs.order_by("-started_at").values("started_at")[:1])
    waiting = Export.objects.unfinished().exclude(project__in=_alive().values("project"))
    by_turns = waiting.order_by(last.asc(nulls_first=True), "pk")
    return by_turns.select_related("project").first()


def _give_up() -> None:
    """What never gets through holds nobody up; what was cancelled and left behind has ended."""
    silent = Q(status=ExportStatus.RUNNING, beat_at__lt=Now() - SILENT_FOR)
    over = Export.objects.filter(silent)
    over.filter(cancel_asked=True).update(status=ExportStatus.CANCELLED, finished_at=Now())
    over.filter(tries__gte=MOST_TRIES).update(
        status=ExportStatus.FAILED, problem=GIVEN_UP, finished_at=Now()
    )


def keep(export: Export, **changes: int | None) -> None:
    """Write progress and a sign of life. Raises TakenOverError or CancelledError."""
    mine = of_this_worker(export)
    if mine.filter(cancel_asked=False).update(beat_at=Now(), **changes):
        return
    raise CancelledError if mine.exists() else TakenOverError


def of_this_worker(export: Export) -> QuerySet[Export]:
    return Export.objects.filter(pk=export.pk, tries=export.tries, status=ExportStatus.RUNNING)
