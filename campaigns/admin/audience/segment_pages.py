"""The builder of a segment: conditions by clicking, and beside them whom the rule finds."""

import json
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from campaigns.admin.audience.segment_rows import WHOLE, Block, block_of, document_of, subjects
from campaigns.admin.audience.segment_starts import STARTS
from campaigns.admin.audience.segment_values import offered_in
from campaigns.audience.segments.estimating import EstimateRefused
from campaigns.audience.segments.given import Known, RuleFault
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.naming import users_of
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import VERSION
from campaigns.audience.segments.saving import (
    LONGEST_NAME,
    SegmentError,
    clone_segment,
    make_list,
    save_segment,
)
from campaigns.audience.segments.slow_estimates import Asked, Found, estimate_or_wait
from campaigns.models import Segment
from providers.admin.dialogs import RowAct
from providers.admin.pages import Page
from providers.models import Project, Role
from providers.people.access import access_of, actor_of

EMPTY: dict[str, Any] = {"version": VERSION, "match": "all", "conditions": []}
MOST_UNDONE = 20
MOST_NAMED = 10  # of its users


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form. `undo` holds the documents before it, the newest last."""

    name: str
    document: dict[str, Any]
    known: Known
    own: int | None
    undo: list[Any]

    @property
    def faults(self) -> list[RuleFault]:
        try:
            read_rule(self.document, self.known)
        except RuleRefused as refused:
            return refused.faults
        return []

    def block(self, project: Project) -> Block:
        offered = offered_in(project, self.document)
        return block_of(self.document, self.known, self.faults, offered, own=self.own)


class _Builder(Page):
    role = Role.MARKETER

    def known(self, project: Project, own: int | None) -> Known:
        known = known_of(project)
        return replace(known, inside=(own,)) if own is not None and own in known.segments else known

    def posted(self, request: HttpRequest, project: Project) -> Draft:
        own = request.POST.get("own", "")
        number = int(own) if own.isdecimal() and len(own) < 18 else None
        known = self.known(project, number)
        document = document_of(request.POST.dict(), known)
        undo = _loaded(request.POST.get("undo", ""))
        return Draft(request.POST.get("name", "").strip(), document, known, number, undo)

    def whole(self, request: HttpRequest, draft: Draft, *, problem: str = "") -> HttpResponse:
        title = draft.name if draft.own else "New segment"
        return self.show(
            request,
            "campaigns/segment.html",
            title=title or "Segment",
            project=self.project(request),
            problem=problem,
            starts=[(key, words) for key, (words, _) in STARTS.items()],
            used_by=self.users(request, draft)[:MOST_NAMED],
            **self.rows(request, draft),
        )

    def users(self, request: HttpRequest, draft: Draft) -> list[str]:
        saved = Segment.objects.filter(project=self.project(request), pk=draft.own or 0).first()
        return users_of(saved) if saved else []

    def rows(self, request: HttpRequest, draft: Draft) -> dict[str, Any]:
        return {
            "draft": draft,
            "group": draft.block(self.project(request)),
            "subjects": subjects(draft.known),
            "undo": json.dumps(draft.undo),
            "was": json.dumps(draft.document),
            "may_change": access_of(request).can_change,
        }

    def saved(self, request: HttpRequest, segment: Segment) -> HttpResponse:
        draft = self.posted(request, segment.project)
        segment.name, segment.rule = draft.name, draft.document
        if not 1 <= len(draft.name) <= LONGEST_NAME:
            words = f"Give the segment a name of at most {LONGEST_NAME} characters."
            return self.whole(request, draft, problem=words)
        try:
            save_segment(segment, by=actor_of(request))
        except RuleRefused:
            words = "The segment is not saved: see what is wrong at its conditions."
            return self.whole(request, draft, problem=words)
        except SegmentError as refusal:
            return self.whole(request, draft, problem=str(refusal))
        messages.success(request, f"The segment “{segment}” is saved.")
        return HttpResponseRedirect(self.admin.page_of(segment))


class NewSegment(_Builder):
    address, name = "add/", "add"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        _, document = STARTS.get(request.GET.get("start", ""), ("", EMPTY))
        return self.whole(request, Draft("", document, self.known(project, None), None, []))

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        return self.saved(request, Segment(project=project))


class SegmentPage(_Builder):
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


class BuildPart(_Builder):
    """A condition is added, dropped, takes a value that is offered, or asks for other fields; the
    last of it is undone. Nothing is kept."""

    address, name = "build/", "build"
    role = Role.VIEWER
    template = "campaigns/segment_rows.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        draft = self.posted(request, project)
        what, _, path = request.POST.get("act", "").partition(":")
        was = _loaded(request.POST.get("was", ""))
        if what == "undo":
            draft = _undone(draft, was)
        else:
            _act(draft.document, what, path)
            if was and was != draft.document:
                draft = replace(draft, undo=[*draft.undo, was][-MOST_UNDONE:])
        answer = self.part(request, **self.rows(request, draft))
        answer["HX-Trigger-After-Settle"] = "rows-changed"
        return answer


class EstimatePart(_Builder):
    """It asks again every two seconds while a worker counts: `slow` is the rule that it then
    waits for. Nothing new is 204, so that the page keeps what it shows and says nothing."""

    address, name = "estimate/", "estimate"
    role = Role.VIEWER
    template = "campaigns/segment_found.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        draft = self.posted(request, project)
        slow = request.POST.get("slow", "")
        asked = Asked(project, draft.document, draft.known, slow=slow)
        shown = _found(asked)
        if slow == asked.name and shown.get("is_counting"):
            return HttpResponse(status=204)
        return self.part(request, slow=asked.name, **shown)


class CloneSegment(RowAct):
    address, name = "<int:pk>/clone/", "clone"
    role = Role.MARKETER
    related = ("project",)

    def act(self, request: HttpRequest, segment: Segment) -> str:
        return f"“{clone_segment(segment, by=actor_of(request))}” is there."

    def back(self, request: HttpRequest, segment: Segment) -> str:
        return self.admin.list_page


class ListOfSegment(RowAct):
    address, name = "<int:pk>/list/", "list"
    role = Role.MARKETER
    related = ("project",)

    def act(self, request: HttpRequest, segment: Segment) -> str:
        made = make_list(segment, by=actor_of(request))
        return f"The list “{made}” holds whom this segment finds now. A campaign can go to it."


SEGMENT_PAGES = (NewSegment, BuildPart, EstimatePart, CloneSegment, ListOfSegment, SegmentPage)


def _found(asked: Asked) -> dict[str, Any]:
    """The sentence, the numbers and some people, or why there are none."""
    try:
        rule = read_rule(asked.document, asked.known)
    except RuleRefused:
        return {"problem_found": "Fill in every condition to see whom it finds."}
    sentence = rule.words() or "Everybody in the project"
    try:
        found = estimate_or_wait(asked, rule)
    except EstimateRefused as refusal:
        return {"sentence": sentence, "problem_found": str(refusal)}
    if found is None:
        return {"sentence": sentence, "is_counting": True}
    return {"sentence": sentence, **_numbers(found, asked.document)}


def _numbers(found: Found, document: dict[str, Any]) -> dict[str, Any]:
    names = _properties(document)
    people = [
        (one, [(name, _in_words(one.properties.get(name, "—"))) for name in names])
        for one in found.estimate.sample
    ]
    return {"found": found.estimate, "as_of": found.as_of, "people": people}


def _in_words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_in_words, value)) or "—"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _properties(group: dict[str, Any]) -> list[str]:
    """Those that the rule names, each once."""
    names: list[str] = []
    for one in group["conditions"]:
        names += _properties(one) if "conditions" in one else [one.get("property", "")]
    return [name for name in dict.fromkeys(names) if name]


def _act(document: dict[str, Any], what: str, path: str) -> None:
    if what in ("add", "group"):
        added: dict[str, Any] = {} if what == "add" else {"match": "any", "conditions": [{}]}
        if (group := _at(document, path)) is not None and "conditions" in group:
            group["conditions"].append(added)
    elif what == "drop":
        above, _, number = path.rpartition("-")
        group = _at(document, above or WHOLE)
        if group is not None and number.isdecimal() and int(number) < len(group["conditions"]):
            del group["conditions"][int(number)]
    elif what == "take":
        place, _, value = path.partition(":")
        member = _at(document, place) or {}
        if isinstance(member.get("values"), list):
            member["values"].append(value)


def _at(document: dict[str, Any], path: str) -> dict[str, Any] | None:
    here: Any = document
    for number in path.split("-") if path != WHOLE else ():
        members = here.get("conditions", [])
        if not number.isdecimal() or int(number) >= len(members):
            return None
        here = members[int(number)]
    found: dict[str, Any] = here
    return found


def _undone(draft: Draft, was: Any) -> Draft:
    """First what was typed since, then one document after the other."""
    if was and was != draft.document:
        return replace(draft, document=was)
    if not draft.undo:
        return draft
    return replace(draft, document=draft.undo[-1], undo=draft.undo[:-1])


def _loaded(text: str) -> Any:
    try:
        return json.loads(text) if text else []
    except (ValueError, RecursionError):
        return []
