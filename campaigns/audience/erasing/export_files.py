"""Exports may hold whoever is erased: their files go, all of the project, and what was asked for,
which may name them. Whoever needs one exports again."""

from django.db.models import QuerySet
from django.db.models.functions import Now

from campaigns.models import Export, ExportStatus

HELD_SOMEBODY = "Somebody was erased since. Export again to have the file without them."


def forget_exports(project_id: int) -> None:
    """Also those that are being written, which may have read somebody before. Twice is harmless."""
    exports = Export.objects.filter(project=project_id)
    for export in exports.exclude(file=""):
        _forget(exports.filter(pk=export.pk))
        export.file.delete(save=False)
    _forget(exports.unfinished())
    exports.exclude(asked={}).update(asked={})


def _forget(exports: QuerySet[Export]) -> None:
    exports.update(
        status=ExportStatus.GONE, problem=HELD_SOMEBODY, file="", asked={}, finished_at=Now()
    )
