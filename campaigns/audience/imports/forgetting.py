"""Files with people in them that nobody came back for. The imports' numbers are kept."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from campaigns.audience.imports.queueing import cancel
from campaigns.models import Import, ImportStatus

BATCH = 100


def forget_old_files() -> int:
    """How many files went: uploads that were never started, and refused rows."""
    if settings.IMPORT_FILE_KEEP_DAYS <= 0:
        return 0
    before = timezone.now() - timedelta(days=settings.IMPORT_FILE_KEEP_DAYS)
    idle = Import.objects.filter(status=ImportStatus.UPLOADED, created_at__lt=before)
    ended = Import.objects.filter(finished_at__lt=before).exclude(refused_file="")
    forgotten = sum(cancel(upload) for upload in idle[:BATCH])
    for upload in ended[:BATCH]:
        upload.refused_file.delete(save=False)
        forgotten += Import.objects.filter(pk=upload.pk).update(refused_file="")
    return forgotten
