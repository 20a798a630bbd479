"""What nobody comes back to: read imports, edits that were never saved, who had an editor open.

The templates themselves, their versions and their history are kept.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from templates_app.models import TemplateImport, UnsavedEdit

PRESENCE_KEPT = timedelta(days=1)


def forget_old() -> None:
    now = timezone.now()
    # Who only had an editor open left nothing in it.
    UnsavedEdit.objects.filter(form__isnull=True, seen_at__lt=now - PRESENCE_KEPT).delete()
    if before := _before(now, days=settings.UNSAVED_EDIT_KEEP_DAYS):
        UnsavedEdit.objects.filter(kept_at__lt=before).delete()
    if before := _before(now, days=settings.TEMPLATE_IMPORT_KEEP_DAYS):
        TemplateImport.objects.filter(created_at__lt=before).delete()


def _before(now: datetime, *, days: int) -> datetime | None:
    return now - timedelta(days=days) if days > 0 else None
