"""How far the erasures of a project are that are not over."""

from dataclasses import dataclass

from django.db.models import Sum

from campaigns.models import ErasedProfile, Erasure
from providers.models import Project


@dataclass(frozen=True, slots=True)
class Progress:
    people: int
    left: int


def progress_of(project: Project) -> Progress | None:
    """None where nobody is being erased."""
    unfinished = Erasure.objects.filter(project=project, finished_at=None)
    people = unfinished.aggregate(people=Sum("people"))["people"]
    if not people:
        return None
    waiting = ErasedProfile.objects.waiting().filter(erasure__in=unfinished)
    return Progress(people=people, left=waiting.count())
