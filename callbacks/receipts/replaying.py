"""Receipts are processed once more: after a mistake of ours was mended, or a message was found."""

from collections import Counter
from collections.abc import Mapping
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from callbacks.hints import DRAIN_TASK
from callbacks.models import ParkedFact, Receipt, ReceiptState
from callbacks.models.receipt import ReceiptQuerySet
from providers.hints import hint
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor


@transaction.atomic
def replay(receipts: ReceiptQuerySet, *, by: Actor) -> int:
    """How many will be; those that wait already are left alone. Nothing is applied twice."""
    again = receipts.exclude(state=ReceiptState.WAITING)
    held = again.order_by("pk").select_for_update(of=("self",))
    projects = dict(held.values_list("pk", "project"))
    ids = [*projects]
    _audit(Counter(projects.values()), by=by)
    ParkedFact.objects.filter(receipt__in=ids).delete()
    transaction.on_commit(partial(hint, DRAIN_TASK))
    return Receipt.objects.filter(pk__in=ids).update(
        state=ReceiptState.WAITING,
        tries=0,
        due_at=Now(),
        problem="",
        processed_at=None,
    )


def _audit(replayed: Mapping[int, int], *, by: Actor) -> None:
    """In the log of each project, how many of its callbacks."""
    for project in Project.objects.filter(pk__in=replayed).order_by("pk"):
        note = f"{replayed[project.pk]} of them"
        auditing.record("callbacks.replayed", by=by, project=project, target=project, note=note)
