"""What nobody comes back to: read imports, edits that were never saved, who had an editor open.

The templates themselves, their versions and their history are kept.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from providers.people import unsaved
from templates_app.models import TemplateImport, UnsavedEdit


def forget_old() -> None:
    unsaved.forget_old(UnsavedEdit.objects.all())
    days = settings.TEMPLATE_IMPORT_KEEP_DAYS
    if days > 0:
        before = timezone.now() - timedelta(days=days)
        TemplateImport.objects.filter(created_at__lt=before).delete()
