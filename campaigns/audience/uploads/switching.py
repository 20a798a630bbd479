"""Switching an event off and on: what comes under a name that is off is not kept."""

from django.db import transaction

from campaigns.models import EventKind
from providers.watch import auditing
from providers.watch.actors import Actor


@transaction.atomic
def switch(kind: EventKind, *, ignored: bool, by: Actor) -> None:
    """What is kept already stays."""
    mine = EventKind.objects.staying().filter(pk=kind.pk, ignored=not ignored)
    if mine.update(ignored=ignored):
        auditing.record(
            "eventkind.switched_off" if ignored else "eventkind.switched_on",
            by=by,
            project=kind.project,
            target=kind,
        )
