"""Times in lists: short, in the project's zone."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html


def short_time(at: datetime | None) -> str:
    """Like 22 Nov 2026, 17:57; the seconds show when somebody points at it."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return format_html(
        '<time class="kb-short-time" datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        date_format(local, "j F Y, H:i:s"),
        date_format(local, "j M Y, H:i"),
    )
