"""Everything that a person did, on pages of 50, the newest first."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime

from campaigns.audience.segments.conditions.values import value_words
from campaigns.audience.timeline import HIGHEST_ORIGIN, Entry, Place, newest_of
from campaigns.models import Profile
from campaigns.models.event import IN_WORDS
from providers.admin.pages import Page
from providers.admin.short_time import short_time

MOST_SHOWN = 12
BIGINT = 2**63


class TimelinePage(Page):
    address, name = "<int:pk>/timeline/", "timeline"
    template = "campaigns/timeline.html"

    def get(self, request: HttpRequest, profile: Profile) -> HttpResponse:
        page = newest_of(profile, behind=_place(request.GET.dict()))
        older = page.older
        return self.show(
            request,
            title=f"What {profile} did",
            original=profile,
            profile=profile,
            entries=[shown(entry) for entry in page.entries],
            is_top="at" not in request.GET,
            older=urlencode({"at": older.at.isoformat(), "o": older.origin, "n": older.number})
            if older
            else "",
        )


def shown(entry: Entry) -> dict[str, Any]:
    named = sorted((IN_WORDS.get(k, k), value_words(v)) for k, v in entry.properties.items())
    more = len(named) - MOST_SHOWN
    return {
        "name": entry.name,
        "when": short_time(entry.place.at),
        "details": [f"{name}: {value}" for name, value in named[:MOST_SHOWN]],
        "more": max(more, 0),
    }


def _place(given: dict[str, str]) -> Place | None:
    """None for the top, and for whatever is no place."""
    try:
        at: datetime | None = parse_datetime(given.get("at", ""))
        origin, number = int(given.get("o", "")), int(given.get("n", ""))
    except ValueError:
        return None
    is_place = 0 <= origin <= HIGHEST_ORIGIN and -BIGINT <= number < BIGINT
    return Place(at, origin, number) if at is not None and at.tzinfo and is_place else None
