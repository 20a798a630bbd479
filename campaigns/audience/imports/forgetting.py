"""Imports that somebody deletes; files with people in them that nobody came back for, of which the
numbers are kept."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from campaigns.audience.imports.queueing import cancel
from campaigns.models import Import, ImportStatus
from providers.watch import auditing
from providers.watch.actors import SYSTEM, Actor

BATCH = 100


@transaction.atomic
def delete_import(upload: Import, *, by: Actor) -> None:
    """With its files; the people stay. Nothing where somebody was quicker."""
    if not Import.objects.select_for_update().filter(pk=upload.pk).exists():
        return
    auditing.record("import.deleted", by=by, project=upload.project, target=upload)
    for file in (upload.file, upload.refused_file):
        if file:
            file.delete(save=False)
    upload.delete()


def forget_old_files() -> int:
    """How many files went: uploads that were never started, and refused rows."""
    if settings.IMPORT_FILE_KEEP_DAYS <= 0:
        return 0
    before = timezone.now() - timedelta(days=settings.IMPORT_FILE_KEEP_DAYS)
    idle = Import.objects.filter(status=ImportStatus.UPLOADED, created_at__lt=before)
    ended = Import.objects.filter(finished_at__lt=before).exclude(refused_file="")
    forgotten = sum(cancel(upload, by=SYSTEM) for upload in idle[:BATCH])
    for upload in ended[:BATCH]:
        upload.refused_file.delete(save=False)
        forgotten += Import.objects.filter(pk=upload.pk).update(refused_file="")
    return forgotten
