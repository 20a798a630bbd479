"""What the builder's page and its parts have in common."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from campaigns.admin.audience.segment_draft import Draft, opened, rows_of, sealed
from campaigns.admin.audience.segment_rows import document_of, subjects
from campaigns.audience.segments.given import Known
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import MOST_OF_EVENTS
from campaigns.audience.segments.rules import MOST_CONDITIONS
from providers.admin.pages import Page
from providers.admin.row_numbers import row_number
from providers.models import Project, Role
from providers.people.access import access_of

# A row is drawn with all that it could ask for: a thousand of them, which no page sends, kept a
# thread busy for half a minute and made an answer of 12 MB.
MOST_ROWS = 3 * MOST_CONDITIONS + MOST_OF_EVENTS
FILTER = "filter"  # a field of the form that is no segment's


class Builder(Page):
    role = Role.MARKETER

    def known(self, project: Project, own: int | None) -> Known:
        known = known_of(project)
        return replace(known, inside=(own,)) if own is not None and own in known.segments else known

    def posted(self, request: HttpRequest, project: Project) -> Draft:
        own = row_number(request.POST.get("own", "")) or None
        known = self.known(project, own)
        document = document_of(request.POST.dict(), known)
        if rows_of(document) > MOST_ROWS:
            raise SuspiciousOperation("More rows than any rule may have.")
        undo = opened(request.POST.get("undo", ""), list)
        name = request.POST.get("name", "").replace("\x00", "").strip()
        return Draft(name, document, known, own, undo)

    def may_build(self, request: HttpRequest) -> bool:
        """Who only looks at people may filter them by the same rows."""
        return access_of(request).can_change or FILTER in request.POST

    def rows(self, request: HttpRequest, draft: Draft) -> dict[str, Any]:
        return {
            "draft": draft,
            "group": draft.block(self.project(request)),
            "subjects": subjects(draft.known),
            "undo": sealed(draft.undo),
            "was": sealed(draft.document),
            "may_change": self.may_build(request),
        }
