"""How long files of exports are kept. Of those that go the row stays, which says what it was."""

from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from campaigns.models import Export, ExportStatus

LASTS = timedelta(days=2)
ROWS_KEPT = timedelta(days=90)
BATCH = 100
OVER = "The file was kept for 2 days. Export again to have it anew."


def forget_old_exports() -> int:
    """How many files went."""
    ended = Export.objects.exclude(status__in=(ExportStatus.QUEUED, ExportStatus.RUNNING))
    ended.filter(finished_at__lt=Now() - ROWS_KEPT, file="").delete()
    expired = Export.objects.filter(status=ExportStatus.DONE, expires_at__lt=Now())
    return forget_files(expired, why=OVER)


def forget_files(exports: QuerySet[Export], *, why: str) -> int:
    """The row first: whoever asks for a file that goes at this very moment hears why."""
    gone = list(exports.exclude(file="")[:BATCH])
    for export in gone:
        Export.objects.filter(pk=export.pk).update(
            status=ExportStatus.GONE, problem=why, file="", asked={}
        )
        export.file.delete(save=False)
    return len(gone)
