"""Parts of the builder's page: its rows, whom the rule finds, and why somebody is among them or
not. Nothing is kept."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse

from campaigns.admin.audience.segment_building import Builder
from campaigns.admin.audience.segment_draft import MOST_UNDONE, act, opened, undone
from campaigns.admin.audience.segment_person import explained
from campaigns.audience.segments.conditions.values import value_words
from campaigns.audience.segments.estimating import EstimateRefused
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.slow_estimates import Asked, Found, estimate_or_wait
from providers.models import Project, Role


class BuildPart(Builder):
    """A condition is added, dropped, takes a value that is offered, or asks for other fields; the
    last of it is undone. Nothing is kept."""

    address, name = "build/", "build"
    role = Role.VIEWER
    template = "campaigns/segment_rows.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        draft = self.posted(request, project)
        what, _, path = request.POST.get("act", "").partition(":")
        was = opened(request.POST.get("was", ""), dict)
        if what == "undo":
            draft = undone(draft, was)
        else:
            act(draft.document, what, path)
            if was and was != draft.document:
                draft = replace(draft, undo=[*draft.undo, was][-MOST_UNDONE:])
        answer = self.part(request, **self.rows(request, draft))
        answer["HX-Trigger-After-Settle"] = "rows-changed"
        return answer


class EstimatePart(Builder):
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


class PersonPart(Builder):
    """Why one person is in, or not."""

    address, name = "person/", "person"
    role = Role.VIEWER
    template = "campaigns/segment_person.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        shown = explained(request, project, self.posted(request, project))
        return self.part(request, explained=shown)


SEGMENT_PARTS = (BuildPart, EstimatePart, PersonPart)


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
        (one, [(name, value_words(one.properties.get(name))) for name in names])
        for one in found.estimate.sample
    ]
    return {"found": found.estimate, "as_of": found.as_of, "people": people}


def _properties(group: dict[str, Any]) -> list[str]:
    """Those of people that the rule names, each once."""
    names: list[str] = []
    for one in group["conditions"]:
        if "conditions" in one:
            names += _properties(one)
        elif one.get("on") != "event":
            names.append(one.get("property", ""))
    return [name for name in dict.fromkeys(names) if name]
