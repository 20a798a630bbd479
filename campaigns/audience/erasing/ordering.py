"""Erasing people: what somebody asks for is written down at once and done in the background."""

from django.db import transaction
from django.db.models import QuerySet

from campaigns.audience.erasing.phone_hashes import require_key
from campaigns.hints import wake_eraser
from campaigns.models import ErasedProfile, Erasure, Profile
from providers.models import Project
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor

MOST = 100_000  # people in one order


class ErasureError(Refusal):
    """Why nobody is erased, in words for whoever asked for it."""

    code = "erasure.refused"


@transaction.atomic
def erase(project: Project, people: QuerySet[Profile], *, by: Actor) -> Erasure:
    """Of two orders for the same people the second finds them waiting already, or gone. Raises
    ErasureError, or NoErasureKeyError."""
    require_key()
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # of two clicks one erases
    waiting = ErasedProfile.objects.waiting().filter(project=project)
    mine = people.filter(project=project).exclude(pk__in=waiting.values("profile_id"))
    numbers = list(mine.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if not numbers:
        raise ErasureError("Nobody is left to be erased: they are gone, or on their way.")
    if len(numbers) > MOST:
        raise ErasureError(f"These are more than {MOST:,} people. Please erase them in parts.")
    erasure = Erasure.objects.create(project=project, by=by.person, people=len(numbers))
    ErasedProfile.objects.bulk_create(
        ErasedProfile(erasure=erasure, project=project, profile_id=number) for number in numbers
    )
    targets = [Profile(pk=number, project_id=project.pk) for number in numbers]
    auditing.record_each("profile.erased", by=by, targets=targets)
    wake_eraser()
    return erasure
