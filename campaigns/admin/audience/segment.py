"""Segments: the list with their sizes; the builder is in segment_pages.py."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from campaigns.admin.audience.segment_pages import SEGMENT_PAGES
from campaigns.audience.segments.saving import delete_segment
from campaigns.models import Segment, SegmentSize
from providers.admin.dialogs import DeleteRow
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Role
from providers.people.access import actor_of

WIDE, HIGH = 96, 24  # of the line that shows how a segment grew
MOST_DAYS, WEEK = 30, timedelta(days=7)


class DeleteSegment(DeleteRow):
    title = "Delete this segment?"
    text = "The rule goes. The people stay, and so do lists that were made of it."


@admin.register(Segment)
class SegmentAdmin(ProjectScopedAdmin):
    audited_by_acts = ("added", "changed", "deleted")
    pages = (*SEGMENT_PAGES, DeleteSegment)
    role_to_delete = Role.MARKETER
    change_list_template = "campaigns/segment_list.html"
    list_display = ["name", "people", "growth", "line"]
    search_fields = ["name"]
    search_help_text = "A segment's name"
    ordering = ["name"]
    actions = None

    class Media:
        css = {"all": ["campaigns/campaigns.css", "campaigns/import.css", "campaigns/segment.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        since = timezone.now().date() - timedelta(days=MOST_DAYS)
        sizes = SegmentSize.objects.filter(day__gt=since).order_by("day")
        return super().get_queryset(request).prefetch_related(Prefetch("sizes", sizes))

    def delete_model(self, request: HttpRequest, obj: Segment) -> None:
        delete_segment(obj, by=actor_of(request))

    @admin.display(description="People")
    def people(self, segment: Segment) -> str:
        sizes = _sizes(segment)
        return f"{sizes[-1].people:,}" if sizes else "Not counted yet"

    @admin.display(description="In a week")
    def growth(self, segment: Segment) -> str:
        sizes = _sizes(segment)
        then = [size.people for size in sizes[:-1] if sizes[-1].day - size.day <= WEEK]
        return f"{sizes[-1].people - then[0]:+,}" if then else "–"

    @admin.display(description="Last 30 days")
    def line(self, segment: Segment) -> str:
        sizes = [size.people for size in _sizes(segment)]
        if len(sizes) < 2:
            return "–"
        most, step = max(*sizes, 1), WIDE / (len(sizes) - 1)
        points = " ".join(
            f"{number * step:.0f},{HIGH - 2 - size * (HIGH - 4) / most:.0f}"
            for number, size in enumerate(sizes)
        )
        return format_html(
            '<svg class="ks-line" viewBox="0 0 {} {}" role="img" aria-label="{}">'
            '<polyline points="{}"/></svg>',
            WIDE,
            HIGH,
            f"From {sizes[0]:,} to {sizes[-1]:,} people",
            points,
        )


def _sizes(segment: Segment) -> list[SegmentSize]:
    return list(segment.sizes.all())
