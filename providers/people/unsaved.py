"""A form saves by itself, apart from what it is about: nobody else sees half a sentence, and
nothing is lost with a closed window. By the way it is known who else has it open.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from providers.models import User
from providers.models.unsaved import Unsaved

# Three looks of the page: whoever was not seen since has closed it.
PRESENT = timedelta(seconds=45)
LONGEST = 512 * 1024  # characters of a sent form
PRESENCE_KEPT = timedelta(days=1)


class Place(Protocol):
    """Where somebody writes."""

    @property
    def by(self) -> User: ...

    @property
    def rows(self) -> QuerySet[Any, Any]:
        """What everybody has written there; of what is new, they alone."""

    @property
    def key(self) -> Mapping[str, object]:
        """What a row of theirs says of the place."""


def keep(place: Place, form: str | None, *, at: datetime) -> bool:
    """Keeps the sent form, or only that its author is still there (None). False: it is too long."""
    values: dict[str, object] = {"seen_at": at}
    is_kept = form is not None and len(form) <= LONGEST
    if is_kept:
        values |= {"form": form, "kept_at": at}
    _own(place).update_or_create(
        defaults=values, create_defaults={**values, **place.key, "by": place.by}
    )
    return is_kept


def kept(place: Place) -> Unsaved | None:
    """What the person has written and not saved, if anything."""
    found: Unsaved | None = _own(place).filter(form__isnull=False).first()
    return found


def forget(place: Place) -> None:
    _own(place).delete()


def others_at(place: Place, *, at: datetime) -> list[User]:
    """Who else is there now."""
    rows = place.rows.filter(seen_at__gt=at - PRESENT).exclude(by=place.by)
    return [row.by for row in rows.select_related("by").order_by(F("seen_at").desc())]


def forget_old(rows: QuerySet[Any, Any]) -> None:
    """What nobody comes back to. Who only had a form open left nothing in it."""
    now, days = timezone.now(), settings.UNSAVED_EDIT_KEEP_DAYS
    rows.filter(form__isnull=True, seen_at__lt=now - PRESENCE_KEPT).delete()
    if days > 0:
        rows.filter(kept_at__lt=now - timedelta(days=days)).delete()


def _own(place: Place) -> QuerySet[Any, Any]:
    return place.rows.filter(by=place.by)
