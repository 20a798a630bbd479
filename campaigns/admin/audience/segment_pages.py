"""The builder of a segment: conditions by clicking, and beside them whom the rule finds."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.admin.audience.people_filter import filter_of
from campaigns.admin.audience.segment_building import Builder
from campaigns.admin.audience.segment_draft import Draft
from campaigns.admin.audience.segment_parts import SEGMENT_PARTS
from campaigns.admin.audience.segment_starts import starts_of
from campaigns.admin.lists.export_dialog import ExportDialog
from campaigns.admin.lists.filling_dialog import FillingDialog
from campaigns.audience.segments.naming import users_of
from campaigns.audience.segments.reading import RuleRefused
from campaigns.audience.segments.saving import (
    SegmentError,
    SegmentNameError,
    clone_segment,
    people_of,
    save_segment,
)
from campaigns.audience.source import AudienceSource
from campaigns.models import Segment
from campaigns.results.exports.whom import Wish, of_segment
from providers.admin.dialogs import RowAct
from providers.admin.row_numbers import row_number
from providers.models import Project, Role
from providers.people.access import access_of, actor_of

MOST_NAMED = 10  # of its users
FAULTY = "The segment is not saved: see what is wrong at its conditions."
UNFILLED = "Choose what it is about, or remove it."


class _WholePage(Builder):
    def whole(self, request: HttpRequest, draft: Draft, **problems: str) -> HttpResponse:
        """A `problem` stands above it, a `name_problem` at the name, `unfilled` at each condition
        of which nothing was chosen: while somebody builds, that is no fault."""
        saved = Segment.objects.filter(project=self.project(request), pk=draft.own or 0).first()
        return self.show(
            request,
            "campaigns/segment.html",
            title=draft.name or "Segment" if saved else "New segment",
            original=saved,
            project=self.project(request),
            starts=[(key, words) for key, (words, _) in starts_of(draft.known).items()],
            used_by=users_of(saved)[:MOST_NAMED] if saved else [],
            asked=row_number(request.GET.get("person", "")),
            **problems,
            **self.rows(request, draft),
        )

    def saved(self, request: HttpRequest, segment: Segment) -> HttpResponse:
        draft = self.posted(request, segment.project)
        segment.name, segment.rule = draft.name, draft.document
        try:
            save_segment(segment, by=actor_of(request))
        except SegmentNameError as refusal:
            return self.whole(request, draft, name_problem=str(refusal))
        except RuleRefused:
            return self.whole(request, draft, problem=FAULTY, unfilled=UNFILLED)
        except SegmentError as refusal:
            return self.whole(request, draft, problem=str(refusal))
        messages.success(request, f"The segment “{segment}” is saved.")
        return HttpResponseRedirect(self.admin.page_of(segment))


class NewSegment(_WholePage):
    address, name = "add/", "add"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        known = self.known(project, None)
        filtered = filter_of(request, project).document
        name, document = starts_of(known).get(request.GET.get("start", ""), ("", filtered))
        return self.whole(request, Draft(name, document, known, None, []))

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        return self.saved(request, Segment(project=project))


class SegmentPage(_WholePage):
    """A viewer sees it, and can't save."""

    address, name = "<path:object_id>/change/", "change"
    role = Role.VIEWER
    related = ("project",)

    def get(self, request: HttpRequest, segment: Segment) -> HttpResponse:
        known = self.known(segment.project, segment.pk)
        draft = Draft(segment.name, segment.rule, known, segment.pk, [])
        return self.whole(request, draft)

    def post(self, request: HttpRequest, segment: Segment) -> HttpResponse:
        if not access_of(request).can_change:
            raise PermissionDenied
        return self.saved(request, segment)


class CloneSegment(RowAct):
    address, name = "<int:pk>/clone/", "clone"
    role = Role.MARKETER
    related = ("project",)

    def act(self, request: HttpRequest, segment: Segment) -> str:
        return f"“{clone_segment(segment, by=actor_of(request))}” is there."

    def back(self, request: HttpRequest, segment: Segment) -> str:
        return self.admin.list_page


class ListOfSegment(FillingDialog):
    address, name = "<int:pk>/list/", "list"
    related = ("project",)

    def people(self, request: HttpRequest, segment: Segment) -> AudienceSource:
        return people_of(segment)


class ExportSegment(ExportDialog):
    """As it is saved, with whom it finds when the file is written."""

    address, name = "<int:pk>/export/", "export"
    related = ("project",)

    def wish(self, request: HttpRequest, segment: Segment) -> Wish:
        return of_segment(segment)


SEGMENT_PAGES = (
    *(NewSegment, *SEGMENT_PARTS, CloneSegment),
    *(ListOfSegment, ExportSegment, SegmentPage),
)
