"""The editor saves by itself, apart from the template: nobody else sees half a sentence, and
nothing is lost with a closed window. By the way it is known who else has the template open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from providers.models import Project, User
from templates_app.models import Kind, Template, UnsavedEdit

# Three looks of the page: whoever was not seen since has closed it.
PRESENT = timedelta(seconds=45)
LONGEST = 512 * 1024  # characters of a sent form


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody is editing. Without a template it is a new one of this type."""

    project: Project
    kind: Kind
    by: User
    template: Template | None = None


def keep(place: Place, form: str | None, *, at: datetime) -> None:
    """Keeps the sent form, or only that its author is still there (None)."""
    values: dict[str, object] = {"seen_at": at}
    if form is not None and len(form) <= LONGEST:
        values |= {"form": form, "kept_at": at}
    UnsavedEdit.objects.update_or_create(
        **_key(place), defaults=values, create_defaults={**values, "kind": place.kind}
    )


def kept(place: Place) -> UnsavedEdit | None:
    """What the person has written and not saved, if anything."""
    return UnsavedEdit.objects.filter(**_key(place), form__isnull=False).first()


def forget(place: Place) -> None:
    UnsavedEdit.objects.filter(**_key(place)).delete()


def others_at(place: Place, *, at: datetime) -> list[User]:
    """Who else has this template open now."""
    if place.template is None:
        return []
    rows = UnsavedEdit.objects.filter(template=place.template, seen_at__gt=at - PRESENT)
    others = rows.exclude(by=place.by).select_related("by").order_by(F("seen_at").desc())
    return [row.by for row in others]


def _key(place: Place) -> dict[str, object]:
    key: dict[str, object] = {"project": place.project, "by": place.by, "template": place.template}
    # A saved template's type never changes, so it is no part of the key.
    return key if place.template else {**key, "template": None, "kind": place.kind}
