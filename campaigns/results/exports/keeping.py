"""How long files of exports are kept. Of those that go the row stays, which says what it was."""

from datetime import timedelta

from django.db.models import F, QuerySet, Sum, Window
from django.db.models.functions import Now

from campaigns.models import Export, ExportStatus

LASTS = timedelta(days=2)
ROWS_KEPT = timedelta(days=90)
BATCH = 100
ROOM = 10 * 1024**3  # bytes of a project's files, beside the one that fills it
OVER = "The file was kept for 2 days. Export again to have it anew."
CROWDED_OUT = (
    "Newer files of this project needed the room that this one had. Export again to have it anew."
)


def forget_old_exports() -> int:
    """How many files went."""
    ended = Export.objects.exclude(status__in=(ExportStatus.QUEUED, ExportStatus.RUNNING))
    ended.filter(finished_at__lt=Now() - ROWS_KEPT, file="").delete()
    expired = Export.objects.filter(status=ExportStatus.DONE, expires_at__lt=Now())
    return forget_files(expired, why=OVER)


def make_room(project_id: int) -> int:
    """The newest files of a project stay, as many as there is room for. How many others went."""
    newer = Window(Sum("bytes"), order_by=[F("finished_at").desc(), F("pk").desc()]) - F("bytes")
    kept = Export.objects.filter(project=project_id, status=ExportStatus.DONE).exclude(file="")
    return forget_files(kept.annotate(newer=newer).filter(newer__gte=ROOM), why=CROWDED_OUT)


def forget_files(exports: QuerySet[Export], *, why: str) -> int:
    """The row first: whoever asks for a file that goes at this very moment hears why."""
    gone = list(exports.exclude(file="")[:BATCH])
    for export in gone:
        Export.objects.filter(pk=export.pk).update(
            status=ExportStatus.GONE, problem=why, file="", asked={}
        )
        export.file.delete(save=False)
    return len(gone)
