"""Why somebody is in the segment that is being built, or not: one person is looked for."""

from dataclasses import dataclass

from django.http import HttpRequest

from campaigns.admin.audience.segment_draft import Draft
from campaigns.audience.searching import search
from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.explaining import Answer, explain, person_of
from campaigns.audience.segments.facts import TooManyEvents
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.models import Profile
from providers.admin.row_numbers import row_number
from providers.models import Project

MOST = 8  # to choose from


@dataclass(frozen=True, slots=True)
class Explained:
    """Of one person, or of several to choose from."""

    who: str
    people: list[Profile]
    answer: Answer | None = None
    problem: str = ""

    @property
    def person(self) -> Profile | None:
        return self.people[0] if self.answer else None


def explained(request: HttpRequest, project: Project, draft: Draft) -> Explained:
    """`person` was chosen when `of` was looked for; whoever looks for another text starts anew."""
    who = request.POST.get("who", "").strip()[:100]
    is_chosen = request.POST.get("of", "") == who
    number = row_number(request.POST.get("person", "")) if is_chosen else 0
    people = _people(project, who, number)
    if not people:
        return Explained(who, [], problem="Nobody is found by this." if who else "")
    if len(people) > 1:
        return Explained(who, people)
    try:
        rule = read_rule(draft.document, draft.known)
        person = person_of(people[0], rule, clock_of(project))
    except RuleRefused:
        return Explained(who, [], problem="Fill in every condition first.")
    except TooManyEvents as refusal:
        return Explained(who, [], problem=str(refusal))
    return Explained(who, people, explain(rule, person))


def _people(project: Project, who: str, number: int) -> list[Profile]:
    wanted = [number] if number else search(project, who)[:MOST] if who else []
    return list(Profile.objects.of(project).filter(pk__in=wanted).order_by("name", "pk"))
