"""Parts of the list of people: the form of its filter, and how many it finds, and all of them
into a list or out of one."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from campaigns.admin.audience.people_filter import (
    MOST_CHARACTERS,
    QUERY,
    PeopleFilter,
    filter_of,
    list_looked_at,
    pairs_of,
)
from campaigns.admin.audience.people_look import Look, look_in
from campaigns.admin.audience.segment_building import Builder
from campaigns.admin.audience.segment_draft import EMPTY, Draft
from campaigns.admin.lists.export_dialog import ExportDialog
from campaigns.admin.lists.filling_dialog import FillingDialog
from campaigns.admin.lists.list_choice import ListChoiceField, offer_lists
from campaigns.audience.filling_lists import take_from
from campaigns.audience.filtering import count_or_wait
from campaigns.audience.lists import LONGEST_NAME, ListError
from campaigns.audience.segments.estimating import EstimateRefused
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.source import AudienceSource
from campaigns.results.exports.whom import ExportError, Wish, filtered, of_chosen
from providers.admin.dialogs import Dialog
from providers.admin.pages import Page
from providers.models import Project, Role
from providers.people.access import actor_of
from providers.refusals import Refusal
from providers.views.plain_errors import PlainForm
from providers.views.site_pages import go_to
from providers.watch.actors import Actor

FRESH = {**EMPTY, "conditions": [{}]}  # a row to fill in
FAULTY = "See what is wrong at its conditions."
TOO_LONG = "This is too long for a filter. Build a segment of it, and filter by that segment."


class FilterPart(Builder):
    address, name = "filter/", "filter"
    role = Role.VIEWER
    template = "campaigns/people_filter.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        found = filter_of(request, project)
        shown = found.document if found.rule.members else FRESH
        draft = Draft("", shown, known_of(project), None, [])
        return self.rows_form(request, draft, found.query, found.look)

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        draft, query = self.posted(request, project), request.POST.get(QUERY, "")
        look = look_in(request.POST, project)
        filled = [one for one in draft.document["conditions"] if one]
        document = {**draft.document, "conditions": filled}
        try:
            read_rule(document, draft.known)
        except RuleRefused:
            return self.rows_form(request, draft, query, look, problem=FAULTY)
        address = urlencode([*pairs_of(document, query), *look.pairs])
        if len(address) > MOST_CHARACTERS:
            return self.rows_form(request, draft, query, look, problem=TOO_LONG)
        return go_to(request, f"{self.admin.list_page}?{address}")

    def rows_form(
        self, request: HttpRequest, draft: Draft, query: str, look: Look, problem: str = ""
    ) -> HttpResponse:
        shown = {**self.rows(request, draft), "query": query, "look": look, "problem": problem}
        return self.part(request, project=self.project(request), **shown)

    def may_build(self, request: HttpRequest) -> bool:
        return True


class TotalPart(Page):
    """It asks again every two seconds while a worker counts."""

    address, name = "total/", "total"
    template = "campaigns/people_total.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        found = filter_of(request, project)
        try:
            total = 0 if found.problem else count_or_wait(found.wanted, found.asked)
        except EstimateRefused as refusal:
            return self.part(request, problem=str(refusal))
        return self.part(request, total=total, people=found)


class ListOfPeople(FillingDialog):
    """Those ticked, or all whom the list shows, on all its pages."""

    address, name = "into-list/", "into_list"

    def people(self, request: HttpRequest, about: Project) -> AudienceSource:
        found = filter_of(request, about)
        if found.problem:
            raise ListError(found.problem)
        return found.wanted.source

    def suggested(self, request: HttpRequest, about: Project) -> str:
        found = filter_of(request, about)
        said = "" if found.ticked else found.words or found.query or "Everybody"
        return (said or "Some people")[:LONGEST_NAME]

    def more(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        found = filter_of(request, about)
        return {"about": found.who, **_sent_along(found)}


class TakingForm(PlainForm):
    out_of = ListChoiceField(label="Take them out of", empty_label="Choose a list…")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["out_of"]
        offer_lists(field, project)
        field.required = True
        field.error_messages["required"] = "Choose the list out of which they are to go."

    def take(self, found: PeopleFilter, *, by: Actor) -> int | None:
        """How many went; None where there is an error beside the field now."""
        try:
            if found.problem:
                raise ListError(found.problem)
            return take_from(self.cleaned_data["out_of"], found.wanted.source, by=by)
        except Refusal as refusal:
            self.add_error("out_of", str(refusal))
            return None


class OutOfList(Dialog):
    """Those ticked, or all whom the list shows."""

    address, name = "out-of-list/", "out_of_list"
    role = Role.MARKETER
    template = "campaigns/taking_dialog.html"
    title = "Take these people out of a list?"
    button = "Take them out"
    is_grave = True

    def shown(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        found = filter_of(request, about)
        looked_at = {"out_of": list_looked_at(found.document)}
        return {"form": TakingForm(project=about, initial=looked_at), **self._more(found)}

    def post(self, request: HttpRequest, about: Project) -> HttpResponse:
        found = filter_of(request, about)
        form = TakingForm(request.POST, project=about)
        people = form.take(found, by=actor_of(request)) if form.is_valid() else None
        if people is None:
            return self.ask(request, form=form, **self._more(found))
        were = "1 person was" if people == 1 else f"{people:,} people were"
        messages.success(request, f"{were} taken out of “{form.cleaned_data['out_of']}”.")
        return go_to(request, f"{self.admin.list_page}?{found.address}")

    def _more(self, found: PeopleFilter) -> dict[str, Any]:
        return {"about": found.who, **_sent_along(found)}


class ExportPeople(ExportDialog):
    """Those ticked, or all whom the list shows, on all its pages."""

    address, name = "export/", "export"

    def wish(self, request: HttpRequest, about: Project) -> Wish:
        found = filter_of(request, about)
        if found.problem:
            raise ExportError(found.problem)
        return of_chosen(found.ticked) if found.ticked else filtered(found.document, found.query)

    def more(self, request: HttpRequest, about: Project) -> dict[str, Any]:
        found = filter_of(request, about)
        return {"about_words": found.who, **_sent_along(found)}


def _sent_along(found: PeopleFilter) -> dict[str, Any]:
    return {"asked": found.pairs, "caution": found.caution}


FILTER_PARTS = (FilterPart, TotalPart, ListOfPeople, OutOfList, ExportPeople)
