"""A draft's form saves by itself, apart from the draft: nobody else sees half a sentence, and
nothing is lost with a closed window. By the way it is known who else has the draft open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from campaigns.models import Campaign, UnsavedDraft
from providers.models import Project, User

# Three looks of the page: whoever was not seen since has closed it.
PRESENT = timedelta(seconds=45)
LONGEST = 512 * 1024  # characters of a sent form


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody writes. Without a campaign it is a new one."""

    project: Project
    by: User
    campaign: Campaign | None = None

    @property
    def rows(self) -> QuerySet[UnsavedDraft]:
        return UnsavedDraft.objects.filter(project=self.project, by=self.by, campaign=self.campaign)


def keep(place: Place, form: str | None, *, at: datetime) -> bool:
    """Keeps the sent form, or only that its author is still there (None). False: it is too long."""
    values: dict[str, object] = {"seen_at": at}
    is_kept = form is not None and len(form) <= LONGEST
    if is_kept:
        values |= {"form": form, "kept_at": at}
    UnsavedDraft.objects.update_or_create(
        project=place.project, by=place.by, campaign=place.campaign, defaults=values
    )
    return is_kept


def kept(place: Place) -> UnsavedDraft | None:
    """What the person has written and not saved, if anything."""
    return place.rows.filter(form__isnull=False).first()


def forget(place: Place) -> None:
    place.rows.delete()


def others_at(place: Place, *, at: datetime) -> list[User]:
    """Who else has this draft open now."""
    if place.campaign is None:
        return []
    rows = UnsavedDraft.objects.filter(campaign=place.campaign, seen_at__gt=at - PRESENT)
    others = rows.exclude(by=place.by).select_related("by").order_by(F("seen_at").desc())
    return [row.by for row in others]
