"""What somebody wrote in a draft's form and never saved, once nobody comes back to it."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from campaigns.models import UnsavedDraft

PRESENCE_KEPT = timedelta(days=1)


def forget_old_drafts() -> None:
    """Who only had a form open left nothing in it."""
    now, days = timezone.now(), settings.UNSAVED_EDIT_KEEP_DAYS
    UnsavedDraft.objects.filter(form__isnull=True, seen_at__lt=now - PRESENCE_KEPT).delete()
    if days > 0:
        UnsavedDraft.objects.filter(kept_at__lt=now - timedelta(days=days)).delete()
